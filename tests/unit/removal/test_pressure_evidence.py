"""Protection by clamps on made-up acts."""

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.conduct.kinds import SHUFFLED
from emotion_vectors.removal.kinds import EMOTION, MATCHED, PRESSURE, PRESSURE_PARTS, ROTATED, WHOLE
from emotion_vectors.removal.pressure_evidence import CLAMPED_COLUMNS, pressure_rows, without_effect
from emotion_vectors.statistics.resampling import Draws
from tests.removal_tables import costs
from tests.unit.removal.verdicts import verdicts_on

DRAWS, SCENARIOS = Draws(300, 100, 3), 16


def evidence_on_acts(**changes) -> pd.DataFrame:
    row = {"claim": "S04b", "estimate": 0.5, "low": 0.3, "high": 0.7, "null_percentile": 99.0, "guard": ""}
    return pd.DataFrame([{**row, "part": part, **changes} for part, _ in PRESSURE_PARTS.values()])


KINDS = {EMOTION: 1, ROTATED: 20, MATCHED: 20, SHUFFLED: 20, PRESSURE: 1, WHOLE: 1}


def clamped(share: float, seed: int = 0, rise: float = 1.0, **further: float) -> pd.DataFrame:
    """Acts with an effect of pressure of which the emotion subspace takes a share, and other kinds what is said of them."""
    shares = {EMOTION: share, PRESSURE: 0.9, WHOLE: 0.95} | further
    generator, rows = np.random.default_rng(seed), []
    for _, act in PRESSURE_PARTS.values():
        for number in range(SCENARIOS):
            calm = generator.normal(-3, 1)
            effect = generator.normal(rise, 0.2)
            for kind, count in KINDS.items():
                for subspace in range(count):
                    taken = shares.get(kind, 0.0) * effect + generator.normal(0, 0.02)
                    after = calm + effect - taken
                    rows.append((act, "most", "least", f"s{number:02d}", kind, subspace, after, calm + effect, calm))
    return pd.DataFrame(rows, columns=CLAMPED_COLUMNS)


def test_protection_is_found():
    rows = pressure_rows(clamped(0.5), {}, costs(0.1, 0.1), DRAWS)
    assert {*verdicts_on("S06", rows).values()} == {"replicated"}
    assert rows[0]["estimate"] == pytest.approx(0.5, abs=0.05)
    assert rows[0]["n"] == SCENARIOS
    assert f"{PRESSURE} 0." in rows[0]["beside"]
    assert "from least to most" in rows[0]["beside"]
    assert "nats per token of text" in rows[0]["beside"]


@pytest.mark.parametrize("seed", range(4))
def test_no_protection_is_not(seed):
    assert "replicated" not in verdicts_on("S06", pressure_rows(clamped(0.0, seed), {}, costs(0, 0), DRAWS)).values()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"low": -0.1}, "rise 0.50"),
        ({"null_percentile": 90.0}, "percentile 90.0"),
        ({"guard": "gate shut"}, "gate shut"),
    ],
)
def test_without_an_effect_of_pressure_there_is_nothing_to_protect_from(changes, said):
    reasons = without_effect(evidence_on_acts(**changes))
    assert {*reasons} == {act for _, act in PRESSURE_PARTS.values()}
    rows = pressure_rows(pd.DataFrame(columns=CLAMPED_COLUMNS), reasons, costs(0, 0), DRAWS)
    assert {*verdicts_on("S06", rows).values()} == {"not testable"}
    assert all(said in row["guard"] for row in rows)


def test_with_an_effect_nothing_is_said_against_it():
    assert without_effect(evidence_on_acts()) == {}


def test_shuffled_labels_that_protect_as_much_stand_against_protection():
    rows = pressure_rows(clamped(0.5, **{SHUFFLED: 0.5}), {}, costs(0, 0), DRAWS)
    assert "replicated" not in verdicts_on("S06", rows).values()


@pytest.mark.parametrize(
    ("changes", "said"),
    [({WHOLE: 0.2}, "whole stream at this layer takes away 0.2"), ({"rise": 0.0}, "from least to most")],
)
def test_what_no_clamp_could_take_away_is_not_testable(changes, said):
    rows = pressure_rows(clamped(0.5, **changes), {}, costs(0, 0), DRAWS)
    assert {*verdicts_on("S06", rows).values()} == {"not testable"}
    assert all(said in row["guard"] for row in rows)
