"""Facts of the circuits part as the paper prints them."""

import json

import pandas as pd
import pytest

from emotion_vectors.report import circuit_facts


@pytest.mark.parametrize(
    ("kept", "used", "said"),
    [
        ([True, True, False], [True, True, False], "2 of 3"),
        ([True, False, False], [True] * 3, "1 of 3, so all are used"),
    ],
)
def test_groups_that_were_kept(tmp_path, kept, used, said):
    pd.DataFrame({"event": ["a", "b", "c"], "kept": kept, "used": used}).to_parquet(tmp_path / "groups.parquet")
    assert circuit_facts.kept_groups(tmp_path / "groups.parquet") == said


def test_prompting_rate_is_that_of_the_first_condition(tmp_path):
    pd.DataFrame({"value": [0.512, 0.7], "low": [0.4, 0.6], "high": [0.6, 0.8]}).to_parquet(tmp_path / "gate.parquet")
    assert circuit_facts.prompting_rate(tmp_path / "gate.parquet") == "51 % [40 %, 60 %]"


def test_passes_and_the_largest_difference(tmp_path):
    found = {
        "passes": {"writing": 2, "silencing_all": 1346},
        "largest_difference": {"as_written": 3.2e-6, "as_coded": 0.0},
    }
    (tmp_path / "check.json").write_text(json.dumps(found))
    said = circuit_facts.passes_saved(tmp_path / "check.json")
    assert said == "2 in place of 1,346, with a largest difference of 3e−06 of the largest score"


def test_models_are_named_in_turn():
    assert circuit_facts.in_turn({"one": "1", "two": "2"}) == "one 1; two 2"


def test_share_of_heads_in_a_circuit(tmp_path):
    rows = [
        (kind, emotion, layer, 3, 4) for kind in ("neurons", "heads") for emotion in ("joy", "fear") for layer in (0, 1)
    ]
    columns = ["kind", "emotion", "layer", "components", "parts"]
    pd.DataFrame(rows, columns=columns).to_parquet(tmp_path / "sizes.parquet")
    assert circuit_facts.share_of_heads(tmp_path / "sizes.parquet") == "75 %"
