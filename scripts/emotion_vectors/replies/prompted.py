"""Replies to events in the voice of a named emotion: what the prompting arm of Wang et al. says (step 1 of its digest)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.experiments import NO_VARIANT
from emotion_vectors.stimuli.situations import Item

if TYPE_CHECKING:
    from emotion_vectors.stimuli.events import Event

SET = "events"
"""Name of the events in transcripts, where behaviour sets have theirs."""
DECODING = {"samples": 1, "temperature": 0.0, "top_p": 1.0}
"""One greedy reply to each prompt, in every arm."""


def prompted_items(answered: Sequence[Event], emotions: Sequence[str | None]) -> list[Item]:
    """Every event with every emotion in the form in which replies are sampled: the event as scenario, the emotion as variant.

    Args:
        emotions: named in the prompt; None asks for no emotion.
    """
    items = []
    for event in answered:
        for emotion in emotions:
            system, user = (turn["content"] for turn in events.messages(event, emotion))
            items.append(Item(event.name, emotion or NO_VARIANT, NO_VARIANT, system, user, {}, {}, ()))
    return items


def settings_of(new_tokens: int, memory_mib: float) -> dict[str, Any]:
    """Sampling of all arms: greedy, as in the original."""
    return {**DECODING, "new_tokens": new_tokens, "memory_mib": memory_mib}
