"""Models beside each other: what the next larger one changes, on the same items."""


rule compare_models:
    message:
        "Each model against the next larger one"
    input:
        results=f"{RESULTS}/claims.json",
        claims=CLAIM_FILES,
        schema=CLAIM_SCHEMA,
        acts=expand(ACT_SLOPES, model=MODELS),
        mirrored=expand(ITEM_SLOPES, model=MODELS),
        code=library_of("sizes/compare_models"),
    output:
        differences=DIFFERENCES,
    log:
        f"{LOGS}/compare_models.log",
    benchmark:
        f"{BENCHMARKS}/compare_models.jsonl"
    params:
        millions=MILLIONS,
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("compare_models"),
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/sizes/compare_models.py"
