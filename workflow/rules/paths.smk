"""Files that several stages name, and the sets of behaviours by what is measured on them."""

WEIGHTS = FOLDERS["weights"]

BEHAVIOUR_REPORT = f"{ACTIVATIONS}/behaviours/{{behaviour}}.json"
BEHAVIOUR_SETS = sorted({each.items for each in EXPERIMENTS.values()})
# Sets of which some experiment names emotions are also run at finite strengths.
DOSED_SETS = sorted({each.items for each in EXPERIMENTS.values() if each.emotions})
CHOICE_SETS = experiments.sets_with("choice", EXPERIMENTS)
# Sampled answers to coding tasks are run, those to other sets are judged.
CODE_SETS = experiments.sets_with("code", EXPERIMENTS)
JUDGED_SETS = experiments.sets_with("generation", EXPERIMENTS)
SAMPLED_SETS = sorted({*CODE_SETS, *JUDGED_SETS})
STEERING = ("unsteered", "steered")

ACT_REPORT = f"{ACTIVATIONS}/acts/{{behaviour}}.json"
SETS_OF_ACTS = sorted({each.items for each in ACTS.values()})
# Acts of which some claim wants to see finite strengths, and their sets.
STEERED_ACTS = [name for name, each in ACTS.items() if act_table.dosed_emotions(CLAIMS, each)]
TOLD_ACTS = act_table.told_acts(CLAIMS)
STEERED_SETS_OF_ACTS = sorted({ACTS[name].items for name in STEERED_ACTS})

ENCODER = f"{WEIGHTS}/encoder"
REPLY_CLASSES = expand(f"{BEHAVIOURS}/{{behaviour}}.yaml", behaviour=JUDGED_SETS)
# Agreement of the judge that labels the replies of this study, and of the one that stands beside it.
VALIDATION = f"{ACTIVATIONS}/validation/replies_by_{JUDGE}.parquet"
VALIDATION_BESIDE = [f"{ACTIVATIONS}/validation/replies_by_encoder.parquet"] if JUDGES else []

CIRCUITS = config["circuits"]
OWN_EVENTS = {split: f"{STIMULI}/events/{split}.jsonl" for split in ("fit", "held_out")}
EVENTS = CIRCUITS["events"]
EVENT_REPORT = f"{ACTIVATIONS}/circuits/events.json"
EMOTION_REPLIES = f"{STIMULI}/emotion_replies/replies.jsonl"
TRAINING_REPLIES = f"{STIMULI}/emotion_replies/training.jsonl"
EMOTION_JUDGE = f"{WEIGHTS}/emotion_judge/stories_and_replies.safetensors"
EMOTION_JUDGE_BESIDE = f"{WEIGHTS}/emotion_judge/stories.safetensors"
EMOTION_CLASSES = f"{STIMULI}/emotion_replies/classes.yaml"
EMOTION_VALIDATION = f"{ACTIVATIONS}/validation/emotions_by_encoder.parquet"
EMOTION_VALIDATION_BESIDE = [f"{ACTIVATIONS}/validation/emotions_by_{judge}.parquet" for judge in JUDGES]

MISSING_EVENTS = [path for path in EVENTS.values() if not Path(path).is_file()]
if MISSING_EVENTS:
    raise WorkflowError(f"circuits.events: no file {MISSING_EVENTS[0]}; correct the path in the configuration")

ANSWERS = f"{STIMULI}/hacking_answers/answers.jsonl"
OUTCOME_VALIDATION = f"{ACTIVATIONS}/validation/outcomes.parquet"

FIT_STATES = f"{ACTIVATIONS}/{{model}}/circuits/fit.safetensors"
HELD_OUT_STATES = f"{ACTIVATIONS}/{{model}}/circuits/held_out.safetensors"
DIRECTIONS = f"{RESULTS}/{{model}}/circuits/directions.safetensors"
GROUPS = f"{RESULTS}/{{model}}/circuits/groups.parquet"

HEAD_CHECK = f"{RESULTS}/{{model}}/circuits/silencing_check.json"
COMPONENTS = f"{RESULTS}/{{model}}/circuits/components.safetensors"
IMPORTANCE = f"{RESULTS}/{{model}}/circuits/importance.safetensors"
IMPORTANCE_TABLE = f"{RESULTS}/{{model}}/circuits/importance.parquet"
ASSEMBLED = f"{RESULTS}/{{model}}/circuits/circuits.json"
CIRCUIT_SIZES = f"{RESULTS}/{{model}}/circuits/sizes.parquet"

