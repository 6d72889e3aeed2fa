"""Finite strengths of emotion vectors on acts: what claims ask for, the change between the two contexts, its curvature and null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.acts.cells import ActError
from emotion_vectors.acts.responses import weights
from emotion_vectors.conduct.directions import scaled
from emotion_vectors.conduct.evidence import cost_at, quadratic_coefficients
from emotion_vectors.conduct.kinds import EMOTION
from emotion_vectors.conduct.slopes import PER_STRENGTH
from emotion_vectors.engine import coherence
from emotion_vectors.engine.edits import Addition
from emotion_vectors.engine.packing import mean_logprobs
from emotion_vectors.engine.replay import record, replay, unsteered
from emotion_vectors.statistics.effects import Effect, Scale, against_nulls
from emotion_vectors.stimuli.acts.table import CURVATURE, FIRST

if TYPE_CHECKING:
    from emotion_vectors.acts.measurements import ActMeasurements, FiniteStrengths
    from emotion_vectors.acts.slopes import StoryDirections
    from emotion_vectors.conduct.doses import Doses
    from emotion_vectors.engine.packing import Packed
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.stimuli.acts.table import Act
    from emotion_vectors.stimuli.situations import Item

Array = NDArray[np.float64]
CHANGE = "delta_logodds_nats"
FEWEST_SCENARIOS = {CURVATURE: 24}
"""Scenarios that a measure was registered for, at least."""


def plan(emotions: Sequence[str], nulls: Mapping[str, Sequence[str]], strengths: Sequence[float]) -> pd.DataFrame:
    """Every emotion at every strength with both signs, every null direction at the registered one: direction, kind, strength."""
    rows = [(emotion, EMOTION, sign * step) for emotion in emotions for step in strengths for sign in (-1, 1)]
    rows += [(name, kind, sign * PER_STRENGTH) for kind, names in nulls.items() for name in names for sign in (-1, 1)]
    return pd.DataFrame(rows, columns=["direction", "kind", "strength_norm_fraction"])


def some_nulls(directions: StoryDirections, count: int, seed: int) -> dict[str, dict[str, Tensor]]:
    """`count` null directions of each kind, drawn with a seed, by name."""
    generator = np.random.default_rng(seed)
    return {
        kind: {f"{kind} {row}": of_kind[row] for row in generator.choice(len(of_kind), count, replace=False).tolist()}
        for kind, of_kind in directions.single_nulls().items()
    }


def additions(planned: pd.DataFrame, directions: StoryDirections, nulls: Mapping[str, Mapping[str, Tensor]]) -> Tensor:
    """Vectors to add, one for each condition: [condition, d_model]."""
    emotions = planned.loc[planned["kind"] == EMOTION, "direction"].unique()
    by_name = {emotion: directions.direction([emotion]) for emotion in emotions}
    for of_kind in nulls.values():
        by_name |= of_kind
    return scaled(planned, by_name, torch.tensor(directions.norm))


def change(model: LanguageModel, item: Item, packed: Packed, act: Act, doses: Doses) -> Tensor:
    """Change of an act's log-odds in one context under every condition: [condition], nats per reply."""
    recording = record(model, packed, [doses.layer])
    steered = mean_logprobs(replay(model, recording, [Addition(doses.layer, doses.vectors)], doses.budget), packed)
    plain = mean_logprobs(unsteered(model, recording), packed)
    return (steered - plain) @ weights(item, packed, act).mean(0)


def joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Changes of all scenes in one table, with its columns also where nothing was steered because every act's gates are closed."""
    empty = plan([], {}, []).assign(experiment="", scenario="", context="", **{CHANGE: 0.0})
    return pd.concat(tables, ignore_index=True) if tables else empty


def differences(changes: pd.DataFrame, act: Act) -> pd.DataFrame:
    """Change in the context of the act minus that in its control: direction, kind, strength, a column for each scenario.

    Raises:
        ActError: nothing was steered on the act.
    """
    rows = changes[changes["experiment"] == act.name]
    if rows.empty:
        raise ActError(f"'{act.name}' was not steered; repeat steer_acts")
    keys = ["kind", "direction", "strength_norm_fraction", "scenario"]
    by_context = rows.set_index([*keys, "context"])[CHANGE].unstack("context")
    return (by_context[act.acted] - by_context[act.control]).unstack("scenario")


