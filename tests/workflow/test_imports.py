"""Which steps load PyTorch, transformers and scikit-learn: seconds each, in each of a hundred jobs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.parsed import ROOT, rules_of

STEPS = {path.stem: path for path in sorted((ROOT / "scripts/steps").glob("*/*.py")) if path.stem != "__init__"}
RUNS_MODEL = {name for name, rule in rules_of().items() if rule["weights"]} | {"convert_weights"}
TENSOR_STAGES = {
    "vectors",
    "contrasts",
    "decoding",
    "sources",
    "geometry",
    "circuits",
    "silencing",
    "overlap",
    "context",
}
"""Stages whose steps compute with tensors whether they run a model or not."""
WITH_TENSORS = {
    "compute_acts",
    "compute_slopes",
    "evaluate_acts",
    "evaluate_anticipation",
    "compare_posttraining",
    "evaluate_preferences",
    "control_acts",
    "plant_structures",
    "evaluate_conduct",
    "tabulate_gates",
    "evaluate_expression",
    "evaluate_fresh_replies",
    "gate_expression",
    "judge_choice",
}
"""Further ones."""
WITH_LEARNING = {
    "decode_sources",
    "decode_texts",
    "decode_words",
    "compare_training",
    "compute_variants",
    "evaluate_anticipation",
    "evaluate_context",
    "plant_structures",
}
WITH_LEARNING |= {path.stem for path in STEPS.values() if path.parent.name == "geometry"}
"""Steps without a model that count words, cluster, or fit regressions."""

LOADED = """
import importlib, json, sys

sys.path.insert(0, "scripts")
library, steps = sys.argv[1], sys.argv[2:]
loading = []
for step in steps:
    importlib.import_module(step)
    if library in sys.modules:
        loading.append(step)
        break
print(json.dumps(loading))
"""
"""Imports steps one after the other in a fresh interpreter, and says which was the first that loaded a library."""


def may_not_load(library: str) -> list[Path]:
    """Steps that have no use for a library."""
    tensors = {path.stem for path in STEPS.values() if path.parent.name in TENSOR_STAGES} | WITH_TENSORS
    users = {"torch": RUNS_MODEL | tensors, "transformers": RUNS_MODEL, "sklearn": RUNS_MODEL | WITH_LEARNING}
    return [path for name, path in STEPS.items() if name not in users[library]]


def first_loading(library: str, steps: list[Path]) -> list[str]:
    names = [f"steps.{path.parent.name}.{path.stem}" for path in steps]
    done = subprocess.run(
        [sys.executable, "-c", LOADED, library, *names], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return list(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("library", ["torch", "transformers", "sklearn"])
def test_steps_that_have_no_use_for_a_library_do_not_load_it(library: str):
    steps = may_not_load(library)
    assert len(steps) > 25
    assert first_loading(library, steps) == []


def test_a_step_that_loads_a_library_would_be_named():
    assert first_loading("torch", [STEPS["check_stimuli"], STEPS["compute_vectors"]]) == [
        "steps.vectors.compute_vectors"
    ]
