"""Every registered claim judged by its own rule, and reference numbers."""

if not config["rebuild"]:

    rule judge_claims:
        message:
            "Verdicts on the registered claims"
        input:
            evidence=expand(f"{RESULTS}/{{model}}/evidence/{{step}}.parquet", model=MODELS, step=JUDGED_STEPS),
            of_nonmodels=expand(f"{RESULTS}/{{model}}/nonmodels/{{step}}.parquet", model=MODELS, step=NONMODELS),
            orders=expand(ORDER_GATE, model=MODELS),
            claims=CLAIM_FILES,
            schema=CLAIM_SCHEMA,
            code=library_of("claims/judge_claims"),
        output:
            results=f"{RESULTS}/claims.json",
        log:
            f"{LOGS}/judge_claims.log",
        benchmark:
            f"{BENCHMARKS}/judge_claims.jsonl"
        params:
            models=MODELS,
            permuted=config["stories"]["permuted_labels"],
            labels_alone=LABELS_ALONE,
            tier=config["tier"],
            precision=PRECISIONS_JUDGED,
        resources:
            **resources_of("table"),
        conda:
            "../../environment.yml"
        script:
            "../../scripts/steps/claims/judge_claims.py"

    rule check_results:
        message:
            "Assertions on the finished study"
        input:
            after=[
                f"{RESULTS}/claims.json",
                *FIGURES,
                f"{FOLDERS['figures']}/README.md",
                CLAIM_PAGE,
                f"{PAPER}/main.pdf",
                *sorted(map(str, Path("tests/results").glob("*.py"))),
            ],
            code=library_of("claims/check_results"),
        output:
            checks=f"{RESULTS}/checks.txt",
        log:
            f"{LOGS}/check_results.log",
        benchmark:
            f"{BENCHMARKS}/check_results.jsonl"
        params:
            study={
                **{name: FOLDERS[name] for name in ("results", "activations", "figures", "paper")},
                "claim_page": CLAIM_PAGE,
                "models": MODELS,
                "run": RUN_MODELS,
                "main_depth": config["vectors"]["main_depth"],
            },
        resources:
            **resources_of("table"),
        conda:
            "../../environment.yml"
        script:
            "../../scripts/steps/claims/check_results.py"

    rule reference:
        message:
            "Reference numbers and run times of tier "
            + config["tier"]
            + ", and the tables that figures and texts are made from"
        input:
            results=f"{RESULTS}/claims.json",
            times=f"{RESULTS}/run_times.json",
            engine=[ENGINE_BENCHMARK] if ENGINE_REFERENCE else [],
            validity=[VALIDITY] if VALIDITY_REFERENCE else [],
            tables=lambda wildcards: sorted({*tables_read(), *results_across_models(MODELS)}),
            told=expand(TOLD, model=PUBLISHED_MODELS),
            claims=CLAIM_FILES,
            schema=CLAIM_SCHEMA,
            # The study that rounds, of which the one in float32 is the measure.
            other=["workflow/reference/default.json"] if PRECISIONS_COMPARED else [],
            code=library_of("claims/reference"),
        output:
            reference=REFERENCE,
            all_times=update(RUN_TIMES),
            engine_reference=ENGINE_REFERENCE,
            precisions=PRECISIONS_COMPARED,
            validity_reference=VALIDITY_REFERENCE,
            published=directory(PUBLISHED),
            manifest=PUBLICATION,
        log:
            f"{LOGS}/reference.log",
        benchmark:
            f"{BENCHMARKS}/reference.jsonl"
        params:
            models=MODELS,
            roots=ROOTS,
            largest_megabytes=15,
            basis=lambda wildcards: basis_of(MODELS),
            precision=PRECISION,
        resources:
            **resources_of("table"),
        conda:
            "../../environment.yml"
        script:
            "../../scripts/steps/claims/reference.py"


def finished_study(wildcards):
    """Claims of the study that is to be verified: verifying computes none, so that a forgotten `--configfile` starts no study.

    Those of an archive that is named are unpacked.
    """
    results = f"{RESULTS}/claims.json"
    if not config["archive"] and not Path(results).exists():
        finished = ", ".join(map(str, sorted(Path("results").glob("*/claims.json")))) or "none"
        raise WorkflowError(
            f"{results} does not exist: no study of tier '{config['tier']}' has been finished here (finished under results/: {finished}). "
            "Run the study first; or verify the tables that lie in the repository with ./scripts/env snakemake verify --cores 1 "
            "--config rebuild=True, or those of an archive with `restore` and then `verify`, both with --config archive=PATH_OR_URL. "
            "A study with a configuration of its own is named before --config: --configfile workflow/config/quick.yaml"
        )
    return results


# Without an output, so that the answer is given each time it is asked for. The reference is a parameter and no input: as an input it
# would be written from the very run that is to be verified.
rule verify:
    message:
        "Results held against {params.reference}"
    input:
        results=finished_study,
        claims=CLAIM_FILES,
        schema=CLAIM_SCHEMA,
        code=library_of("claims/verify"),
    log:
        f"{LOGS}/verify.log",
    params:
        reference=REFERENCE,
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/claims/verify.py"
