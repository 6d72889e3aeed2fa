"""The two papers on the same model (O01-O03, O05, O07), and vectors of other people beside them."""

# Files of vectors that the configuration brings along, by a name of theirs; without any, no job of theirs is planned.
IMPORTED = {name: (row["file"], row["models"]) for name, row in config["imported"].items()}
if IMPORTED_FAULT := configuration.imported_fault(config["imported"], RUN_MODELS, PUBLISHED_MODELS):
    raise WorkflowError(IMPORTED_FAULT)


def imported_on(model):
    """Files of vectors that are brought along for a model, by name."""
    return {name: file for name, (file, models) in IMPORTED.items() if model in models}


IMPORTED_ROWS = [f"{RESULTS}/{model}/imported/rows.parquet" for model in RUN_MODELS if imported_on(model)]


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
        depth_resamples=config["statistics"]["depth_resamples"],
        placebo=PLACEBO_SEED,
        bootstraps=config["statistics"]["bootstraps"],
        shuffles=config["statistics"]["shuffles"],
        seed=seed("compare_methods"),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
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
        acts=ACT_TABLE,
        act_schema=ACT_SCHEMA,
        gradients=expand(f"{ACTIVATIONS}/{{{{model}}}}/acts/{{behaviour}}.safetensors", behaviour=SETS_OF_ACTS),
        sensitivity_table=f"{RESULTS}/{{model}}/gates/acts.parquet",
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
        bootstraps=config["statistics"]["bootstraps"],
        shuffles=config["statistics"]["shuffles"],
        seed=seed("compare_conduct"),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/overlap/compare_conduct.py"


rule compare_imported:
    message:
        "Vectors of other people in the analyses of {wildcards.model}"
    input:
        imported=lambda wildcards: list(imported_on(wildcards.model).values()),
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_all=f"{RESULTS}/{{model}}/shuffled_all.safetensors",
        experiments=EXPERIMENT_TABLE,
        schema=EXPERIMENT_SCHEMA,
        responses=expand(f"{ACTIVATIONS}/{{{{model}}}}/responses/{{behaviour}}.safetensors", behaviour=BEHAVIOUR_SETS),
        acts=ACT_TABLE,
        act_schema=ACT_SCHEMA,
        gradients=expand(f"{ACTIVATIONS}/{{{{model}}}}/acts/{{behaviour}}.safetensors", behaviour=SETS_OF_ACTS),
        sensitivity_table=f"{RESULTS}/{{model}}/gates/acts.parquet",
        code=library_of("overlap/compare_imported"),
    output:
        table=f"{RESULTS}/{{model}}/imported/rows.parquet",
        page=f"{RESULTS}/{{model}}/imported/README.md",
    log:
        f"{LOGS}/compare_imported/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/compare_imported/{{model}}.jsonl"
    params:
        sources=lambda wildcards: list(imported_on(wildcards.model)),
        depth=config["vectors"]["main_depth"],
        sets=config["statistics"]["shuffled_sets"],
        bootstraps=config["statistics"]["bootstraps"],
        shuffles=config["statistics"]["shuffles"],
        seed=seed("compare_imported"),
    threads: threads_of("statistics")
    resources:
        **resources_of("statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/overlap/compare_imported.py"


rule compare_texts:
    message:
        "What the texts of both papers share"
    input:
        overlap=TEXTUAL_OVERLAP,
        second=SECOND_READING,
        code=library_of("overlap/compare_texts"),
    output:
        evidence=f"{RESULTS}/{{model}}/evidence/compare_texts.parquet",
    log:
        f"{LOGS}/compare_texts/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/compare_texts/{{model}}.jsonl"
    params:
        **DRAWS,
        seed=seed("compare_texts"),
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/overlap/compare_texts.py"