EXPRESSION_GATE = f"{RESULTS}/{{model}}/gates/expression.parquet"
ARMS = f"{RESULTS}/{{model}}/circuits/arms.jsonl"
JUDGED_ARMS = f"{RESULTS}/{{model}}/circuits/arms.parquet"
ARMS_BESIDE = [f"{RESULTS}/{{model}}/circuits/arms_by_{judge}.parquet" for judge in JUDGES]

PAPER = FOLDERS["paper"]
PAPER_SOURCES = "paper"
TABLE_NAMES = (
    "claim_table",
    "overlap_table",
    "numbers_meaning",
    "numbers_arrangement",
    "numbers_training",
    "numbers_conduct",
    "numbers_circuits",
    "numbers_overlap",
    "numbers_others",
    "robustness",
    "run_times",
    "benchmark",
    "precision",
    "model_cards",
    "conversations",
    "gates",
    "choices",
    "transcripts",
    "validation",
    "emotion_judge",
    "expression",
    "secondary",
    "controls",
    "spans",
)
# Speed does not depend on labels, so the placebo shares this measurement as it shares the activations.
ENGINE_BENCHMARK = f"{ACTIVATIONS}/engine_benchmark.json"
# Studies that time the engine: a first look need not.
ENGINE_BENCHMARKS = [ENGINE_BENCHMARK] if config["compute"]["benchmark_repetitions"] else []
BENCHMARK_FOLDERS = sorted({f"{folder}/benchmarks" for folder in (WEIGHTS, ACTIVATIONS, RESULTS)})
PLACEBO_REFERENCE = "workflow/reference/placebo.json"
# Reference numbers of the placebo, once they exist; the placebo itself has its own.
PLACEBO_SHOWN = [] if config["tier"] == "placebo" or not Path(PLACEBO_REFERENCE).exists() else [PLACEBO_REFERENCE]

REFERENCE = f"workflow/reference/{config['tier']}.json"
ENGINE_REFERENCE = (
    ["workflow/reference/engine_benchmark.json"] if config["tier"] == "default" and ENGINE_BENCHMARKS else []
)
PRECISION_REFERENCE = "workflow/reference/precision.json"
# Written with the reference of the study that differs from the default one in its precision alone.
PRECISIONS_COMPARED = [PRECISION_REFERENCE] if config["tier"] == "float32" else []
# The study that makes the comparison does not print it, since it would wait for itself.
PRECISIONS_SHOWN = [PRECISION_REFERENCE] if not PRECISIONS_COMPARED and Path(PRECISION_REFERENCE).exists() else []
RUN_TIMES = "workflow/reference/run_times.json"
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
    "evaluate_conduct": ["stories", "behaviours"],
    "evaluate_acts": ["stories", "acts"],
    "evaluate_rates": ["stories", "behaviours", "replies", "hacking_answers"],
    "evaluate_directions": ["events"],
    "silence_components": ["events"],
    "measure_importance": ["events"],
    "assemble_circuits": ["events"],
    "compare_methods": ["stories", "events"],
    "compare_conduct": ["stories", "events", "behaviours"],
    "silence_for_stories": ["stories", "events"],
    "evaluate_expression": ["events", "emotion_replies"],
    "compare_texts": [],
}
CLAIM_PAGE = "workflow/claims/RESULTS.md" if config["readme"] else f"{FOLDERS['results']}/RESULTS.md"
FINDINGS = "workflow/report/findings.yaml"
# What README and claim page are written from: in a rebuild the reference numbers alone.
JUDGED = REFERENCE if config["rebuild"] else f"{RESULTS}/claims.json"


def transcript(model, behaviour, steering):
    """The replies that are sorted into classes: answers to coding tasks as revised where more than one attempt is allowed.

    Revised ones lie with the labels, unsteered or not: one rule makes both, and writes into one folder.
    """
    if behaviour in CODE_SETS and config["generation"]["attempts"] > 1:
        return f"{RESULTS}/{model}/transcripts/{behaviour}_{steering}_revised.jsonl"
    return first_replies(model, behaviour, steering)


def first_replies(model, behaviour, steering):
    """Unsteered replies lie beside the activations, which no labels enter; steered ones depend on the vectors."""
    return f"{ACTIVATIONS if steering == 'unsteered' else RESULTS}/{model}/transcripts/{behaviour}_{steering}.jsonl"
