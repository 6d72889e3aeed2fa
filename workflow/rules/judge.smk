"""What a written reply does: labelled replies, the sentence encoder, and how far a judge of replies can be trusted."""

from emotion_vectors import encoder_files, replies

ENCODER = f"{WEIGHTS}/encoder"
REPLIES = f"{STIMULI}/replies/replies.jsonl"


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
        "../../scripts/fetch_encoder.py"


rule validate_replies:
    message:
        "Judging every labelled reply by judges that never saw its situation"
    input:
        replies=REPLIES,
        schema="workflow/schemas/replies.schema.yaml",
        mirrored=expand(f"{BEHAVIOURS}/{{behaviour}}.jsonl", behaviour=replies.CLASSES),
        encoder=ENCODER,
        code=library_of("validate_replies"),
    output:
        f"{ACTIVATIONS}/validation/replies.parquet",
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
        "../../scripts/validate_replies.py"
