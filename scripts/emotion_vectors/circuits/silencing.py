"""What silencing whole circuits, and random ones of the same make, does to a projection at the last token (O06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.claims import judging
from emotion_vectors.engine.component_edits import changing, silence
from emotion_vectors.models.hooks import block_hooks
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.sublayers import POINT_OF, sublayer
from emotion_vectors.models.tokens import Encoded
from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.effects import Effect, Scale, effect
from emotion_vectors.statistics.resampling import percentile_interval

Array = NDArray[np.float64]
Parts = Mapping[int, Sequence[int]]
"""Layer -> components of one kind."""


class _Reached(Exception):
    """The layer that is read has been computed; what follows is not needed."""


def circuit_parts(circuit: Mapping[str, Mapping[str, list[int]]], kind: str, last: int) -> dict[int, list[int]]:
    """Components of a kind up to a layer, of a circuit as it is stored."""
    return {int(layer): parts[kind] for layer, parts in circuit.items() if int(layer) <= last}


def random_parts(like: Parts, parts: int, generator: torch.Generator) -> dict[int, list[int]]:
    """Random components, as many in every layer."""
    return {layer: torch.randperm(parts, generator=generator)[: len(own)].tolist() for layer, own in like.items()}


def conditions(
    circuit: Mapping[str, Mapping[str, list[int]]], model: LanguageModel, layer: int, generator: torch.Generator
) -> dict[tuple[str, str], tuple[str, Parts]]:
    """What is silenced for each (kind, choice): the circuit up to the layer that is read, and as many random components."""
    found: dict[tuple[str, str], tuple[str, Parts]] = {}
    for kind, point in POINT_OF.items():
        own = circuit_parts(circuit, kind, layer)
        found[kind, "circuit"] = (kind, own)
        found[kind, "random"] = (kind, random_parts(own, sublayer(model, layer, point).parts, generator))
    return found


@torch.inference_mode()
def last_states(
    model: LanguageModel, text: Encoded, layer: int, conditions: Sequence[tuple[str, Parts]], budget: int
) -> Tensor:
    """Residual stream after a block at the last token with components silenced at every position: [condition, d_model].

    Args:
        conditions: kind and components that are silenced together, up to `layer`.
        budget: tokens in one pass; decides how many conditions run side by side.
    """
    side_by_side = max(1, budget // len(text.ids))
    found: list[Tensor] = []

    def stop(here: int, hidden: Tensor) -> None:
        if here == layer:
            found.append(hidden[:, -1].float().cpu())
            raise _Reached

    for begin in range(0, len(conditions), side_by_side):
        chunk = conditions[begin : begin + side_by_side]
        changes = []
        for kind in POINT_OF:
            own = [parts if named == kind else {} for named, parts in chunk]
            layers = sorted({place for parts in own for place in parts})
            changes += silence(model, kind, {place: [parts.get(place, []) for parts in own] for place in layers})
        ids = torch.tensor([text.ids], device=model.device).expand(len(chunk), -1)
        with changing(model, changes), block_hooks(model, stop):
            try:
                model.base(input_ids=ids, use_cache=False)
            except _Reached:
                continue
    return torch.cat(found)


def fall_effect(falls: Array, random: Array, projections: Array, resamples: int, flips: int, seed: int) -> Effect:
    """Fall by a circuit minus that by random components, as a share of the size of the untouched projection, mean over emotions.

    Interval over events, which are of different scenarios, and over emotions. Null: the circuit of an emotion and its random
    components exchanged at random, in all events alike, since they are the same components there: of six emotions 64 ways at most.

    Args:
        falls, random, projections: [event, emotion]; the last is the untouched projection.
    """
    generator, (events, emotions) = np.random.default_rng(seed), falls.shape
    differences, sizes = falls - random, np.abs(projections)
    shares = differences.mean(0) / sizes.mean(0)
    drawn, chosen = (resampling.weights(count, resamples, generator) for count in (events, emotions))
    spread = ((drawn @ differences) / (drawn @ sizes) * chosen).sum(-1)
    signs = generator.choice([-1.0, 1.0], size=(flips, emotions))
    return effect(
        float(shares.mean()),
        percentile_interval(spread),
        (signs * shares).mean(-1),
        n=events,
        scale=Scale(of="events", unit="share of the untouched projection", two_sided=True),
    )


def evidence_of(table: pd.DataFrame, kind: str, statistics: Mapping[str, int], seed: int) -> dict[str, Any]:
    """Evidence on one part of O06."""
    own = table[table["kind"] == kind]
    by_choice = {
        choice: own[own["choice"] == choice].pivot(index="event", columns="emotion") for choice in ("circuit", "random")
    }
    falls, random = (by_choice[choice]["fall"].to_numpy() for choice in ("circuit", "random"))
    untouched = by_choice["circuit"]["projection"].to_numpy()
    found = fall_effect(falls, random, untouched, statistics["bootstraps"], statistics["shuffles"], seed)
    others = np.stack([by_choice[choice]["fall_of_others"].to_numpy() for choice in ("circuit", "random")])
    return judging.evidence(
        "O06", kind, found, guard=undefined(untouched), beside=in_words(falls, random, untouched, others)
    )


def undefined(projections: Array) -> str:
    """Why a share of the untouched projections [event, emotion] says nothing, if so.

    Where a prompt in the voice of an emotion projects on the far side of its story vector, silencing that moves the projection further
    away counts as a fall. This guard was added after the first measurement, in which such emotions made most of the mean.
    """
    negative = int((projections.mean(0) < 0).sum())
    if not negative:
        return ""
    return f"untouched projections of {negative} of {projections.shape[1]} emotions lie on the far side of their vector"


def in_words(falls: Array, random: Array, projections: Array, others: Array) -> str:
    """What stands beside the mean of shares: the share of means, its spread over emotions, and the same fall on other vectors.

    Args:
        falls, random, projections: [event, emotion]; others: mean falls on the vectors of the other emotions, [choice, event, emotion].
    """
    each = (falls - random).mean(0) / np.abs(projections).mean(0)
    whole = np.abs(projections).sum()
    return (
        f"ratio of sums {(falls - random).sum() / whole:.2f}, of the vectors of the other emotions "
        f"{(others[0] - others[1]).sum() / whole:.2f}; single emotions {each.min():.2f} to {each.max():.2f}"
    )
