"""What silencing whole circuits does to a projection at the last token, and what random circuits of the same sizes do (O06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.engine.component_edits import changing, silence
from emotion_vectors.engine.prompts import of_event
from emotion_vectors.models.hooks import block_hooks
from emotion_vectors.models.points import POINT_OF
from emotion_vectors.models.sublayers import sublayer
from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.effects import Effect, Scale, effect
from emotion_vectors.statistics.resampling import Draws, percentile_interval

if TYPE_CHECKING:
    from emotion_vectors.circuits.prompt_states import PromptStates
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.models.tokens import Encoded
    from emotion_vectors.stimuli.events import Event

Array = NDArray[np.float64]
Parts = Mapping[int, Sequence[int]]
"""Layer -> components of one kind."""


CIRCUIT, RANDOM_PARTS = "circuit", "random"


class _Reached(Exception):
    """The layer that is read has been computed; what follows is not needed."""


def circuit_parts(circuit: Mapping[str, Mapping[str, list[int]]], kind: str, last: int) -> dict[int, list[int]]:
    """Components of a kind up to a layer, of a circuit as it is stored."""
    return {int(layer): parts[kind] for layer, parts in circuit.items() if int(layer) <= last}


def random_parts(like: Parts, parts: int, generator: torch.Generator) -> dict[int, list[int]]:
    """Random components, as many in every layer."""
    return {layer: torch.randperm(parts, generator=generator)[: len(taken)].tolist() for layer, taken in like.items()}


def conditions(
    circuit: Mapping[str, Mapping[str, list[int]]], model: LanguageModel, layer: int, generator: torch.Generator
) -> dict[tuple[str, str], tuple[str, Parts]]:
    """What is silenced for each (kind, choice): the circuit up to the layer that is read, and as many random components."""
    silenced: dict[tuple[str, str], tuple[str, Parts]] = {}
    for kind, point in POINT_OF.items():
        members = circuit_parts(circuit, kind, layer)
        silenced[kind, CIRCUIT] = (kind, members)
        silenced[kind, RANDOM_PARTS] = (kind, random_parts(members, sublayer(model, layer, point).parts, generator))
    return silenced


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
    states: list[Tensor] = []

    def stop(reached: int, hidden: Tensor) -> None:
        if reached == layer:
            states.append(hidden[:, -1].float().cpu())
            raise _Reached

    for begin in range(0, len(conditions), side_by_side):
        chunk = conditions[begin : begin + side_by_side]
        changes = []
        for kind in POINT_OF:
            by_row = [parts if named == kind else {} for named, parts in chunk]
            layers = sorted({changed for parts in by_row for changed in parts})
            changes += silence(model, kind, {at: [parts.get(at, []) for parts in by_row] for at in layers})
        ids = torch.tensor([text.ids], device=model.device).expand(len(chunk), -1)
        with changing(model, changes), block_hooks(model, stop):
            try:
                model.base(input_ids=ids, use_cache=False)
            except _Reached:
                continue
    return torch.cat(states)


@dataclass(frozen=True)
class Reading:
    """What is silenced for every emotion, and along what its effect is read.

    layer: after which the stream is read; directions: [emotion, d_model], unit length; untouched: [event, emotion, d_model], the
    stream there with nothing silenced; silenced: emotion -> as in `conditions`.
    """

    layer: int
    directions: Tensor
    untouched: Tensor
    silenced: Mapping[str, Mapping[tuple[str, str], tuple[str, Parts]]]


def falls_of(
    model: LanguageModel, prompts: PromptStates, events: Sequence[Event], reading: Reading, budget: int
) -> pd.DataFrame:
    """Projections of every event under every emotion with nothing silenced, and how far they fall with each condition.

    Args:
        events: those of the prompts; budget: as in `last_states`.
    Returns:
        Tidy table: event, emotion, kind, choice, projection, fall, fall_of_others (mean fall along the vectors of the other emotions).
    """
    rows = []
    for event_row, event in enumerate(
        tqdm(events, desc=f"{model.name} circuits silenced", unit="event", mininterval=5)
    ):
        for emotion_row, emotion in enumerate(prompts.emotions):
            text = of_event(model, event, prompts.named(event_row, emotion_row))
            silenced = reading.silenced[emotion]
            states = last_states(model, text, reading.layer, list(silenced.values()), budget)
            untouched = reading.directions @ reading.untouched[event_row][emotion_row]
            for (kind, choice), state in zip(silenced, states, strict=True):
                falls = untouched - reading.directions @ state
                others = float((falls.sum() - falls[emotion_row]) / (len(falls) - 1))
                projection, fall = float(untouched[emotion_row]), float(falls[emotion_row])
                rows.append((event.name, emotion, kind, choice, projection, fall, others))
    names = ["event", "emotion", "kind", "choice", "projection", "fall", "fall_of_others"]
    return pd.DataFrame(rows, columns=names)


def fall_effect(falls: Array, random: Array, projections: Array, draws: Draws) -> Effect:
    """Fall by a circuit minus that by random components, as a share of the size of the untouched projection, mean over emotions.

    Interval over events, which are of different scenarios, and over emotions. Null: the circuit of an emotion and its random
    components exchanged at random, in all events alike, since they are the same components there: of six emotions 64 ways at most.

    Args:
        falls, random, projections: [event, emotion]; the last is the untouched projection.
    """
    generator, (events, emotions) = np.random.default_rng(draws.seed), falls.shape
    differences, sizes = falls - random, np.abs(projections)
    shares = differences.mean(0) / sizes.mean(0)
    drawn, chosen = (resampling.weights(count, draws.bootstraps, generator) for count in (events, emotions))
    spread = ((drawn @ differences) / (drawn @ sizes) * chosen).sum(-1)
    null = resampling.sign_flips(emotions, draws.shuffles, generator) @ shares / emotions
    scale = Scale("events", "share of the untouched projection", two_sided=True)
    return effect(float(shares.mean()), percentile_interval(spread), null, n=events, scale=scale)


def silencing_evidence(table: pd.DataFrame, kind: str, draws: Draws) -> dict[str, Any]:
    """Evidence on one part of O06 from the table of `falls_of`."""
    of_kind = table[table["kind"] == kind]
    circuit, random = (
        of_kind[of_kind["choice"] == choice].pivot(index="event", columns="emotion")
        for choice in (CIRCUIT, RANDOM_PARTS)
    )
    falls, random_falls = circuit["fall"].to_numpy(), random["fall"].to_numpy()
    untouched = circuit["projection"].to_numpy()
    others = np.stack([choice["fall_of_others"].to_numpy() for choice in (circuit, random)])
    share = fall_effect(falls, random_falls, untouched, draws)
    beside = in_words(falls, random_falls, untouched, others)
    return evidence_row("O06", kind, share, guard=undefined(untouched), beside=beside)


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
    """What is said beside the mean of shares: the share of means, its spread over emotions, and the same fall on other vectors.

    Args:
        falls, random, projections: [event, emotion]; others: mean falls on the vectors of the other emotions, [choice, event, emotion].
    """
    by_emotion = (falls - random).mean(0) / np.abs(projections).mean(0)
    whole = np.abs(projections).sum()
    return (
        f"ratio of sums {(falls - random).sum() / whole:.2f}, of the vectors of the other emotions "
        f"{(others[0] - others[1]).sum() / whole:.2f}; single emotions {by_emotion.min():.2f} to {by_emotion.max():.2f}"
    )
