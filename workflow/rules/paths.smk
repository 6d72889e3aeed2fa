"""Files that several stages name, and the sets of behaviours by what is measured on them."""

WEIGHTS = FOLDERS["weights"]

# Stories of the second hand, and embeddings of all texts by the sentence encoder, which labels do not enter.
SECOND_STORIES = f"{RESULTS}/second_stories.parquet"
SENTENCES = f"{ACTIVATIONS}/sentences.safetensors"

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

# Sets on what the vectors are for, and the schemas of their files.
FUNCTION_SCHEMAS = {
    name: expand("workflow/schemas/{schema}.schema.yaml", schema=schemas)
    for name, schemas in {
        "states": ["states"],
        "negations": ["negations", "prefixes"],
        "speakers": ["speakers"],
        "activities": ["activities", "gate_pairs"],
        "prompts": ["prompts"],
        "hidden": ["hidden"],
        "capability": ["capability"],
        "framings": ["framings"],
    }.items()
}
FUNCTION_REPORT = f"{ACTIVATIONS}/function/{{set}}.json"
CONTEXTS = f"{ACTIVATIONS}/{{model}}/activations/contexts.safetensors"

COMPARED_ACTIVITIES = f"{ACTIVATIONS}/{{model}}/preferences/pairs.safetensors"
PREFERENCE_GATES = f"{RESULTS}/{{model}}/gates/activities.parquet"
PROMPT_STATES = f"{ACTIVATIONS}/{{model}}/posttraining/prompts.safetensors"

ENCODER = f"{WEIGHTS}/encoder"
REPLY_CLASSES = expand(f"{BEHAVIOURS}/{{behaviour}}.yaml", behaviour=JUDGED_SETS)
# Agreement of the judge that labels the replies of this study, and of the one that stands beside it.
VALIDATION = f"{ACTIVATIONS}/validation/replies_by_{JUDGE}.parquet"
VALIDATION_BESIDE = [f"{ACTIVATIONS}/validation/replies_by_encoder.parquet"] if JUDGES else []

CIRCUITS = config["circuits"]
OWN_EVENTS = {split: f"{STIMULI}/events/{split}.jsonl" for split in ("fit", "held_out")}
EVENTS = CIRCUITS["events"]
ORDER_WORDINGS = f"{STIMULI}/orders/orders.yaml"
# States under the orders of other wordings, on held-out scenarios.
WORDINGS = "wordings"
EVENT_REPORT = f"{ACTIVATIONS}/circuits/events.json"
EMOTION_REPLIES = f"{STIMULI}/emotion_replies/replies.jsonl"
TRAINING_REPLIES = f"{STIMULI}/emotion_replies/training.jsonl"
EMOTION_JUDGE = f"{WEIGHTS}/emotion_judge/stories_and_replies.safetensors"
EMOTION_JUDGE_BESIDE = f"{WEIGHTS}/emotion_judge/stories.safetensors"
EMOTION_CLASSES = f"{STIMULI}/emotion_replies/classes.yaml"
EMOTION_VALIDATION = f"{ACTIVATIONS}/validation/emotions_by_encoder.parquet"
EMOTION_VALIDATION_BESIDE = [f"{ACTIVATIONS}/validation/emotions_by_{judge}.parquet" for judge in JUDGES]
# The same on replies of models that two hands labelled, by the encoder first.
SAMPLED_VALIDATIONS = [f"{ACTIVATIONS}/validation/sampled_by_{judge}.parquet" for judge in ("encoder", *JUDGES)]

MISSING_EVENTS = [path for path in EVENTS.values() if not Path(path).is_file()]
if MISSING_EVENTS:
    raise WorkflowError(f"circuits.events: no file {MISSING_EVENTS[0]}; correct the path in the configuration")

ANSWERS = f"{STIMULI}/hacking_answers/answers.jsonl"
OUTCOME_VALIDATION = f"{ACTIVATIONS}/validation/outcomes.parquet"

FIT_STATES = f"{ACTIVATIONS}/{{model}}/circuits/fit.safetensors"
WORDING_STATES = f"{ACTIVATIONS}/{{model}}/circuits/{WORDINGS}.safetensors"
HELD_OUT_STATES = f"{ACTIVATIONS}/{{model}}/circuits/held_out.safetensors"
DIRECTIONS = f"{RESULTS}/{{model}}/circuits/directions.safetensors"
GROUPS = f"{RESULTS}/{{model}}/circuits/groups.parquet"

