"""Captured prompts, directions and scores of the circuits part, read from their files, prompts one layer at a time.

Neurons of all layers together need not fit into memory: what is asked of them is asked layer by layer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.models.sublayers import POINTS
from emotion_vectors.statistics import permutation


class StateError(MendableError, ValueError):
    """A file of the circuits part is incomplete, or belongs to other prompts."""


def _facts(path: str | Path, names: tuple[str, ...]) -> dict[str, Any]:
    try:
        with safe_open(path, framework="pt") as file:
            facts = file.metadata()
            return {name: json.loads(facts[name]) for name in names}
    except (SafetensorError, KeyError, TypeError) as error:
        raise StateError(f"{path} is not complete ({error}); delete it and repeat the command") from error


@dataclass(frozen=True)
class Prompts:
    """States at the last token of the prompts of a file, restricted to some of its events.

    rows: places of the events in the file; order: [event in the file, emotion], which prompt counts as that of an emotion (its
    own, unless the labels are permuted).
    """

    path: str
    events: list[str]
    scenarios: list[str]
    emotions: list[str]
    rows: list[int]
    order: Tensor

    def inputs(self, kind: str, layer: int) -> Tensor:
        """Inputs of the output projection that neurons or heads write through: [event, emotion, inputs]."""
        return self._arranged(self._read(kind, (slice(None), slice(None), layer)))

    def stream(self, point: str, layer: int) -> Tensor:
        """Residual stream at a point of a block: [event, emotion, d_model]."""
        return self._arranged(self._read("residual", (slice(None), slice(None), POINTS.index(point), layer)))

    def _read(self, name: str, place: tuple[Any, ...]) -> Tensor:
        with safe_open(self.path, framework="pt") as file:
            read: Tensor = file.get_slice(name)[place]
        return read

    def _arranged(self, states: Tensor) -> Tensor:
        return states[torch.arange(len(states))[:, None], self.order][self.rows]


def load_prompts(path: str | Path, used: list[str] | None = None, permuted: int | None = None) -> Prompts:
    """Prompts of a file, of the `used` events alone where they are given.

    Raises:
        StateError: the file is incomplete, or lacks an event.
    """
    facts = _facts(path, ("events", "scenarios", "emotions"))
    names = facts["events"]
    missing = sorted(set(used or []) - set(names))
    if missing:
        raise StateError(f"{path} holds no event '{missing[0]}'; repeat the steps from capture_prompts on")
    rows = [row for row, name in enumerate(names) if used is None or name in set(used)]
    return Prompts(
        path=str(path),
        events=[names[row] for row in rows],
        scenarios=[facts["scenarios"][row] for row in rows],
        emotions=facts["emotions"],
        rows=rows,
        order=permutation.label_order(names, len(facts["emotions"]), permuted),
    )


@dataclass(frozen=True)
class Tensors:
    """A file of tensors about emotions; each is read when it is first asked for."""

    path: str
    emotions: list[str]
    used: list[str]
    read: dict[str, Tensor] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Tensor:
        if name not in self.read:
            with safe_open(self.path, framework="pt") as file:
                self.read[name] = file.get_tensor(name)
        return self.read[name]

    @cached_property
    def layers(self) -> int:
        """Blocks of the model."""
        return int(self["norms"].shape[1])


def load_tensors(path: str | Path) -> Tensors:
    """Directions as `compute_directions` wrote them, or scores as `score_components` did.

    Raises:
        StateError: the file is incomplete.
    """
    facts = _facts(path, ("emotions", "used"))
    return Tensors(str(path), facts["emotions"], facts["used"])
