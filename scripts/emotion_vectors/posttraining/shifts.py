"""Readings before the reply of a tuned model minus those of its base, prompt by prompt (Sofroniew et al. 2026, section 3.5)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.stimuli.function.prompts import UserPrompt

if TYPE_CHECKING:
    from emotion_vectors.conduct.directions import Directions

Array = NDArray[np.float64]
NEUTRAL = "neutral"
"""Kind of the prompts of the first set; all other kinds make the second, in which something is at stake."""


class PosttrainingError(MendableError, ValueError):
    """Two models cannot be compared as one tuned from the other."""


@dataclass(frozen=True)
class StatesBeforeReply:
    """States before the reply. names, kinds: of the prompts; states: [prompt, layer, d_model]."""

    names: list[str]
    kinds: list[str]
    states: Tensor


def facts_of(prompts: Sequence[UserPrompt]) -> dict[str, str]:
    """Metadata of a file of states, which `load` reads."""
    return {
        "prompts": json.dumps([prompt.name for prompt in prompts]),
        "kinds": json.dumps([prompt.kind for prompt in prompts]),
    }


def load(path: files.PathLike) -> StatesBeforeReply:
    """States as `read_prompts` wrote them.

    Raises:
        ArtefactError: the file is not a complete file of states.
    """
    with files.open_tensors(path, "file of states on prompts") as file:
        return StatesBeforeReply(file.listed("prompts"), file.listed("kinds"), file.tensor("states"))


@dataclass(frozen=True)
class ReadModel:
    """One model at its main layer. states: [prompt, d_model], and vectors: [emotion, d_model], in units of its mean residual norm."""

    states: Tensor
    vectors: Tensor

    @classmethod
    def at_main(cls, read: StatesBeforeReply, known: Directions) -> ReadModel:
        """A model with its own vectors."""
        return cls(read.states[:, known.main].double() / float(known.main_norm), known.vectors.at(known.main).double())

    def readings(self, directions: Tensor) -> Array:
        """Readings of directions of any length: [prompt, direction], in units of the mean residual norm."""
        readings: Array = (self.states @ unit(directions.double()).T).numpy()
        return readings


@dataclass(frozen=True)
class TunedPair:
    """A tuned model and its base.

    kinds: of the prompts; shuffled: [set, emotion, d_model], label-shuffled vectors of the tuned model.
    """

    tuned: ReadModel
    base: ReadModel
    emotions: list[str]
    kinds: list[str]
    shuffled: Tensor

    @classmethod
    def of(cls, model: str, base: str, read: Sequence[StatesBeforeReply], known: Sequence[Directions]) -> TunedPair:
        """From what was measured of either model, the tuned one first.

        Raises:
            PosttrainingError: the models are of different shapes, or read different prompts (row and remedy are named).
        """
        tuned_shape, base_shape = (tuple(one.states.shape[1:]) for one in read)
        where = f"workflow/models.tsv, row '{model}', column 'base'"
        if tuned_shape != base_shape:
            raise PosttrainingError(
                f"{where}: '{base}' has {base_shape[0]} layers of width {base_shape[1]}, '{model}' {tuned_shape[0]} of {tuned_shape[1]}; "
                "name the model that it was tuned from"
            )
        if read[0].names != read[1].names or known[0].names != known[1].names:
            raise PosttrainingError(f"{where}: '{base}' read other prompts or emotions; repeat read_prompts for both")
        tuned, untuned = (ReadModel.at_main(states, directions) for states, directions in zip(read, known, strict=True))
        return cls(tuned, untuned, known[0].names, read[0].kinds, known[0].shuffled)

    @property
    def first(self) -> NDArray[np.bool_]:
        """Whether each prompt is in the first set: [prompt]."""
        return np.array([kind == NEUTRAL for kind in self.kinds])

    def shifts(self, directions: Tensor) -> Array:
        """Readings of the tuned model minus those of its base along the same directions: [prompt, direction]."""
        return self.tuned.readings(directions) - self.base.readings(directions)

    @property
    def offset(self) -> Tensor:
        """Shift that all prompts share, both sets alike in weight: [d_model], in units of the mean residual norm."""
        moved, first = self.tuned.states - self.base.states, torch.from_numpy(self.first)
        shared: Tensor = (moved[first].mean(0) + moved[~first].mean(0)) / 2
        return shared

    @property
    def along_vectors(self) -> Array:
        """Shifts along the emotion vectors of the tuned model: [prompt, emotion]."""
        return self.shifts(self.tuned.vectors)

    @property
    def by_vectors_of_each(self) -> Array:
        """The same with each model read by its own vectors: [prompt, emotion]."""
        return self.tuned.readings(self.tuned.vectors) - self.base.readings(self.base.vectors)
