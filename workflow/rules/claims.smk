"""Every registered claim judged by its own rule."""

# Steps that bring evidence; a new claim names its step here once and the claim in workflow/claims/.
EVIDENCE = (
    "evaluate_decoding",
    "evaluate_messages",
    "read_lens",
    "read_intensity",
    "steer_feels",
    "analyze_components",
    "cluster_vectors",
    "compare_depths",
    "compare_training",
    "evaluate_conduct",
    "evaluate_rates",
    "evaluate_directions",
    "silence_components",
    "measure_importance",
    "assemble_circuits",
    "compare_methods",
    "compare_conduct",
    "silence_for_stories",
    "evaluate_expression",
    "compare_texts",
)


rule judge_claims:
    message:
        "Verdicts on the registered claims for {wildcards.model}"
    input:
        evidence=expand(f"{RESULTS}/{{{{model}}}}/evidence/{{step}}.parquet", step=EVIDENCE),
        claims=CLAIM_FILES,
        schema=CLAIM_SCHEMA,
        code=library_of("claims/judge_claims"),
    output:
        judged=f"{RESULTS}/{{model}}/claims.parquet",
        parts=f"{RESULTS}/{{model}}/claim_parts.parquet",
    log:
        f"{LOGS}/judge_claims/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/judge_claims/{{model}}.jsonl"
    params:
        permuted=config["stories"]["permuted_labels"],
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/claims/judge_claims.py"


rule collect_claims:
    message:
        "Claims of all models of the study"
    input:
        judged=expand(f"{RESULTS}/{{model}}/claims.parquet", model=MODELS),
        parts=expand(f"{RESULTS}/{{model}}/claim_parts.parquet", model=MODELS),
        code=library_of("claims/collect_claims"),
    output:
        f"{RESULTS}/claims.json",
    log:
        f"{LOGS}/collect_claims.log",
    benchmark:
        f"{BENCHMARKS}/collect_claims.jsonl"
    params:
        tier=config["tier"],
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/claims/collect_claims.py"
