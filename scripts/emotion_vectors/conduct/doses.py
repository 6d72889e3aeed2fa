"""Finite strengths: which emotions and null directions are added at which strengths, and the response of a set of items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.conduct.kinds import EMOTION
from emotion_vectors.engine.edits import Addition
from emotion_vectors.engine.packing import Packed, mean_logprobs
from emotion_vectors.engine.prompts import contrast
from emotion_vectors.engine.replay import record, replay, unsteered
from emotion_vectors.stimuli.situations import Item, contrasts_of

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.stimuli.experiments import Experiment


@dataclass(frozen=True)
class Dosing:
    """Finite strengths of a study, `behaviour` of its configuration.

    situations: at which gradients are taken; dosed_situations: at which strengths are tried; guard_passages: neutral texts of the
    coherence guard; nulls_of_each_kind: null directions; strengths: positive ones `main`, `ladder`, `fine` and `null`.
    """

    situations: int
    dosed_situations: int
    guard_passages: int
    nulls_of_each_kind: int
    strengths: Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Doses:
    """Vectors [condition, d_model] that are added after one block; `budget`: tokens in one forward pass."""

    layer: int
    vectors: Tensor
    budget: int


def conditions(
    experiments: Sequence[Experiment], nulls: Mapping[str, Sequence[str]], steps: Mapping[str, Sequence[float]]
) -> pd.DataFrame:
    """Every direction at every strength that the experiments on one set ask for, each once.

    Args:
        nulls: kind -> names of its null directions.
        steps: positive strengths `main`, `ladder` (further ones), `fine` (further ones) and `null`; each is used with both signs.
    Returns:
        Table: direction, kind, strength_norm_fraction.
    """
    rows = []
    for experiment in experiments:
        for column, emotions in (
            ("main", experiment.emotions),
            ("ladder", experiment.ladder),
            ("fine", experiment.fine),
        ):
            rows += [(emotion, EMOTION, step) for emotion in emotions for step in steps[column]]
    rows += [(name, kind, step) for kind, names in nulls.items() for name in names for step in steps["null"]]
    table = pd.DataFrame(rows, columns=["direction", "kind", "strength_norm_fraction"]).drop_duplicates()
    both = [table.assign(strength_norm_fraction=sign * table["strength_norm_fraction"]) for sign in (-1, 1)]
    return pd.concat(both, ignore_index=True)


def evenly_spaced(names: Sequence[str], count: int) -> list[str]:
    """`count` of the names, at equal distances over their order."""
    chosen = np.linspace(0, len(names) - 1, min(count, len(names))).round().astype(int)
    return [names[index] for index in dict.fromkeys(chosen.tolist())]


def some_situations(items: Sequence[Item], count: int) -> list[Item]:
    """Items of `count` situations, spread evenly over each group of the set, in every variant."""
    groups: dict[str, dict[str, None]] = {}
    for item in items:
        groups.setdefault(item.group, {})[item.scenario] = None
    share = -(-count // len(groups))
    names = {name for group in groups.values() for name in evenly_spaced(list(group), share)}
    return [item for item in items if item.scenario in names]


def dosed_items(items: Sequence[Item], experiments: Sequence[Experiment], count: int) -> list[Item]:
    """Items of the finite strengths: situations spread over the set, each in the middle one of the experiments' variants."""
    variants = experiments[0].variants
    variant = variants[len(variants) // 2]
    return [item for item in some_situations(items, count) if item.variant == variant]


def respond_to_doses(
    model: LanguageModel, item: Item, packed: Packed, experiments: Sequence[Experiment], doses: Doses
) -> Tensor:
    """Change of each log-odds of an item under every condition: [condition, contrast], nats per token."""
    contrasts = torch.stack([contrast(item, *pair) for pair in contrasts_of(experiments)])
    recording = record(model, packed, [doses.layer])
    steered = mean_logprobs(replay(model, recording, [Addition(doses.layer, doses.vectors)], doses.budget), packed)
    return (steered - mean_logprobs(unsteered(model, recording), packed)) @ contrasts.T


def changes_of(
    planned: pd.DataFrame, item: Item, responses: Tensor, experiments: Sequence[Experiment]
) -> Iterator[pd.DataFrame]:
    """Responses of one item as a table for each experiment: the plan, experiment, scenario, variant, delta_logodds_nats.

    Args:
        planned: the conditions. responses: [condition, contrast], as `respond_to_doses` gives them.
    """
    pairs = contrasts_of(experiments)
    for experiment in experiments:
        column = responses[:, pairs.index((experiment.target, experiment.alternative))]
        facts = {"experiment": experiment.name, "scenario": item.scenario, "variant": item.variant}
        yield planned.assign(**facts, delta_logodds_nats=column.numpy())


def finite_slopes(changes: pd.DataFrame, strength: float) -> pd.DataFrame:
    """Half the difference of the log-odds between +strength and -strength, by direction, averaged over items.

    Args:
        changes: one experiment; scenario, direction, kind, strength_norm_fraction, delta_logodds_nats.
    """
    at = {
        sign: changes[np.isclose(changes["strength_norm_fraction"], sign * strength)]
        .groupby(["kind", "direction"])["delta_logodds_nats"]
        .mean()
        for sign in (-1, 1)
    }
    return ((at[1] - at[-1]) / 2).rename("finite_slope_nats").reset_index()


def confirmation(slope: float, finite: float, null: Sequence[float], cost: float, limit: float) -> str:
    """Why finite strengths do not confirm a slope, in words; empty when they do.

    Args:
        slope, finite: gradient slope and finite slope of an emotion; null: finite slopes of null directions;
        cost: fall of neutral text at the strength, nats per token; limit: of the coherence guard.
    """
    if np.sign(slope) != np.sign(finite):
        return "finite strengths point the other way"
    threshold = float(np.quantile(np.abs(np.asarray(null)), 0.95))
    if abs(finite) <= threshold:
        return f"at finite strengths inside the null ({abs(finite):.3f} of {threshold:.3f} nats per token)"
    if cost > limit:
        return f"only at strengths outside the coherent range: neutral text loses {cost:.2f} nats a token"
    return ""
