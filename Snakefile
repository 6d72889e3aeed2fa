# Emotion vectors and emotion circuits, replicated: from open weights to figures, claim table and paper in one command.

import sys

from snakemake.utils import min_version, validate

min_version("9.0")
sys.path.insert(0, "scripts")

from emotion_vectors.stimuli import configuration


report: "workflow/report/workflow.rst"


CONFIG_SCHEMA = "workflow/schemas/config.schema.yaml"


configfile: "workflow/config/config.yaml"


try:
    validate(config, CONFIG_SCHEMA)
except WorkflowError:
    raise WorkflowError(configuration.configuration_faults(config, CONFIG_SCHEMA)) from None

# What is restored from an archive is rebuilt from its tables.
config["rebuild"] = config["rebuild"] or bool(config["archive"])


include: "workflow/rules/common.smk"
include: "workflow/rules/paths.smk"
include: "workflow/rules/evidence.smk"
include: "workflow/rules/resources.smk"
include: "workflow/rules/published.smk"


# What a rebuild reads lies in the repository: no rule that computes is loaded, so none can run.
if not config["rebuild"]:

    include: "workflow/rules/weights.smk"
    include: "workflow/rules/organisms.smk"
    include: "workflow/rules/stimuli.smk"
    include: "workflow/rules/vectors.smk"
    include: "workflow/rules/decoding.smk"
    include: "workflow/rules/meaning.smk"
    include: "workflow/rules/sources.smk"
    include: "workflow/rules/geometry.smk"
    include: "workflow/rules/conduct.smk"
    include: "workflow/rules/acts.smk"
    include: "workflow/rules/removal.smk"
    include: "workflow/rules/preferences.smk"
    include: "workflow/rules/posttraining.smk"
    include: "workflow/rules/controls.smk"
    include: "workflow/rules/replies.smk"
    include: "workflow/rules/anticipation.smk"
    include: "workflow/rules/judges.smk"
    include: "workflow/rules/coding.smk"
    include: "workflow/rules/circuits.smk"
    include: "workflow/rules/silencing.smk"
    include: "workflow/rules/contrasts.smk"
    include: "workflow/rules/expression.smk"
    include: "workflow/rules/fresh.smk"
    include: "workflow/rules/overlap.smk"
    include: "workflow/rules/context.smk"
    include: "workflow/rules/sizes.smk"


include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/explorer.smk"
include: "workflow/rules/claims.smk"


if not config["rebuild"]:

    include: "workflow/rules/benchmarks.smk"
    include: "workflow/rules/placebos.smk"
    include: "workflow/rules/multiverse.smk"


wildcard_constraints:
    model=A_MODEL_THAT_IS_RUN,
    subject=f"{A_MODEL_THAT_IS_RUN}(/reinitialised)?",
    layers="all|main",
    behaviour="[a-z_]+",
    set="[a-z_]+",
    judge="[^/]+",
    steering="unsteered|steered",
    split="fit|held_out|wordings",


rule all:
    default_target: True
    input:
        FIGURES,
        f"{FOLDERS['figures']}/README.md",
        CLAIM_PAGE,
        EXPLORER,
        f"{FOLDERS['paper']}/main.pdf",
        README if config["readme"] else [],
        [] if config["rebuild"] else [f"{RESULTS}/checks.txt", f"{RESULTS}/run_times.json", *IMPORTED_ROWS],


include: "workflow/rules/archive.smk"
