# Emotion vectors and emotion circuits, replicated: from open weights to figures, claim table and paper in one command.

import sys

from snakemake.utils import min_version, validate

min_version("9.0")
sys.path.insert(0, "scripts")

from emotion_vectors.stimuli import configuration

CONFIG_SCHEMA = "workflow/schemas/config.schema.yaml"


configfile: "workflow/config/config.yaml"


try:
    validate(config, CONFIG_SCHEMA)
except WorkflowError:
    raise WorkflowError(configuration.faults(config, CONFIG_SCHEMA)) from None


include: "workflow/rules/common.smk"
include: "workflow/rules/models.smk"
include: "workflow/rules/stimuli.smk"
include: "workflow/rules/vectors.smk"
include: "workflow/rules/validation.smk"
include: "workflow/rules/geometry.smk"
include: "workflow/rules/behaviour.smk"
include: "workflow/rules/judge.smk"
include: "workflow/rules/generation.smk"
include: "workflow/rules/emotion_judge.smk"
include: "workflow/rules/directions.smk"
include: "workflow/rules/components.smk"
include: "workflow/rules/expression.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/circuit_figures.smk"
include: "workflow/rules/paper.smk"
include: "workflow/rules/verify.smk"


wildcard_constraints:
    model="[^/]+",
    subject="[^/]+(/reinitialised)?",
    layers="all|main",
    behaviour="[a-z_]+",
    steering="unsteered|steered",
    split="fit|held_out",


rule all:
    default_target: True
    input:
        FIGURES,
        f"{FOLDERS['figures']}/README.md",
        f"{RESULTS}/claims.json",
        f"{FOLDERS['paper']}/main.pdf",
        README if config["readme"] else [],
