"""Which emotion does a reply express? Events that name none, a judge that never sees the emotion asked for, and prompted replies."""

CIRCUITS = config["circuits"]
OWN_EVENTS = {split: f"{STIMULI}/events/{split}.jsonl" for split in ("fit", "held_out")}
EVENTS = CIRCUITS["events"]
EVENT_REPORT = f"{ACTIVATIONS}/circuits/events.json"
EMOTION_REPLIES = f"{STIMULI}/emotion_replies/replies.jsonl"
TRAINING_REPLIES = f"{STIMULI}/emotion_replies/training.jsonl"
EMOTION_JUDGE = f"{ACTIVATIONS}/validation/emotion_judge.safetensors"
EMOTION_JUDGE_BESIDE = f"{ACTIVATIONS}/validation/emotion_judge_stories_only.safetensors"
EMOTION_VALIDATION = f"{ACTIVATIONS}/validation/emotions.parquet"
EMOTION_VALIDATION_BESIDE = [f"{ACTIVATIONS}/validation/emotions_by_{judge}.parquet" for judge in JUDGES]

MISSING_EVENTS = [path for path in EVENTS.values() if not Path(path).is_file()]
if MISSING_EVENTS:
    raise WorkflowError(f"circuits.events: no file {MISSING_EVENTS[0]}; correct the path in the configuration")


rule check_events:
    message:
        "Checking the events, the expressions and the replies with their emotions against their rules"
    input:
        fit=EVENTS["fit"],
        held_out=EVENTS["held_out"],
        expressions=f"{STIMULI}/events/expressions.jsonl",
        words=f"{STIMULI}/events/emotion_words.yaml",
        replies=EMOTION_REPLIES,
        training=TRAINING_REPLIES,
        norms=NORMS,
        schemas=expand(
            "workflow/schemas/{name}.schema.yaml", name=["events", "expressions", "emotion_words", "emotion_replies"]
        ),
        code=library_of("stimuli/check_events"),
    output:
        EVENT_REPORT,
    log:
        f"{ACTIVATIONS}/logs/check_events.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/check_events.jsonl"
    params:
        # Of another set in the same form, such as the original one, the form alone is checked.
        ours=EVENTS == OWN_EVENTS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/stimuli/check_events.py"


rule fit_emotions:
    message:
        "Fitting the judge of emotions on passages of the stories and dialogues and on written replies"
    input:
        files=stimulus_files("stories", "dialogues", "words"),
        report=STIMULI_REPORT,
        training=TRAINING_REPLIES,
        event_report=EVENT_REPORT,
        norms=NORMS,
        encoder=ENCODER,
        code=library_of("judges/fit_emotions"),
    output:
        judge=EMOTION_JUDGE,
        stories_only=EMOTION_JUDGE_BESIDE,
    log:
        f"{ACTIVATIONS}/logs/fit_emotions.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/fit_emotions.jsonl"
    params:
        folder=STIMULI,
        seed=seed("fit_emotions"),
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/judges/fit_emotions.py"


rule validate_emotions:
    message:
        "Judging the emotion of every labelled reply by a judge fitted on other texts"
    input:
        judge=EMOTION_JUDGE,
        stories_only=EMOTION_JUDGE_BESIDE,
        replies=EMOTION_REPLIES,
        report=EVENT_REPORT,
        encoder=ENCODER,
        code=library_of("judges/validate_emotions"),
    output:
        EMOTION_VALIDATION,
    log:
        f"{ACTIVATIONS}/logs/validate_emotions.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/validate_emotions.jsonl"
    params:
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("validate_emotions"),
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/judges/validate_emotions.py"


rule validate_emotions_by_model:
    message:
        "Having {wildcards.model} judge the emotion of every labelled reply"
    input:
        replies=EMOTION_REPLIES,
        report=EVENT_REPORT,
        models=ancient(MODEL_TABLE),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("judges/validate_emotions_by_model"),
    output:
        f"{ACTIVATIONS}/validation/emotions_by_{{model}}.parquet",
    log:
        f"{ACTIVATIONS}/logs/validate_emotions_by_model/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/validate_emotions_by_model/{{model}}.jsonl"
    params:
        row=row_of,
        bootstraps=config["statistics"]["bootstraps"],
        # That of the other judge, so that intervals are those of the same resampled situations.
        seed=seed("validate_emotions"),
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/judges/validate_emotions_by_model.py"


rule generate_prompted:
    message:
        "Replies of {wildcards.model} in the voice of each emotion"
    input:
        events=EVENTS["fit"],
        report=EVENT_REPORT,
        models=ancient(MODEL_TABLE),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("expression/generate_prompted"),
    output:
        f"{ACTIVATIONS}/{{model}}/circuits/prompted.jsonl",
    log:
        f"{ACTIVATIONS}/logs/generate_prompted/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/generate_prompted/{{model}}.jsonl"
    params:
        row=row_of,
        # No output, so that it outlives a killed run and the next one goes on from it.
        partial=f"{ACTIVATIONS}/{{model}}/circuits/.prompted.partial",
        circuits={name: CIRCUITS[name] for name in ("scenarios", "new_tokens")},
        side_by_side=CIRCUITS["side_by_side"],
        seed=seed("generate_prompted"),
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/generate_prompted.py"


rule judge_prompted:
    message:
        "Emotion, relevance and fluency of the prompted replies of {wildcards.model}"
    input:
        transcript=f"{ACTIVATIONS}/{{model}}/circuits/prompted.jsonl",
        events=EVENTS["fit"],
        judge=EMOTION_JUDGE,
        encoder=ENCODER,
        models=ancient(MODEL_TABLE),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("expression/judge_prompted"),
    output:
        f"{ACTIVATIONS}/{{model}}/circuits/prompted.parquet",
    log:
        f"{ACTIVATIONS}/logs/judge_prompted/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/judge_prompted/{{model}}.jsonl"
    params:
        row=row_of,
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/judge_prompted.py"


rule gate_expression:
    message:
        "Gate of the expression readout, {wildcards.model}"
    input:
        prompted=f"{ACTIVATIONS}/{{model}}/circuits/prompted.parquet",
        validation=EMOTION_VALIDATION,
        code=library_of("expression/gate_expression"),
    output:
        f"{RESULTS}/{{model}}/gates/expression.parquet",
    log:
        f"{LOGS}/gate_expression/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/gate_expression/{{model}}.jsonl"
    params:
        least_rate=CIRCUITS["prompting"],
        least_kappa=config["gates"]["kappa"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("gate_expression"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/expression/gate_expression.py"
