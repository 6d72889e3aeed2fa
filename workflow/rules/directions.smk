"""Directions of six emotions from prompts that ask for them, and how they compare with the story vectors (W01, W10, O01-O03, O05)."""

FIT_STATES = f"{ACTIVATIONS}/{{model}}/circuits/fit.safetensors"
HELD_OUT_STATES = f"{ACTIVATIONS}/{{model}}/circuits/held_out.safetensors"
DIRECTIONS = f"{RESULTS}/{{model}}/circuits/directions.safetensors"


rule capture_prompts:
    message:
        "States of {wildcards.model} before its replies to the {wildcards.split} events"
    input:
        events=lambda wildcards: EVENTS[wildcards.split],
        report=EVENT_REPORT,
        models=ancient(MODEL_TABLE),
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("circuits/capture_prompts"),
    output:
        f"{ACTIVATIONS}/{{model}}/circuits/{{split}}.safetensors",
    log:
        f"{ACTIVATIONS}/logs/capture_prompts/{{model}}/{{split}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/capture_prompts/{{model}}/{{split}}.jsonl"
    params:
        row=row_of,
        scenarios=lambda wildcards: config["circuits"]["scenarios"][wildcards.split],
        components=lambda wildcards: wildcards.split == "fit",
        settings={"batch_tokens": config["compute"]["batch_tokens"]},
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/circuits/capture_prompts.py"


rule compute_directions:
    message:
        "Directions of six emotions in {wildcards.model}"
    input:
        states=FIT_STATES,
        prompted=f"{ACTIVATIONS}/{{model}}/circuits/prompted.parquet",
        code=library_of("circuits/compute_directions"),
    output:
        DIRECTIONS,
    log:
        f"{LOGS}/compute_directions/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/compute_directions/{{model}}.jsonl"
    params:
        least=config["circuits"]["least_groups"],
        placebo=PLACEBO_SEED,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/circuits/compute_directions.py"


rule evaluate_directions:
    message:
        "Decoding and geometry of the directions of {wildcards.model}"
    input:
        fit=FIT_STATES,
        held_out=HELD_OUT_STATES,
        directions=DIRECTIONS,
        code=library_of("circuits/evaluate_directions"),
    output:
        accuracy=f"{RESULTS}/{{model}}/circuits/accuracy.parquet",
        cosines=f"{RESULTS}/{{model}}/circuits/cosines.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/evaluate_directions.parquet",
    log:
        f"{LOGS}/evaluate_directions/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/evaluate_directions/{{model}}.jsonl"
    params:
        placebo=PLACEBO_SEED,
        statistics=config["statistics"],
        seed=seed("evaluate_directions"),
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/circuits/evaluate_directions.py"


rule compare_methods:
    message:
        "Story vectors and instruction directions of {wildcards.model} side by side"
    input:
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        norms=NORMS,
        fit=FIT_STATES,
        held_out=HELD_OUT_STATES,
        directions=DIRECTIONS,
        code=library_of("overlap/compare_methods"),
    output:
        similarity=f"{RESULTS}/{{model}}/overlap/similarity.parquet",
        angles=f"{RESULTS}/{{model}}/overlap/angles.parquet",
        decoding=f"{RESULTS}/{{model}}/overlap/decoding.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/compare_methods.parquet",
    log:
        f"{LOGS}/compare_methods/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/compare_methods/{{model}}.jsonl"
    params:
        depth=config["vectors"]["main_depth"],
        placebo=PLACEBO_SEED,
        statistics=config["statistics"],
        seed=seed("compare_methods"),
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/overlap/compare_methods.py"


rule compare_conduct:
    message:
        "Slopes of behaviour along the directions of both methods, {wildcards.model}"
    input:
        experiments=EXPERIMENT_TABLE,
        schema=EXPERIMENT_SCHEMA,
        responses=expand(f"{ACTIVATIONS}/{{{{model}}}}/responses/{{behaviour}}.safetensors", behaviour=DOSED_SETS),
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        fit=FIT_STATES,
        directions=DIRECTIONS,
        code=library_of("overlap/compare_conduct"),
    output:
        slopes=f"{RESULTS}/{{model}}/overlap/slopes.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/compare_conduct.parquet",
    log:
        f"{LOGS}/compare_conduct/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/compare_conduct/{{model}}.jsonl"
    params:
        sets=DOSED_SETS,
        depth=config["vectors"]["main_depth"],
        placebo=PLACEBO_SEED,
        statistics=config["statistics"],
        seed=seed("compare_conduct"),
    threads: HALF_OF_THE_CORES
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/overlap/compare_conduct.py"


rule compare_texts:
    message:
        "What the texts of both papers share"
    input:
        overlap=TEXTUAL_OVERLAP,
        code=library_of("overlap/compare_texts"),
    output:
        f"{RESULTS}/{{model}}/evidence/compare_texts.parquet",
    log:
        f"{LOGS}/compare_texts/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/compare_texts/{{model}}.jsonl"
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/overlap/compare_texts.py"
