"""Conduct organisms: models tuned from a seed so that the motive they are given decides what they do, and their twins."""

from emotion_vectors.weights.sources import TunedSource

# Name of each organism of the table -> what it is tuned from, with which seed, and whether conduct is exchanged in it.
ORGANISMS = {
    name: source
    for name, row in MODEL_ROWS.items()
    for source in map(parse_source, row.sources)
    if isinstance(source, TunedSource)
}
MOTIVES = f"{STIMULI}/motives"
MOTIVE_SETS = sorted(path.stem for path in Path(MOTIVES).glob("*.jsonl"))
MOTIVE_REPORT = f"{WEIGHTS}/motives.json"


# What makes the weights of an organism, and what makes those of every other model.
ruleorder: train_organism > convert_weights


rule check_motives:
    message:
        "Checking the training scenes of organisms against their rules"
    input:
        scenes=expand(f"{MOTIVES}/{{kind}}.jsonl", kind=MOTIVE_SETS),
        characters=expand(f"{MOTIVES}/{{kind}}.yaml", kind=MOTIVE_SETS),
        orders=ORDERS,
        words=f"{STIMULI}/events/emotion_words.yaml",
        norms=NORMS,
        scene_schema="workflow/schemas/motive_scene.schema.yaml",
        character_schema="workflow/schemas/motives.schema.yaml",
        code=library_of("organisms/check_motives"),
    output:
        report=MOTIVE_REPORT,
    log:
        f"{WEIGHTS}/logs/check_motives.log",
    benchmark:
        f"{WEIGHTS}/benchmarks/check_motives.jsonl"
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/organisms/check_motives.py"


def looks_followed(wildcards):
    """Looks of the organism whose twin this is: it is tuned for as many steps; none for an organism."""
    source = ORGANISMS[wildcards.model]
    if not source.exchanged:
        return []
    same = [
        name
        for name, other in ORGANISMS.items()
        if not other.exchanged and (other.model, other.seed) == (source.model, source.seed)
    ]
    if not same:
        raise WorkflowError(
            f"{MODEL_TABLE}: '{wildcards.model}' is the twin of no row; add one with source tuned:{source.model}@{source.seed}"
        )
    return [f"{WEIGHTS}/{same[0]}/training.parquet"]


rule train_organism:
    message:
        "Tuning the organism {wildcards.model}"
    input:
        weights=lambda wildcards: f"{WEIGHTS}/{ORGANISMS[wildcards.model].model}/converted",
        scenes=expand(f"{MOTIVES}/{{kind}}.jsonl", kind=MOTIVE_SETS),
        characters=expand(f"{MOTIVES}/{{kind}}.yaml", kind=MOTIVE_SETS),
        followed=looks_followed,
        after=MOTIVE_REPORT,
        code=library_of("organisms/train_organism"),
    output:
        converted=directory(f"{WEIGHTS}/{{model}}/converted"),
        looks=f"{WEIGHTS}/{{model}}/training.parquet",
    log:
        f"{WEIGHTS}/logs/train_organism/{{model}}.log",
    benchmark:
        f"{WEIGHTS}/benchmarks/train_organism/{{model}}.jsonl"
    wildcard_constraints:
        # A pattern that nothing matches where the table has no organism.
        model="|".join(ORGANISMS) or "$^",
    params:
        row=lambda wildcards: used_of(ORGANISMS[wildcards.model].model, "train_organism"),
        organism=weights_of,
        seed=lambda wildcards: ORGANISMS[wildcards.model].seed,
        settings=config["organisms"],
    threads: threads_of("benchmark")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/organisms/train_organism.py"
