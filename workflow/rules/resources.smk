"""Threads, memory, time, devices and precisions of jobs."""

import os

from emotion_vectors.artefacts import devices, resources

# Whether steps that run a model ask for a GPU.
ON_GPU = devices.wanted(config["compute"]["device"])
# The precision of model steps that bear rounding, settled once for all jobs of a study.
FAST = precision.settled(config["compute"]["precision"], ON_GPU, os.environ)
# Precisions in which models are run.
PRECISION = precision.of_study([MODEL_ROWS[model].dtype for model in RUN_MODELS], FAST)
# Size of every model of the study, in millions of parameters.
MILLIONS = {model: MODEL_ROWS[model].parameters_millions for model in MODELS}


def size_of(model):
    """How large a judge or a model of the table is."""
    if model == "encoder":
        return resources.ENCODER
    row = known_row(model)
    return resources.Size(row.parameters_millions, resources.BYTES[row.dtype])


def threads_of(kind):
    """Threads of a step; rules without an entry have one."""
    return resources.threads(kind, workflow.cores)


def resources_of(kind, model=None):
    """What the jobs of a rule ask for.

    Args:
        kind: of step, as `emotion_vectors.artefacts.resources` lists them.
        model: whose weights or activations the step reads: a name, or what names it from wildcards; None for a step without any.
    """

    def asked(wildcards, attempt):
        name = model(wildcards) if callable(model) else model
        size = size_of(name) if name else resources.NO_MODEL
        # The encoder is small enough for the processor.
        return resources.resources(kind, size, on_gpu=ON_GPU and name != "encoder", attempt=attempt)

    def amount(name):
        return lambda wildcards, attempt: asked(wildcards, attempt)[name]

    return {name: amount(name) for name in resources.resources(kind)}
