"""The steps that silence heads and circuits, on a tiny model and events made for it."""

import json

import pandas as pd
import pytest
from safetensors.torch import load_file

from emotion_vectors.artefacts import files
from emotion_vectors.statistics.algebra import unit


def test_the_check_finds_no_difference(components):
    found = json.loads((components / "check.json").read_text())
    assert max(found["largest_difference"].values()) < 1e-3
    assert [each["emotion"] for each in found["sample"]] == ["anger", "sadness"]


def test_untouched_projections_are_those_that_were_captured(components):
    table = pd.read_parquet(components / "falls.parquet")
    assert len(table) == 3 * 6 * 2 * 2
    assert table["fall"].abs().min() > 0
    layer = files.provenance_of(components / "falls.parquet")["layer"]
    vector = unit(load_file(components / "vectors.safetensors")["vectors"][1, layer])
    residual = load_file(components / "fit.safetensors")["residual"][0, 1, 1, layer]
    first = table[(table["event"] == "s0-positive") & (table["emotion"] == "sadness")]
    assert first["projection"].tolist() == pytest.approx([float(residual @ vector)] * 4, abs=1e-4)
