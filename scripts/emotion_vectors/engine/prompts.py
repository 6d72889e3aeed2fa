"""Prompts of items and events as a model reads them, and the weights of their replies in a contrast.

A text that cannot be read is named by the item or event that it stands in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.engine.packing import Packed, context_of, pack
from emotion_vectors.models import tokens
from emotion_vectors.stimuli.events import Event, messages, ordered
from emotion_vectors.stimuli.experiments import ExperimentError
from emotion_vectors.stimuli.situations import Item, chat_of

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.models.tokens import Encoded


def prompt_of(model: LanguageModel, item: Item) -> tokens.Encoded:
    """System prompt and user turn of an item in the model's template, up to the token before the reply.

    Raises:
        TokenError: a text of the item cannot be read as it stands (file, set, item and model are named).
    """
    try:
        return model.conversation.prompt(chat_of(item))
    except tokens.TokenError as error:
        raise tokens.TokenError(f"{called(item, model, 'prompt')}: {error}") from error


def called(item: Item, model: LanguageModel, readout: str) -> str:
    """An item as a message calls it that says why a model cannot read it."""
    return f"{item.source}, item {item.name}, {readout} of {model.name}"


def encode(model: LanguageModel, item: Item) -> Packed:
    """An item as one packed sequence: its prompt, then every reply.

    Raises:
        TokenError: a text cannot be read as it stands, or the item does not fit the model's context (file, set, item and model are
            named).
    """
    texts = [text for texts in item.continuations.values() for text in texts]
    try:
        replies = model.conversation.replies(chat_of(item), texts)
        return pack(replies.prompt, replies.ids, context_of(model))
    except tokens.TokenError as error:
        raise tokens.TokenError(f"{called(item, model, 'likelihood')}: {error}") from error


def encode_all(model: LanguageModel, items: Sequence[Item], behaviour: str) -> Iterable[Packed]:
    """Items of a set one after the other, beside a bar; all are encoded before any is run: one that does not fit stops a step at once."""
    packed = [encode(model, item) for item in items]
    return tqdm(packed, desc=f"{model.name} {behaviour}", unit="item", mininterval=5)


def contrast(item: Item, target: str, alternative: str) -> Tensor:
    """Weights of an item's replies in the log-odds of one side against another: [continuation].

    Raises:
        ExperimentError: the item lacks a side.
    """
    absent = {target, alternative} - set(item.continuations)
    if absent:
        raise ExperimentError(
            f"item {item.name} has no side {', '.join(sorted(absent))}; it has {', '.join(item.continuations)}"
        )
    share = {target: 1 / len(item.continuations[target]), alternative: -1 / len(item.continuations[alternative])}
    return torch.tensor([share.get(side, 0.0) for side in item.sides])


def of_events(model: LanguageModel, events: Sequence[Event], emotion: str | None = None) -> list[Encoded]:
    """Every event as the model reads it, up to the token before the reply.

    Raises:
        TokenError: an event cannot be read as it stands (it is named).
    """
    return [of_event(model, event, emotion) for event in events]


def of_event(model: LanguageModel, event: Event, emotion: str | None) -> Encoded:
    """One event as the model reads it: see `of_events`."""
    return _prompt(model, event, messages(event, emotion))


def with_order(model: LanguageModel, event: Event, order: str) -> Encoded:
    """One event with an order in whatever words, as the model reads it: see `of_events`."""
    return _prompt(model, event, ordered(event, order))


def _prompt(model: LanguageModel, event: Event, turns: list[dict[str, str]]) -> Encoded:
    try:
        return model.conversation.prompt(turns)
    except tokens.TokenError as error:
        raise tokens.TokenError(f"event {event.name} of {model.name}: {error}") from error
