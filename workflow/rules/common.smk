"""Names shared by the rules: folders, models, seeds, and the library modules that each script uses."""

import ast
from pathlib import Path

import pandas as pd

FOLDERS = config["folders"]
RESULTS = FOLDERS["results"]
# Activations do not depend on labels, so the placebo reads those of the study instead of measuring them again.
ACTIVATIONS = FOLDERS["activations"]
STIMULI_REPORT = f"{ACTIVATIONS}/stimuli.json"
LOGS = f"{RESULTS}/logs"
BENCHMARKS = f"{RESULTS}/benchmarks"
STIMULI = "workflow/stimuli"
NORMS = "workflow/norms/warriner2013.csv"
MODEL_TABLE = "workflow/models.tsv"
CLAIM_FILES = [f"workflow/claims/{name}.yaml" for name in ("anthropic-2026", "wang-2025", "wider", "overlap")]
CLAIM_SCHEMA = "workflow/schemas/claim.schema.yaml"
README = "README.md"
MODELS = config["models"]
# Two model steps side by side with half of the cores each finish sooner than one after the other with all of them: float32
# products of this size lose more to waiting at barriers than they gain from a second core.
HALF_OF_THE_CORES = max(1, workflow.cores // 2)
LIBRARY = Path("scripts/emotion_vectors")

# A step says which modules it uses through its imports alone. Provenance is left out: it records results and changes none.
RECORDING_ONLY = {"provenance"}


def library_of(script):
    """Library files that a script imports, directly or through other modules: an edit of any of them reruns the rule."""
    found, open_files = set(), [Path("scripts") / f"{script}.py"]
    while open_files:
        for name in imported_modules(open_files.pop()) - found - RECORDING_ONLY:
            found.add(name)
            open_files.append(LIBRARY / f"{name}.py")
    return [str(LIBRARY / f"{name}.py") for name in sorted(found)]


def imported_modules(file):
    """Names of the library modules that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(Path(file).read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "emotion_vectors":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("emotion_vectors."):
            names.add(node.module.split(".")[1])
    return names


def stimulus_files(*sets):
    """All files of the named stimulus sets, so that an edited stimulus reruns what uses it."""
    files = [str(file) for name in sets for file in sorted(Path(STIMULI, name).rglob("*")) if file.is_file()]
    return [file for file in files if not file.endswith("README.md")]


def seed(name):
    """Seed registered for a rule; rules without an entry share the study's own."""
    return config["seeds"].get(name, config["seeds"]["study"])


def model_of(wildcards):
    """Model of a subject; the re-initialised twin shares its model's architecture and tokenizer."""
    return wildcards.subject.split("/")[0]


def reinitialise_seed(wildcards):
    """Seed of the twin's weights, None for the trained model."""
    return config["seeds"]["reinitialise"] if wildcards.subject.endswith("/reinitialised") else None


def capture_settings(wildcards):
    """Settings of every step that runs a model over texts."""
    return {
        "first_token": config["vectors"]["first_token"],
        "batch_tokens": config["compute"]["batch_tokens"],
        "reinitialise": reinitialise_seed(wildcards),
    }


def unknown_models():
    """Models of the configuration without a row in the table of models."""
    return sorted(set(MODELS) - set(pd.read_csv(MODEL_TABLE, sep="\t")["name"]))


if unknown_models():
    raise WorkflowError(
        f"models: {', '.join(unknown_models())} not in {MODEL_TABLE}; add a row there or correct the name in the configuration"
    )
