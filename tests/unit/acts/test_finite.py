"""Finite strengths on acts: what is planned, and the dose, curvature and null that a table of changes holds."""

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.acts import finite
from emotion_vectors.acts.cells import ActError
from emotion_vectors.acts.slopes import SEMANTIC
from emotion_vectors.conduct.kinds import EMOTION, GAUSSIAN, SHUFFLED
from emotion_vectors.stimuli.acts.table import Act
from tests.unit.acts.planted import NORM, directions

ACT = Act(
    "act_lending",
    "lending",
    "lend",
    "keep",
    "asked",
    "spare",
    "plain",
    "mention",
    "plain",
    "context",
    (),
    "lending",
    ("calm",),
)
STRENGTHS = (0.025, 0.05, 0.1)


def changes(linear: float, quadratic: float) -> pd.DataFrame:
    """Changes of three scenes, in the context of the act by a parabola and in its control by nothing; null directions change nothing."""
    planned = finite.plan(["calm"], {GAUSSIAN: ["g0", "g1"]}, STRENGTHS)
    tables = []
    for number, scenario in enumerate(("a", "b", "c")):
        for context in ("asked", "spare"):
            at = planned["strength_norm_fraction"] / 0.1
            acted = (planned["kind"] == EMOTION) & (context == "asked")
            change = np.where(acted, linear * at + (quadratic + number) * at**2, 0.0)
            facts = {"experiment": ACT.name, "scenario": scenario, "context": context}
            tables.append(planned.assign(**facts, delta_logodds_nats=change))
    return pd.concat(tables, ignore_index=True)


def test_every_emotion_is_planned_at_every_strength_and_null_directions_at_the_registered_one():
    planned = finite.plan(["calm", "angry"], {GAUSSIAN: ["g0"]}, STRENGTHS)
    assert len(planned) == 2 * 3 * 2 + 2
    assert set(planned.loc[planned["kind"] == GAUSSIAN, "strength_norm_fraction"]) == {-0.1, 0.1}


def test_doses_and_curvatures_are_those_of_the_parabola():
    table = finite.differences(changes(linear=0.5, quadratic=-2.0), ACT)
    np.testing.assert_allclose(finite.at_strength(table, "calm", 0.1), [-1.5, -0.5, 0.5])
    np.testing.assert_allclose(finite.at_strength(table, "calm", -0.05), [-0.75, -0.5, -0.25])
    np.testing.assert_allclose(finite.curvatures(table, "calm"), [-2.0, -1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(finite.null_curvatures(table)[GAUSSIAN], [0.0, 0.0])


def test_an_act_that_was_not_steered_is_named():
    with pytest.raises(ActError, match="'act_lending' was not steered; repeat steer_acts"):
        finite.differences(changes(1, 1).assign(experiment="other"), ACT)


def test_additions_have_the_length_of_their_strength():
    stories = directions()
    nulls = finite.some_nulls(stories, 20, seed=1)
    assert {kind: len(of_kind) for kind, of_kind in nulls.items()} == {GAUSSIAN: 20, SHUFFLED: 20, SEMANTIC: 20}
    planned = finite.plan(["calm"], {kind: list(of_kind) for kind, of_kind in nulls.items()}, STRENGTHS)
    lengths = finite.additions(planned, stories, nulls).norm(dim=1).numpy()
    np.testing.assert_allclose(lengths, NORM * planned["strength_norm_fraction"].abs(), rtol=1e-5)
