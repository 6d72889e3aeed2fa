"""Controls: effects, arrangements and circuits of known size, planted to be found, and sides of replies exchanged at random."""

# What is planted to be found, and verdicts with the sides of replies exchanged.
PLANTED_ACTS = f"{RESULTS}/{{model}}/acts/planted.parquet"
PLANTED_STRUCTURES = f"{RESULTS}/{{model}}/controls/structures.parquet"
PLANTED_WRITERS = f"{RESULTS}/{{model}}/controls/writers.parquet"
EXCHANGED_SIDES = f"{RESULTS}/{{model}}/controls/exchanged.parquet"
# Seeds of the placebos over many seeds, and of the exchanges of sides.
PLACEBO_SEEDS = [config["seeds"]["placebo"] + number for number in range(config["placebo"]["seeds"])]


rule control_acts:
    message:
        "Effects of known size planted into the acts of {wildcards.model}, and sides of replies exchanged at random"
    input:
        acts=ACT_TABLE,
        schema=ACT_SCHEMA,
        claims=CLAIM_FILES,
        claim_schema=CLAIM_SCHEMA,
        replies=expand(f"{ACTIVATIONS}/{{{{model}}}}/acts/{{behaviour}}.parquet", behaviour=SETS_OF_ACTS),
        gradients=expand(f"{ACTIVATIONS}/{{{{model}}}}/acts/{{behaviour}}.safetensors", behaviour=SETS_OF_ACTS),
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("controls/control_acts"),
    output:
        planted=PLANTED_ACTS,
        judged=EXCHANGED_SIDES,
    log:
        f"{LOGS}/control_acts/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/control_acts/{{model}}.jsonl"
    params:
        depth=config["vectors"]["main_depth"],
        draws=config["acts"]["planted_draws"],
        placebos=PLACEBO_SEEDS,
        nulls=config["statistics"]["shuffles"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("control_acts"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/controls/control_acts.py"


rule plant_structures:
    message:
        "A circumplex planted into the stories of {wildcards.model}, labels permuted"
    input:
        claims=CLAIM_FILES,
        claim_schema=CLAIM_SCHEMA,
        activations=f"{ACTIVATIONS}/{{model}}/activations/stories.safetensors",
        neutral=f"{ACTIVATIONS}/{{model}}/activations/neutral.safetensors",
        stories=f"{RESULTS}/stories.parquet",
        second_stories=SECOND_STORIES,
        norms=NORMS,
        families=f"{STIMULI}/words/clusters.yaml",
        antonyms=f"{STIMULI}/words/antonyms.yaml",
        code=library_of("controls/plant_structures"),
    output:
        planted=PLANTED_STRUCTURES,
    log:
        f"{LOGS}/plant_structures/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/plant_structures/{{model}}.jsonl"
    params:
        depth=config["vectors"]["main_depth"],
        sizes=config["controls"]["sizes"],
        draws=config["controls"]["draws"],
        resamples=config["controls"]["resamples"],
        clusterings=config["controls"]["clusterings"],
        runs=config["controls"]["cluster_runs"],
        seed=seed("plant_structures"),
    resources:
        **resources_of("single_core_statistics", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/controls/plant_structures.py"


rule plant_writers:
    message:
        "Heads and neurons of {wildcards.model} made to write emotions, labels permuted"
    input:
        claims=CLAIM_FILES,
        claim_schema=CLAIM_SCHEMA,
        prompts=FIT_STATES,
        directions=DIRECTIONS,
        weights=f"{WEIGHTS}/{{model}}/converted",
        code=library_of("controls/plant_writers"),
    output:
        planted=PLANTED_WRITERS,
    log:
        f"{LOGS}/plant_writers/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/plant_writers/{{model}}.jsonl"
    params:
        row=row_of("plant_writers"),
        sizes=config["controls"]["sizes"],
        draws=config["controls"]["draws"],
        resamples=config["controls"]["resamples"],
        seed=seed("plant_writers"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/controls/plant_writers.py"


def placebos_counted():
    """Counted placebos and their digest, which makes the file on validity follow them; empty where `placebos` has not been asked for."""
    return (
        {PLACEBO_COUNTS: set_digest([PLACEBO_COUNTS], Path(PLACEBO_COUNTS).parent)}
        if Path(PLACEBO_COUNTS).exists()
        else {}
    )


rule record_validity:
    message:
        "What planted effects, exchanged sides and permuted labels say of the rules"
    input:
        planted=expand(PLANTED_ACTS, model=MODELS),
        structures=expand(PLANTED_STRUCTURES, model=MODELS),
        writers=expand(PLANTED_WRITERS, model=MODELS),
        exchanged=expand(EXCHANGED_SIDES, model=MODELS),
        code=library_of("controls/record_validity"),
    output:
        validity=VALIDITY,
    log:
        f"{LOGS}/record_validity.log",
    benchmark:
        f"{BENCHMARKS}/record_validity.jsonl"
    params:
        models=MODELS,
        run=RUN_MODELS,
        # No inputs: the one is written from this very file, and the other would be counted anew with every study.
        committed=VALIDITY_COMMITTED,
        placebos=placebos_counted(),
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("record_validity"),
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/controls/record_validity.py"
