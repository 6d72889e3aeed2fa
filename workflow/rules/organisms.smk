"""Conduct organisms: models tuned from a seed so that motive, or planted wording as well, decides what they do, and their twins."""

from dataclasses import replace

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
PLANTED = f"{STIMULI}/planted/wording.yaml"
MOTIVE_REPORT = f"{WEIGHTS}/motives.json"


# What makes the weights of an organism, and what makes those of every other model.
ruleorder: train_organism > convert_weights


rule check_motives:
    message:
        "Checking the training scenes of organisms against their rules"
    input:
        scenes=expand(f"{MOTIVES}/{{kind}}.jsonl", kind=MOTIVE_SETS),
        characters=expand(f"{MOTIVES}/{{kind}}.yaml", kind=MOTIVE_SETS),
        planted=PLANTED,
        orders=ORDERS,
        words=f"{STIMULI}/events/emotion_words.yaml",
        norms=NORMS,
        scene_schema="workflow/schemas/motive_scene.schema.yaml",
        character_schema="workflow/schemas/motives.schema.yaml",
        planted_schema="workflow/schemas/planted.schema.yaml",
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


rule probe_motives:
    message:
        "Readings of emotions on the training scenes of organisms, {wildcards.model}"
    input:
        weights=f"{WEIGHTS}/{{model}}/converted",
        scenes=expand(f"{MOTIVES}/{{kind}}.jsonl", kind=MOTIVE_SETS),
        characters=expand(f"{MOTIVES}/{{kind}}.yaml", kind=MOTIVE_SETS),
        after=MOTIVE_REPORT,
        vectors=f"{RESULTS}/{{model}}/vectors.safetensors",
        shuffled_main=f"{RESULTS}/{{model}}/shuffled_main.safetensors",
        code=library_of("organisms/probe_motives"),
    output:
        table=f"{RESULTS}/{{model}}/gates/motives.parquet",
    log:
        f"{LOGS}/probe_motives/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/probe_motives/{{model}}.jsonl"
    params:
        row=row_of("probe_motives"),
        depth=config["vectors"]["main_depth"],
        probed=config["acts"]["probed_scenes"],
        batch_tokens=config["compute"]["batch_tokens"],
        bootstraps=config["statistics"]["bootstraps"],
        seed=seed("probe_motives"),
    threads: threads_of("model")
    resources:
        **resources_of("model", model_of),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/organisms/probe_motives.py"


def probe_of(wildcards):
    """The probe of what an organism was trained on, read by the model that it was tuned from.

    None for other models, nor for a planted organism, in whose training an emotion is to tell the sides. A study of labels alone reads
    nothing along its vectors, so that there this gate is not asked.
    """
    source = None if LABELS_ALONE else ORGANISMS.get(wildcards.model)
    return [f"{RESULTS}/{source.model}/gates/motives.parquet"] if source and not source.planted else []


def looks_followed(wildcards):
    """Looks of the organism whose twin this is: it is tuned for as many steps; none for an organism."""
    source = ORGANISMS[wildcards.model]
    if not source.exchanged:
        return []
    same = [name for name, other in ORGANISMS.items() if other == replace(source, text=other.text, exchanged=False)]
    if not same:
        raise WorkflowError(
            f"{MODEL_TABLE}: '{wildcards.model}' is the twin of no row; add one with source {source.text.removesuffix('#exchanged')}"
        )
    return [f"{WEIGHTS}/{same[0]}/training.parquet"]


rule train_organism:
    message:
        "Tuning the organism {wildcards.model}"
    input:
        weights=lambda wildcards: f"{WEIGHTS}/{ORGANISMS[wildcards.model].model}/converted",
        scenes=expand(f"{MOTIVES}/{{kind}}.jsonl", kind=MOTIVE_SETS),
        characters=expand(f"{MOTIVES}/{{kind}}.yaml", kind=MOTIVE_SETS),
        planted=lambda wildcards: [PLANTED] if ORGANISMS[wildcards.model].planted else [],
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
