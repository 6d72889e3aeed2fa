"""States of texts in context as `capture_context` wrote them, joined with the texts that they are of."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.statistics.algebra import VectorError, project_out
from emotion_vectors.stimuli.function import hidden, negations, speakers
from emotion_vectors.stimuli.function.hidden import HiddenDialogue
from emotion_vectors.stimuli.function.negations import NegationPair, PrefixPair
from emotion_vectors.stimuli.function.speakers import SpeakerDialogue
from emotion_vectors.vectors.emotion_vectors import load_bases

NEGATIONS, PREFIXES, SPEAKERS, HIDDEN = "negations", "prefixes", "speakers", "hidden"


@dataclass(frozen=True)
class ContextFiles:
    """The files of the four sets."""

    negations: Path
    prefixes: Path
    speakers: Path
    hidden: Path

    def texts(self) -> dict[str, list[Any]]:
        """Every text of every set, by the name of the set.

        Raises:
            StimulusError: a line cannot be read or breaks its schema.
        """
        loaders: dict[str, Callable[[Path], list[Any]]] = {
            NEGATIONS: negations.load_negation_pairs,
            PREFIXES: negations.load_prefix_pairs,
            SPEAKERS: speakers.load_speaker_dialogues,
            HIDDEN: hidden.load_hidden_dialogues,
        }
        return {name: load(getattr(self, name)) for name, load in loaders.items()}


@dataclass(frozen=True)
class ContextStates:
    """Texts of the four sets that a study reads, and the states of each.

    negation_pairs, prefix_pairs: [pair, text, layer, d_model], every layer, mean over the shared ending; of_speakers: [label, dialogue,
    speaker, d_model], main layer, mean over the last turn of a speaker who is called by each label of `texts.LABELS` in turn; of_hidden:
    [dialogue, d_model], main layer, mean over the turns of the one who hides something.
    """

    negations: list[NegationPair]
    prefixes: list[PrefixPair]
    speakers: list[SpeakerDialogue]
    hidden: list[HiddenDialogue]
    negation_pairs: Tensor
    prefix_pairs: Tensor
    of_speakers: NDArray[np.float64]
    of_hidden: NDArray[np.float64]
    layer: int


def names_of(texts: Sequence[Any]) -> str:
    """Names of texts, in their order, as metadata of the file of states."""
    return json.dumps([text.name for text in texts])


def by_label(first_reading: Tensor, second_reading: Tensor) -> Tensor:
    """States of speakers by what they are called: [label, dialogue, speaker, d_model] of two readings [dialogue, speaker, d_model].

    In the first reading the first speaker has the first label, in the second the second.
    """
    one, other = first_reading, second_reading
    return torch.stack(
        [torch.stack([one[:, 0], other[:, 1]], dim=1), torch.stack([other[:, 0], one[:, 1]], dim=1)],
    )


def numbers_of(names: Sequence[str], emotions: Sequence[str]) -> list[int]:
    """Numbers of named emotions among those that a study has vectors of.

    Raises:
        VectorError: one is not among them.
    """
    if missing := [name for name in names if name not in emotions]:
        raise VectorError(
            f"no vector for '{missing[0]}', which a text in context is about; see to its set and to the norms"
        )
    return [emotions.index(name) for name in names]


def load(path: Path, sets: ContextFiles, neutral: Path) -> ContextStates:
    """States of a file, without their neutral components, with the texts that they are of.

    Args:
        neutral: components of neutral dialogues at every layer, which story vectors are without as well.
    Raises:
        ArtefactError: the file is not complete.
        VectorError: it holds states of a text that is no longer in its set.
    """
    known = {name: {text.name: text for text in texts} for name, texts in sets.texts().items()}
    with files.open_tensors(path, "file of states in context") as stored:
        tensors = {name: stored.tensor(name) for name in known}
        names = {name: stored.listed(name) for name in known}
        layer = int(stored.fact("layer"))
    for name, texts in known.items():
        if missing := [text for text in names[name] if text not in texts]:
            raise VectorError(f"{path}: {name} holds no text '{missing[0]}' any more; repeat capture_context")
    of_sets = {name: [known[name][text] for text in names[name]] for name in known}
    bases = load_bases(neutral)
    return ContextStates(
        **of_sets,
        negation_pairs=project_out(tensors[NEGATIONS], bases),
        prefix_pairs=project_out(tensors[PREFIXES], bases),
        of_speakers=_without(tensors[SPEAKERS], bases[layer]),
        of_hidden=_without(tensors[HIDDEN], bases[layer]),
        layer=layer,
    )


def _without(states: Tensor, basis: Tensor) -> NDArray[np.float64]:
    """States [..., d_model] of one layer without the span of its neutral components."""
    cleaned: NDArray[np.float64] = project_out(states[..., None, :], [basis])[..., 0, :].double().numpy()
    return cleaned
