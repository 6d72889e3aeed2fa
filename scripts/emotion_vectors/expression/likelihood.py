"""How likely a model finds written replies in the voice of each emotion: unprompted, when an emotion is named, and how that would change.

The readout of an emotion is the mean log-probability per token of its reply minus the mean of those of the other five replies to the same
event. It needs no reply of the model's own, so that models which fail the gate of expression have it too (likelihood readout).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.engine import prompts
from emotion_vectors.engine.gradients import respond
from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.events import EMOTIONS, Event
from emotion_vectors.stimuli.experiments import NO_VARIANT
from emotion_vectors.stimuli.files import PathLike, read_json_lines
from emotion_vectors.stimuli.rules.events import read
from emotion_vectors.stimuli.situations import Item

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel

VALENCE = "neutral"
"""Valence of the events that the written replies answer."""
TENSORS = ("odds", "named", "gradients", "lengths")


class ReadingError(MendableError, ValueError):
    """Written replies do not fit their events, or stored readings are of other emotions."""


@dataclass(frozen=True)
class Readings:
    """Readings of one model, nats per token.

    odds: [scenario, reply], log-odds of each reply when no emotion is named; named: [scenario, emotion named, reply].
    gradients: [scenario, reply, d_model], of the former with respect to an addition at every position, at the main layer.
    lengths: [scenario, reply], tokens of each reply.
    """

    odds: Tensor
    named: Tensor
    gradients: Tensor
    lengths: Tensor
    scenarios: list[str]


def load_replies(file: PathLike) -> dict[str, dict[str, str]]:
    """Written replies: scenario -> emotion -> text."""
    replies: dict[str, dict[str, str]] = {}
    for record in read_json_lines(file):
        replies.setdefault(record.value["skeleton_id"], {})[record.value["emotion"]] = record.value["reply"]
    return replies


def item_of(event: Event, replies: dict[str, str], emotion: str | None = None) -> Item:
    """An event with its six written replies as continuations, in the order of the emotions.

    Args:
        emotion: named in the prompt.
    Raises:
        ReadingError: a reply is missing.
    """
    missing = [name for name in EMOTIONS if name not in replies]
    if missing:
        raise ReadingError(f"no reply of {missing[0]} to {event.scenario}; write it, as the README of the events says")
    system, user = (turn["content"] for turn in events.messages(event, emotion))
    sides: dict[str, tuple[str, ...]] = {name: (replies[name],) for name in EMOTIONS}
    return Item(event.name, emotion or NO_VARIANT, NO_VARIANT, system, user, sides, {}, ())


def contrasts() -> Tensor:
    """Weights of the replies in the log-odds of each: its own 1, the others a fifth of -1: [reply, reply]."""
    count = len(EMOTIONS)
    return torch.eye(count) * count / (count - 1) - torch.ones(count, count) / (count - 1)


def measure(
    model: LanguageModel, asked: Iterable[Event], replies: dict[str, dict[str, str]], layer: int
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata of the readings of some events.

    Args:
        asked: events with the valence of the written replies.
        layer: at which gradients are taken.
    Raises:
        ReadingError: an event has no written reply of some emotion.
        TokenError: a prompt with a reply does not fit the model's context.
    """
    weights, none = contrasts(), torch.zeros(0, len(EMOTIONS))
    odds, named, gradients, lengths, scenarios = [], [], [], [], []
    for event in asked:
        written = replies.get(event.scenario, {})
        packed = prompts.encode(model, item_of(event, written))
        response = respond(model, packed, weights, [layer])
        lengths.append(torch.bincount(packed.owners, minlength=len(EMOTIONS)).float())
        odds.append(weights @ response.logprobs)
        gradients.append(response.gradients[:, 0])
        in_voices = [prompts.encode(model, item_of(event, written, emotion)) for emotion in EMOTIONS]
        named.append(torch.stack([weights @ respond(model, text, none, [layer]).logprobs for text in in_voices]))
        scenarios.append(event.scenario)
    tensors = {name: torch.stack(rows) for name, rows in zip(TENSORS, (odds, named, gradients, lengths), strict=True)}
    return tensors, {"scenarios": json.dumps(scenarios), "emotions": json.dumps(list(EMOTIONS)), "layer": str(layer)}


def chosen_events(file: PathLike, count: int) -> list[Event]:
    """Events that written replies answer, of `count` scenarios, taken from the themes in turn."""
    return [event for event in events.some_scenarios(events.load_events(file), count) if event.valence == VALENCE]


def load_fresh(file: PathLike, count: int) -> tuple[list[Event], dict[str, dict[str, str]]]:
    """Fresh events of `count` scenarios, taken from the themes in turn, and the replies to all: scenario -> emotion -> text.

    Raises:
        StimulusError: a line is not in the form of its schema.
    """
    scenes = [record.value for record in read(file, "fresh")]
    asked = [
        Event(scene["skeleton_id"], scene["theme"], VALENCE, f"{scene['scenario']}\n{scene['event']}")
        for scene in scenes
    ]
    return events.some_scenarios(asked, count), {scene["skeleton_id"]: scene["replies"] for scene in scenes}


def per_reply(readings: Readings) -> Readings:
    """The same in nats per reply: each log-odds times the tokens of its own reply, so that longer replies gain nothing by their length."""
    lengths = readings.lengths
    return replace(
        readings,
        odds=readings.odds * lengths,
        named=readings.named * lengths[:, None],
        gradients=readings.gradients * lengths[..., None],
    )


def check_layer(path: Path, layer: int) -> None:
    """Refuse readings whose gradients were taken at another layer than that of the directions.

    Raises:
        ArtefactError: the file is not complete.
        ReadingError: it is of another layer.
    """
    with files.open_tensors(path, "file of readings") as stored:
        layer_read = stored.fact("layer")
    if layer_read != str(layer):
        raise ReadingError(
            f"{path}: layer is {layer_read}, but vectors.main_depth asks for {layer}; delete the file and repeat the command"
        )


def load(path: Path, emotions: Sequence[str] = tuple(EMOTIONS)) -> Readings:
    """Read what `read_expressions` wrote.

    Raises:
        ArtefactError: the file is not complete.
        ReadingError: it is of other emotions.
    """
    with files.open_tensors(path, "file of readings") as stored:
        if stored.listed("emotions") != list(emotions):
            raise ReadingError(f"{path} is of other emotions; delete it and repeat the command")
        tensors = {name: stored.tensor(name) for name in TENSORS}
        return Readings(**tensors, scenarios=stored.listed("scenarios"))