def at_strength(table: pd.DataFrame, emotion: str, strength: float) -> Array:
    """Change of every scenario under an emotion at one strength: [scenario]."""
    rows = _of_emotion(table, emotion)
    changes: Array = rows[np.isclose(rows.index.to_numpy(dtype=float), strength)].to_numpy(dtype=float)[0]
    return changes


def curvatures(table: pd.DataFrame, emotion: str) -> Array:
    """Quadratic coefficient of every scenario over the strengths of an emotion: [scenario], nats per squared 0.1 of strength."""
    rows = _of_emotion(table, emotion)
    strengths = rows.index.to_numpy(dtype=float) / PER_STRENGTH
    return quadratic_coefficients(strengths, rows.to_numpy(dtype=float).T)


def _of_emotion(table: pd.DataFrame, emotion: str) -> pd.DataFrame:
    """Rows of an emotion by strength."""
    kinds, directions = (table.index.get_level_values(level) for level in ("kind", "direction"))
    return table[(kinds == EMOTION) & (directions == emotion)].droplevel(["kind", "direction"])


def null_curvatures(table: pd.DataFrame) -> dict[str, Array]:
    """The same, mean over scenarios, of every null direction by kind: half the sum of its changes at both signs of 0.1."""
    means = table.mean(axis=1).groupby(level=["kind", "direction"]).mean()
    kinds = [str(kind) for kind in means.index.unique("kind") if kind != EMOTION]
    return {kind: means.xs(kind, level="kind").to_numpy(dtype=float) for kind in kinds}


def null_changes(table: pd.DataFrame, strength: float) -> dict[str, Array]:
    """Changes of null directions at one strength, mean over scenarios, by kind; empty where they were not steered at it."""
    at = np.isclose(table.index.get_level_values("strength_norm_fraction").to_numpy(dtype=float), strength)
    means = table[at].mean(axis=1)
    kinds = [str(kind) for kind in means.index.unique("kind") if kind != EMOTION]
    return {kind: means.xs(kind, level="kind").to_numpy(dtype=float) for kind in kinds}


def strengths_of(measured: ActMeasurements, act: Act) -> FiniteStrengths:
    """What finite strengths do on an act.

    Raises:
        ActError: this study steers no act.
    """
    if measured.finite is None:
        raise ActError(f"'{act.name}' was not steered; repeat steer_acts")
    return measured.finite


def out_of_range(measured: ActMeasurements, act: Act, by: Mapping[str, Any]) -> str:
    """Why an effect at finite strengths does not count, in words: too few scenarios, or neutral text that suffers; empty when it does."""
    known, fewest = strengths_of(measured, act), FEWEST_SCENARIOS.get(by["measure"], 1)
    steered = differences(known.changes, act).shape[1]
    if steered < fewest:
        return f"{act.name}, finite strengths: {steered} scenarios, at least {fewest}"
    cost = cost_at(known.costs, by["emotion"], abs(by.get("strength", PER_STRENGTH)))
    return coherence.guard(cost, known.guard_nats)


def dose(measured: ActMeasurements, act: Act, by: Mapping[str, Any]) -> Effect:
    """Change at a finite strength; null: slopes of null directions scaled to it, and their changes where they were steered at it."""
    table = differences(strengths_of(measured, act).changes, act)
    values = at_strength(table, by["emotion"], by["strength"])
    scale = Scale(of="scenarios", unit=f"nats per reply at strength {by['strength']:g}", two_sided=True)
    gradients = measured.gradients[act.items].difference(act, FIRST)[:, :, measured.main].mean((0, 1))
    slopes = measured.directions.slopes_of_nulls(gradients, [by["emotion"]])
    nulls = {kind: of_kind * by["strength"] / PER_STRENGTH for kind, of_kind in slopes.items()}
    nulls |= {f"{kind}, steered": of_kind for kind, of_kind in null_changes(table, by["strength"]).items()}
    return against_nulls(float(values.mean()), measured.interval(values), nulls.values(), n=len(values), scale=scale)


def curvature(measured: ActMeasurements, act: Act, by: Mapping[str, Any]) -> Effect:
    """Quadratic coefficient over the strengths of an emotion; null: that of null directions of each kind (A21b)."""
    table = differences(strengths_of(measured, act).changes, act)
    values = curvatures(table, by["emotion"])
    scale = Scale(of="scenarios", unit="nats per reply per squared 0.1 of strength", two_sided=True)
    return against_nulls(
        float(values.mean()), measured.interval(values), null_curvatures(table).values(), n=len(values), scale=scale
    )
