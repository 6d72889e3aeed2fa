"""What a written reply does: labelled replies, the judges of replies, and how far each can be trusted."""

from emotion_vectors.stimuli import labelled_conduct
from emotion_vectors.weights import encoder_files

ENCODER = f"{WEIGHTS}/encoder"
REPLIES = f"{STIMULI}/replies/replies.jsonl"
ENCODER_VALIDATION = f"{ACTIVATIONS}/validation/replies.parquet"
# Agreement of the judge that labels the replies of this study, and of the one that stands beside it.
VALIDATION = f"{ACTIVATIONS}/validation/replies_by_{JUDGE}.parquet" if JUDGES else ENCODER_VALIDATION
VALIDATION_BESIDE = [ENCODER_VALIDATION] if JUDGES else []


rule fetch_encoder:
    message:
        "Fetching and verifying the sentence encoder"
    output:
        directory(ENCODER),
    log:
        f"{WEIGHTS}/logs/fetch_encoder.log",
    benchmark:
        f"{WEIGHTS}/benchmarks/fetch_encoder.jsonl"
    params:
        identity=encoder_files.FILES,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/weights/fetch_encoder.py"


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
