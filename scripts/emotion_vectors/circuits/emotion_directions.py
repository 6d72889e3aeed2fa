"""Directions of emotions that do not depend on the situation (Wang et al. 2025, steps 1, 3 and 8).

A *group* is one event, that is one scenario with one valence: the same text was read under each of the six emotions, so
whatever belongs to the text cancels within it. Groups of the three valences of a scenario are never put together.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.models.points import HEADS, NEURONS
from emotion_vectors.statistics import grouping
from emotion_vectors.statistics.algebra import centred, unit

if TYPE_CHECKING:
    from emotion_vectors.circuits.prompt_states import PromptStates

TENSORS = ("directions", "unfiltered", "halves", "neuron_differences", "head_differences", "norms")
LISTS = ("emotions", "events", "used", "kept")


class DirectionError(MendableError, ValueError):
    """Directions cannot be computed as asked."""


@dataclass(frozen=True)
class EmotionDirections:
    """Directions of one model.

    directions: [emotion, point, layer, d_model], unit length, of the groups that are used; unfiltered: the same of all groups;
    halves: [half, emotion, point, layer, d_model], of every second scenario and of the others.
    neuron_differences: [emotion, layer, d_ff] and head_differences: [emotion, layer, heads * head_dim], not normalised.
    norms: [point, layer], mean L2 norm of the residual stream at the last token.
    used, kept: names of the groups that the directions are made of, and of those whose six replies were all accepted.
    """

    directions: Tensor
    unfiltered: Tensor
    halves: Tensor
    neuron_differences: Tensor
    head_differences: Tensor
    norms: Tensor
    emotions: list[str]
    events: list[str]
    used: list[str]
    kept: list[str]

    @property
    def share_kept(self) -> float:
        """Share of the groups whose six replies were all accepted."""
        return len(self.kept) / len(self.events)

    @property
    def filtered(self) -> bool:
        """Whether the directions are made of the kept groups alone; they are made of all where too few were kept."""
        return self.used == self.kept


def centroids(states: Tensor) -> Tensor:
    """Mean over groups of the states centred within each: [emotion, ...] of [group, emotion, ...].

    Centred over the emotions once more, which changes nothing but rounding where every group holds every emotion.
    """
    return centred(centred(states, axis=1).mean(0))


def accepted_groups(prompted: pd.DataFrame, events: Sequence[str], emotions: Sequence[str]) -> list[bool]:
    """Whether the replies to a group were accepted under all emotions (step 1), for each of the events.

    Args:
        prompted: one row for each event and emotion, columns `event`, `emotion`, `accepted`.
    Raises:
        DirectionError: a reply is missing, or there are two.
    """
    if prompted.duplicated(["event", "emotion"]).any():
        raise DirectionError("two replies to the same event under the same emotion; repeat judge_expressions")
    accepted = prompted.set_index(["event", "emotion"])["accepted"]
    missing = [(event, emotion) for event in events for emotion in emotions if (event, emotion) not in accepted.index]
    if missing:
        raise DirectionError(f"no judged reply to {missing[0][0]} under {missing[0][1]}; repeat judge_expressions")
    return [all(bool(accepted.loc[event, emotion]) for emotion in emotions) for event in events]


def used_rows(accepted: Sequence[bool], least: int) -> list[int]:
    """Rows of the accepted groups, or of all groups when fewer than `least` were accepted."""
    rows = [row for row, good in enumerate(accepted) if good]
    return rows if len(rows) >= least else list(range(len(accepted)))


def compute(states: PromptStates, accepted: Sequence[bool], least: int) -> EmotionDirections:
    """Directions and differences of the accepted groups, or of all when these are fewer than `least`.

    Raises:
        ArtefactError: neurons and heads of the prompts were not captured.
        ValueError: a single scenario is left, which cannot be halved.
    """
    rows = used_rows(accepted, least)
    residual = states.both_streams()
    used = residual[rows]
    half = grouping.halves([states.scenarios[row] for row in rows])
    return EmotionDirections(
        directions=unit(centroids(used)),
        unfiltered=unit(centroids(residual)),
        halves=torch.stack([unit(centroids(used[half == side])) for side in (0, 1)]),
        neuron_differences=centroids(states.inputs(NEURONS)[rows]),
        head_differences=centroids(states.inputs(HEADS)[rows]),
        norms=residual.norm(dim=-1).mean((0, 1)),
        emotions=states.emotions,
        events=states.events,
        used=[states.events[row] for row in rows],
        kept=[name for name, good in zip(states.events, accepted, strict=True) if good],
    )


def group_table(directions: EmotionDirections) -> pd.DataFrame:
    """Groups in their order: event, kept (all six replies were accepted), used (the directions are made of it)."""
    kept, used = set(directions.kept), set(directions.used)
    rows = [(name, name in kept, name in used) for name in directions.events]
    return pd.DataFrame(rows, columns=["event", "kept", "used"])


def save(directions: EmotionDirections, path: Path, **facts: str) -> None:
    """Write `directions.safetensors`; `facts` join its metadata."""
    lists = {name: json.dumps(getattr(directions, name)) for name in LISTS}
    shares = {"share_kept": f"{directions.share_kept:.4f}", "groups_used": "kept" if directions.filtered else "all"}
    files.write_tensors({name: getattr(directions, name) for name in TENSORS}, path, **lists, **shares, **facts)


def load(path: Path) -> EmotionDirections:
    """Read what `save` wrote.

    Raises:
        ArtefactError: the file is not complete.
    """
    with files.open_tensors(path, "file of directions") as stored:
        fields: dict[str, Any] = {name: stored.listed(name) for name in LISTS}
        fields |= {name: stored.tensor(name) for name in TENSORS}
    return EmotionDirections(**fields)


def weighted(weights: Tensor, deviations: Tensor) -> Tensor:
    """Centroids under permuted labels: [set, emotion, d_model].

    Args:
        weights: [set, emotion, group, emotion]; deviations: [group, emotion, d_model], centred within groups, at one layer.
    """
    sets, emotions = weights.shape[:2]
    flat = weights.reshape(sets * emotions, -1) @ deviations.reshape(-1, deviations.shape[-1])
    return flat.reshape(sets, emotions, -1)


def scenario_sums(states: Tensor, names: Sequence[str]) -> Tensor:
    """Centred states summed over the groups of each scenario: [scenario, emotion, ...], in order of first appearance.

    Sums of scenarios, drawn with any weights, give centroids up to a factor, which their directions do not have.
    """
    return grouping.sums(centred(states, axis=1), names)
