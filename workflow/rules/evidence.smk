"""Steps that bring evidence for the claims, and which of them need no model."""

# Steps that bring evidence, and the sets of stimuli that it rests on; a claim of a new kind names its step here once.
EVIDENCE = {
    "evaluate_decoding": ["stories"],
    "evaluate_messages": ["stories", "messages"],
    "read_lens": ["stories", "words"],
    "read_intensity": ["stories", "intensity"],
    "steer_feels": ["stories", "continuations"],
    "analyze_components": ["stories"],
    "cluster_vectors": ["stories", "words"],
    "compare_depths": ["stories"],
    "compare_training": ["stories", "messages"],
    "decode_sources": ["stories", "messages"],
    "evaluate_anticipation": ["stories", "states", "prompts", "speakers"],
    "evaluate_conduct": ["stories", "behaviours"],
    "evaluate_acts": ["stories", "acts"],
    "evaluate_removal": ["stories", "capability", "framings", "passages", "acts"],
    "evaluate_rates": ["stories", "behaviours", "replies", "hacking_answers"],
    "evaluate_directions": ["events"],
    "silence_components": ["events"],
    "measure_importance": ["events"],
    "assemble_circuits": ["events"],
    "contrast_components": ["stories", "events"],
    "evaluate_wordings": ["events", "orders"],
    "compare_methods": ["stories", "events"],
    "compare_conduct": ["stories", "events", "behaviours"],
    "silence_for_stories": ["stories", "events"],
    "evaluate_expression": ["events", "emotion_replies", "sampled_replies"],
    "evaluate_fresh_replies": ["stories", "events"],
    "drive_fresh_replies": ["events"],
    "evaluate_context": ["stories", "negations", "speakers", "hidden"],
    "evaluate_preferences": ["stories", "activities"],
    "compare_posttraining": ["stories", "prompts"],
    "compare_texts": [],
}
# Of these, what follows of labels and of files that no label enters: activations, gradients, states of prompts, weights. What steers,
# samples, silences or reads texts along the vectors would have to run the model again, and what compares texts knows no labels.
OF_LABELS_ALONE = (
    "evaluate_decoding",
    "evaluate_messages",
    "read_lens",
    "analyze_components",
    "cluster_vectors",
    "compare_depths",
    "compare_training",
    "decode_sources",
    "evaluate_acts",
    "evaluate_directions",
    "silence_components",
    "contrast_components",
    "evaluate_wordings",
    "compare_methods",
    "compare_conduct",
    "evaluate_fresh_replies",
    "evaluate_anticipation",
    "evaluate_context",
)
LABELS_ALONE = config["placebo"]["labels_alone"]
# Steps whose evidence this study judges.
JUDGED_STEPS = (
    [step for step in OF_LABELS_ALONE if step not in config["placebo"]["left_out"]] if LABELS_ALONE else [*EVIDENCE]
)
STEPS_OF_EVIDENCE = [str(path) for path in sorted(STEPS.glob("*/*.py")) if path.stem in EVIDENCE]
# Steps that put what is no model through the rules of their claims as well.
NONMODELS = ["decode_sources", "analyze_components", "cluster_vectors"]
# How often an interval and a null are drawn: what most steps that judge ask for.
DRAWS = {name: config["statistics"][name] for name in ("bootstraps", "shuffles")}