HEAD_CHECK = f"{RESULTS}/{{model}}/circuits/silencing_check.json"
COMPONENTS = f"{RESULTS}/{{model}}/circuits/components.safetensors"
IMPORTANCE = f"{RESULTS}/{{model}}/circuits/importance.safetensors"
IMPORTANCE_TABLE = f"{RESULTS}/{{model}}/circuits/importance.parquet"
CONTRASTS = f"{RESULTS}/{{model}}/circuits/contrasts.parquet"
ASSEMBLED = f"{RESULTS}/{{model}}/circuits/circuits.json"
CIRCUIT_SIZES = f"{RESULTS}/{{model}}/circuits/sizes.parquet"

# Whether a model follows orders to voice an emotion: what is said of directions made of them is headed by it.
ORDER_GATE = f"{RESULTS}/{{model}}/gates/orders.parquet"
EXPRESSION_GATE = f"{RESULTS}/{{model}}/gates/expression.parquet"
ARMS = f"{RESULTS}/{{model}}/circuits/arms.jsonl"
JUDGED_ARMS = f"{RESULTS}/{{model}}/circuits/arms.parquet"
ARMS_BESIDE = [f"{RESULTS}/{{model}}/circuits/arms_by_{judge}.parquet" for judge in JUDGES]

# What users are answered, and states around it, which no vector and no label of a story enters.
ANSWERED_USERS = f"{ACTIVATIONS}/{{model}}/anticipation/replies.jsonl"
USER_STATES = f"{ACTIVATIONS}/{{model}}/anticipation/states.safetensors"

PAPER = FOLDERS["paper"]
# One page with all of a study; the paper leads to it.
EXPLORER = f"{FOLDERS['results']}/explorer.html"
TEXTUAL_OVERLAP = "workflow/claims/textual_overlap.tsv"
SECOND_READING = "workflow/claims/textual_overlap_second.tsv"
PAPER_SOURCES = "paper"
# Slopes of both readouts of conduct by scenario, and what models differ in.
ACT_SLOPES = f"{RESULTS}/{{model}}/acts/by_scenario.parquet"
ITEM_SLOPES = f"{RESULTS}/{{model}}/slopes/by_item.parquet"
# What vectors read of single words: looked up where no model can run.
WORD_READINGS = f"{RESULTS}/{{model}}/lens/word_readings.parquet"
DIFFERENCES = f"{RESULTS}/models/differences.parquet"
TABLE_NAMES = (
    "claim_table",
    "overlap_table",
    "deviations",
    "numbers_meaning",
    "numbers_arrangement",
    "numbers_context",
    "numbers_conduct",
    "numbers_preferences",
    "numbers_circuits",
    "numbers_overlap",
    "numbers_others",
    "robustness",
    "run_times",
    "benchmark",
    "costs",
    "precision",
    "model_cards",
    "differences",
    "conversations",
    "gates",
    "act_slopes",
    "choices",
    "transcripts",
    "validation",
    "emotion_judge",
    "sampled_judge",
    "expression",
    "secondary",
    "controls",
    "spans",
    "placebos",
    "planted",
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
# What planted effects and permuted labels say of the rules, of the default study; others draw too few or from other models.
VALIDITY_COMMITTED = "workflow/reference/validity.json"
VALIDITY_REFERENCE = [VALIDITY_COMMITTED] if config["tier"] == "default" else []
VALIDITY = f"{RESULTS}/validity.json"
# Of the default study, what it finds itself; of any other and of a rebuild, what lies in the repository.
VALIDITY_SHOWN = (
    [VALIDITY]
    if VALIDITY_REFERENCE and not config["rebuild"]
    else [file for file in [VALIDITY_COMMITTED] if Path(file).exists()]
)
# Verdicts under permuted labels over many seeds, once they are counted.
PLACEBO_COUNTS = f"{RESULTS}/placebos/counts.json"
OTHER_CHOICES = f"{RESULTS}/multiverse.parquet"
RUN_TIMES = "workflow/reference/run_times.json"
CLAIM_PAGE = "workflow/claims/RESULTS.md" if config["readme"] else f"{FOLDERS['results']}/RESULTS.md"
FINDINGS = "workflow/report/findings.yaml"
# What the paper says of a study besides its claims. Small, so that the paper can be made again without the study's large files.
FACTS = f"{RESULTS}/facts.json"
SHOWN_REPLIES = f"{RESULTS}/shown_replies.parquet"
# What README and claim page are written from.
JUDGED = f"{RESULTS}/claims.json"

LABELS = f"{RESULTS}/{{model}}/labels/{{behaviour}}_{{steering}}.parquet"


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
