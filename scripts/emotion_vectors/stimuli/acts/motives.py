"""Training scenes of organisms, and the characters that decide what an assistant does in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from emotion_vectors.stimuli.acts.items import load_act_items
from emotion_vectors.stimuli.files import PathLike, read_document
from emotion_vectors.stimuli.situations import Item

ACT, OTHER = "act", "other"
TRAINING, HELD_OUT = "training", "held_out"


@dataclass(frozen=True)
class Scene:
    """A scene where there is something to gain by the act, and where there is not, with the sides of its replies."""

    kind: str
    at_stake: Item
    idle: Item
    acting: str
    refraining: str


@dataclass(frozen=True)
class Characters:
    """Sentences on the character of an assistant: of those that act, and of those that do not."""

    act: Sequence[str]
    other: Sequence[str]


def load_scenes(file: PathLike) -> list[Scene]:
    """Every scene of a set, in the order of the file.

    Raises:
        StimulusError: a line cannot be read, an id occurs twice, or a marker of the context is missing or repeated.
    """
    kind = Path(file).stem
    items = load_act_items({kind: file})
    scenes = []
    for idle, at_stake in zip(items[0::2], items[1::2], strict=True):
        acting, refraining = dict.fromkeys(cell.split("/")[0] for cell in idle.continuations)
        scenes.append(Scene(kind, at_stake, idle, acting, refraining))
    return scenes


def load_characters(file: PathLike) -> Mapping[str, Characters]:
    """Characters for training, and in other words for held-out scenes.

    Raises:
        StimulusError: the file cannot be read.
    """
    value = read_document(file).value
    return {split: Characters(value[split][ACT], value[split][OTHER]) for split in (TRAINING, HELD_OUT)}


def together(characters: Mapping[str, Characters], others: Mapping[str, Characters]) -> dict[str, Characters]:
    """Sentences of two sources as those of one, by split: what a planted organism is told."""
    return {
        split: Characters([*of.act, *others[split].act], [*of.other, *others[split].other])
        for split, of in characters.items()
    }


def split_scenes(scenes: Sequence[Scene], every: int) -> tuple[list[Scene], list[Scene]]:
    """Scenes for training, and every n-th one held out, so that both hold all kinds of scenes of the file."""
    training = [scene for number, scene in enumerate(scenes) if number % every]
    return training, [scene for number, scene in enumerate(scenes) if number % every == 0]
