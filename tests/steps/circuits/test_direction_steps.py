"""The steps on directions, from stored states to evidence, with the names of the registered parts."""

import json

import pandas as pd
import pytest
import yaml
from safetensors import safe_open

from steps.circuits import evaluate_directions
from tests.steps.prompted import (
    DRAWS,
    LAYERS,
    ROOT,
    WIDTH,
    evidence_of,
    of_instructions,
    parts_of,
    tables,
)


def evaluate(prompted, folder, placebo=None):
    outputs = tables(folder, "accuracy", "cosines", "evidence")
    evaluate_directions.main(*of_instructions(prompted), *outputs, placebo=placebo, **DRAWS)
    return evidence_of(folder / "evidence.parquet")


def test_directions_say_how_many_groups_they_are_made_of(prompted):
    with safe_open(prompted / "directions.safetensors", framework="pt") as file:
        facts = file.metadata()
        names = file.keys()
        assert {name: list(file.get_tensor(name).shape) for name in names} == {
            "directions": [6, 2, LAYERS, WIDTH],
            "unfiltered": [6, 2, LAYERS, WIDTH],
            "halves": [2, 6, 2, LAYERS, WIDTH],
            "neuron_differences": [6, LAYERS, 7],
            "head_differences": [6, LAYERS, 8],
            "norms": [2, LAYERS],
        }
    assert (facts["groups_used"], facts["share_kept"]) == ("kept", f"{22 / 24:.4f}")
    assert len(json.loads(facts["used"])) == len(json.loads(facts["kept"])) == 22


def test_groups_are_listed_with_those_that_were_refused(prompted):
    groups = pd.read_parquet(prompted / "groups.parquet")
    assert list(groups.columns) == ["event", "kept", "used"]
    assert groups.index[~groups["kept"]].tolist() == groups.index[~groups["used"]].tolist() == [1, 5]


def test_evidence_on_directions(prompted, tmp_path):
    found = evaluate(prompted, tmp_path)
    assert set(found.index) == parts_of("W01", "W10")
    assert found.loc[("W01", "held-out accuracy"), "estimate"] > 0.5
    assert set(found.loc["W10", "reference"]) == {-0.2}
    assert len(pd.read_parquet(tmp_path / "accuracy.parquet")) == 2 * 2 * LAYERS
    assert len(pd.read_parquet(tmp_path / "cosines.parquet")) == 2 * LAYERS * 15


def test_with_permuted_labels_nothing_is_left(prompted, tmp_path):
    found = evaluate(prompted, tmp_path, placebo=7)
    assert found.loc[("W01", "held-out accuracy"), "estimate"] == pytest.approx(1 / 6, abs=0.12)


def test_settings_of_the_circuits_are_those_the_rules_ask_for():
    settings = yaml.safe_load((ROOT / "workflow/config/config.yaml").read_text())["circuits"]
    assert settings["least_groups"] <= 3 * settings["scenarios"]["fit"]
