"""Directions of prompted emotions, and the heads and neurons that carry them (W01, W07, W09, W10)."""


rule capture_prompts:
    message:
        "States of {wildcards.model} before its replies to the {wildcards.split} events"
    input:
        events=lambda wildcards: EVENTS["held_out" if wildcards.split == WORDINGS else wildcards.split],
        # Other wordings of the orders, where it is these that are read.
        orders=lambda wildcards: [ORDER_WORDINGS] if wildcards.split == WORDINGS else [],
        after=EVENT_REPORT,
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("circuits/capture_prompts"),
    output:
        states=f"{ACTIVATIONS}/{{model}}/circuits/{{split}}.safetensors",
    log:
        f"{ACTIVATIONS}/logs/capture_prompts/{{model}}/{{split}}.log",
    benchmark:
        f"{ACTIVATIONS}/benchmarks/capture_prompts/{{model}}/{{split}}.jsonl"
    params:
        row=row_of("capture_prompts"),
        scenarios=lambda wildcards: config["circuits"]["scenarios"][wildcards.split],
        components=lambda wildcards: wildcards.split == "fit",
        batch_tokens=config["compute"]["batch_tokens"],
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
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
        directions=DIRECTIONS,
        groups=GROUPS,
    log:
        f"{LOGS}/compute_directions/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/compute_directions/{{model}}.jsonl"
    params:
        least=config["circuits"]["least_groups"],
        placebo=PLACEBO_SEED,
    resources:
        **resources_of("single_core_statistics", model_of),
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
        **DRAWS,
        placebo=PLACEBO_SEED,
        seed=seed("evaluate_directions"),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/circuits/evaluate_directions.py"


rule score_components:
    message:
        "What every neuron and head of {wildcards.model} writes along each emotion"
    input:
        prompts=FIT_STATES,
        directions=DIRECTIONS,
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("circuits/score_components"),
    output:
        components=COMPONENTS,
    log:
        f"{LOGS}/score_components/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/score_components/{{model}}.jsonl"
    params:
        row=row_of("score_components"),
        placebo=PLACEBO_SEED,
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/circuits/score_components.py"


rule measure_importance:
    message:
        "Importance of every sublayer of {wildcards.model} for each emotion"
    input:
        states=FIT_STATES,
        directions=DIRECTIONS,
        events=EVENTS["fit"],
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("circuits/measure_importance"),
    output:
        importances=IMPORTANCE,
        by_reference=IMPORTANCE_TABLE,
        peak_table=f"{RESULTS}/{{model}}/circuits/peaks.parquet",
        finite=f"{RESULTS}/{{model}}/circuits/finite_importance.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/measure_importance.parquet",
    log:
        f"{LOGS}/measure_importance/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/measure_importance/{{model}}.jsonl"
    params:
        **DRAWS,
        row=row_of("measure_importance"),
        prompts=config["circuits"]["importance_prompts"],
        finite_prompts=config["circuits"]["finite_prompts"],
        permutations=config["circuits"]["permutations"],
        placebo=PLACEBO_SEED,
        seed=seed("measure_importance"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/circuits/measure_importance.py"


rule assemble_circuits:
    message:
        "Circuits of {wildcards.model} and how much they share"
    input:
        prompts=FIT_STATES,
        components=COMPONENTS,
        importances=IMPORTANCE,
        code=library_of("circuits/assemble_circuits"),
    output:
        circuits=ASSEMBLED,
        sizes=CIRCUIT_SIZES,
        pairs=f"{RESULTS}/{{model}}/circuits/shared.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/assemble_circuits.parquet",
    log:
        f"{LOGS}/assemble_circuits/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/assemble_circuits/{{model}}.jsonl"
    params:
        placebo=PLACEBO_SEED,
        resamples=config["circuits"]["resamples"],
        shuffles=config["statistics"]["shuffles"],
        seed=seed("assemble_circuits"),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/circuits/assemble_circuits.py"
