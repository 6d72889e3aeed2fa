"""Judges of written replies, and how far each can be trusted."""

from emotion_vectors.stimuli import labelled_conduct


rule validate_replies:
    message:
        "Judging every labelled reply by judges that never saw its situation"
    input:
        replies=REPLIES,
        schema="workflow/schemas/replies.schema.yaml",
        mirrored=expand(f"{BEHAVIOURS}/{{behaviour}}.jsonl", behaviour=labelled_conduct.CLASSES),
        encoder=ENCODER,
        code=library_of("judges/validate_replies"),
    output:
        ENCODER_VALIDATION,
    log:
        f"{ACTIVATIONS}/logs/validate_replies.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/validate_replies.jsonl"
    params:
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("validate_replies"),
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/judges/validate_replies.py"


rule validate_replies_by_model:
    message:
        "Having {wildcards.model} judge every labelled reply"
    input:
        replies=REPLIES,
        schema="workflow/schemas/replies.schema.yaml",
        mirrored=expand(f"{BEHAVIOURS}/{{behaviour}}.jsonl", behaviour=labelled_conduct.CLASSES),
        models=ancient(MODEL_TABLE),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("judges/validate_replies_by_model"),
    output:
        f"{ACTIVATIONS}/validation/replies_by_{{model}}.parquet",
    log:
        f"{ACTIVATIONS}/logs/validate_replies_by_model/{{model}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/validate_replies_by_model/{{model}}.jsonl"
    params:
        row=row_of,
        bootstraps=config["statistics"]["bootstraps"],
        # That of the other judge, so that intervals are those of the same resampled situations.
        seed=seed("validate_replies"),
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/judges/validate_replies_by_model.py"


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
