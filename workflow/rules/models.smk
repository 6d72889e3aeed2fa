"""Open weights: fetched once, verified by digest, converted to safetensors once."""

WEIGHTS = FOLDERS["weights"]


rule fetch_weights:
    message:
        "Fetching and verifying the weights of {wildcards.model}"
    input:
        models=ancient(MODEL_TABLE),
    output:
        directory(f"{WEIGHTS}/{{model}}/source"),
    log:
        f"{WEIGHTS}/logs/fetch_weights/{{model}}.log",
    benchmark:
        f"{WEIGHTS}/benchmarks/fetch_weights/{{model}}.jsonl"
    params:
        name=lambda wildcards: wildcards.model,
        identity=weights_of,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/weights/fetch_weights.py"


rule convert_weights:
    message:
        "Converting the weights of {wildcards.model} to safetensors"
    input:
        models=ancient(MODEL_TABLE),
        source=f"{WEIGHTS}/{{model}}/source",
    output:
        directory(f"{WEIGHTS}/{{model}}/converted"),
    log:
        f"{WEIGHTS}/logs/convert_weights/{{model}}.log",
    benchmark:
        f"{WEIGHTS}/benchmarks/convert_weights/{{model}}.jsonl"
    params:
        name=lambda wildcards: wildcards.model,
        identity=weights_of,
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/weights/convert_weights.py"
