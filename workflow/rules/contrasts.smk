"""Contrasts within events: parts that write an emotion, and wordings of the orders (W01b, W04b-W06b, W09b, O06b)."""


rule contrast_components:
    message:
        "Contrasts of all neurons and heads of {wildcards.model}, and of permuted labels"
    input:
        prompts=FIT_STATES,
        directions=DIRECTIONS,
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("contrasts/contrast_components"),
    output:
        contrasts=CONTRASTS,
        heads=f"{RESULTS}/{{model}}/circuits/strongest_heads.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/contrast_components.parquet",
    log:
        f"{LOGS}/contrast_components/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/contrast_components/{{model}}.jsonl"
    params:
        row=row_of("contrast_components"),
        depth=config["vectors"]["main_depth"],
        permutations=CIRCUITS["permutations"],
        resamples=CIRCUITS["resamples"],
        placebo=PLACEBO_SEED,
        seed=seed("contrast_components"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/contrasts/contrast_components.py"


rule evaluate_wordings:
    message:
        "Directions of {wildcards.model} tested under other wordings of the orders"
    input:
        fit=FIT_STATES,
        worded=WORDING_STATES,
        directions=DIRECTIONS,
        orders=ORDER_WORDINGS,
        code=library_of("contrasts/evaluate_wordings"),
    output:
        accuracy=f"{RESULTS}/{{model}}/circuits/wordings.parquet",
        evidence=f"{RESULTS}/{{model}}/evidence/evaluate_wordings.parquet",
    log:
        f"{LOGS}/evaluate_wordings/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/evaluate_wordings/{{model}}.jsonl"
    params:
        **DRAWS,
        placebo=PLACEBO_SEED,
        seed=seed("evaluate_wordings"),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/contrasts/evaluate_wordings.py"
