"""The table of slopes of acts: a row for every part and model, with the effect that would have been found."""

import numpy as np
import pytest

from emotion_vectors.acts import conditions
from emotion_vectors.report.results import Results
from emotion_vectors.report.tables import acts
from emotion_vectors.statistics.power import smallest_detectable
from emotion_vectors.statistics.wording import bare
from tests.act_tables import CLAIMS
from tests.act_tables import effects as effects_of
from tests.figure_tables import EMOTIONS

ROW = {
    "estimate": 0.10,
    "low": -0.05,
    "high": 0.25,
    "null_95": 0.35,
    "reference": 0.0,
    "null_percentile": 60.0,
    "n": 26,
    "of": "scenarios",
    "unit": "nats per reply at strength 0.1",
    "verdict": "not replicated",
    "why": "inside the null",
    "beside": "",
}


@pytest.fixture
def table():
    parts = {name: {part["name"]: ROW for part in claim["parts"]} for name, claim in CLAIMS.items()}
    effects = effects_of(np.random.default_rng(1), EMOTIONS).assign(
        null_percentile=50.0, n=3, of="scenarios", unit="nats"
    )
    for measure, value in ((conditions.LEFT, 0.08), (conditions.CONTROL, 0.02)):
        effects.loc[effects["measure"] == measure, "estimate"] = value
    effects = effects[(effects["experiment"] != "act_harshness") | (effects["measure"] != conditions.CONTROL)]
    return acts.act_table(
        Results(CLAIMS, {"a_model": {}, "other": {}}, {"a_model": parts, "other": {}}), {"a_model": effects}
    )


def test_every_slope_stands_in_it_once_and_nothing_else(table):
    rows = [line for line in table.splitlines() if r"a\_model" in line]
    slopes = [
        part
        for claim in CLAIMS.values()
        for part in claim["parts"]
        if part.get("measured_by", {}).get("measure") == "act_slope"
    ]
    assert len(rows) == len(slopes)
    assert "rate at" not in table
    assert r"other &" not in table


def test_beside_a_slope_stands_the_effect_that_would_have_been_found(table):
    row = next(line for line in table.splitlines() if line.startswith("A19b"))
    assert f" & 0.35 & 0.080 & 0.020 & {bare(smallest_detectable(ROW))} & not replicated" in row
    assert smallest_detectable(ROW) > 0.35


def test_what_is_left_and_the_control_are_turned_where_a_vector_is_taken_away_and_tones_have_no_control(table):
    row = next(line for line in table.splitlines() if line.startswith("A28b"))
    assert " & $-$0.080 & -- & " in row
