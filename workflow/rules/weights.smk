"""From a row of the table of models to verified safetensors, and the sentence encoder."""

from emotion_vectors.weights import encoder_files


rule fetch_weights:
    message:
        "Fetching and verifying the weights of {wildcards.model}"
    output:
        source=directory(f"{WEIGHTS}/{{model}}/source"),
    log:
        f"{WEIGHTS}/logs/fetch_weights/{{model}}.log",
    benchmark:
        f"{WEIGHTS}/benchmarks/fetch_weights/{{model}}.jsonl"
    wildcard_constraints:
        # Also of a model whose tables are taken: it may be the judge of replies, or what an organism is tuned from.
        model="[^/]+",
    params:
        weights=weights_of,
    resources:
        **resources_of("download", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/weights/fetch_weights.py"


rule convert_weights:
    message:
        "Converting the weights of {wildcards.model} to safetensors"
    input:
        source=f"{WEIGHTS}/{{model}}/source",
    output:
        converted=directory(f"{WEIGHTS}/{{model}}/converted"),
    log:
        f"{WEIGHTS}/logs/convert_weights/{{model}}.log",
    benchmark:
        f"{WEIGHTS}/benchmarks/convert_weights/{{model}}.jsonl"
    wildcard_constraints:
        model="[^/]+",
    params:
        weights=weights_of,
    threads: threads_of("conversion")
    resources:
        **resources_of("conversion", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/weights/convert_weights.py"


rule fetch_encoder:
    message:
        "Fetching and verifying the sentence encoder"
    output:
        encoder=directory(ENCODER),
    log:
        f"{WEIGHTS}/logs/fetch_encoder.log",
    benchmark:
        f"{WEIGHTS}/benchmarks/fetch_encoder.jsonl"
    params:
        digests=encoder_files.FILES,
    resources:
        **resources_of("download"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/weights/fetch_encoder.py"
