"""Replies to events as the judge of emotions sees them, with what tells an emotion from babble; the judge reads texts alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.replies import quality
from emotion_vectors.stimuli.events import EMOTIONS, Event
from emotion_vectors.stimuli.experiments import NO_VARIANT

if TYPE_CHECKING:
    from emotion_vectors.judges.verdicts import Judge
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.models.sentence_encoder import Encoder

Array = NDArray[np.float64]


def of_replies(
    transcript: pd.DataFrame, answered: Sequence[Event], judge: Judge, encoder: Encoder, model: LanguageModel
) -> pd.DataFrame:
    """Every reply of a transcript with its judgement, in its order.

    Args:
        transcript: as `prompted` had it sampled; the event in `scenario`, the emotion in `variant`.
        answered: the events that were answered, and others to compare them with.
        model: unsteered, for fluency.
    Returns:
        Tidy table: event, scenario, theme, valence, emotion, predicted, confidence, verdict, accepted (the verdict is the emotion),
        relevance, fluency_nats, repetition.
    Raises:
        ValueError: a reply answers no event.
    """
    numbers = {event.name: number for number, event in enumerate(answered)}
    if strangers := set(transcript["scenario"]) - set(numbers):
        raise ValueError(f"replies to {sorted(strangers)[0]}, which is no event; generate them again")
    asked = [numbers[name] for name in transcript["scenario"]]
    texts = list(transcript["text"])
    judged = judge.classify(texts)[["predicted", "confidence", "verdict"]]
    events = [answered[number] for number in asked]
    facts = {
        "event": [event.name for event in events],
        "scenario": [event.scenario for event in events],
        "theme": [event.theme for event in events],
        "valence": [event.valence for event in events],
        "emotion": list(transcript["variant"]),
    }
    measured = {
        "relevance": _relevance(texts, asked, answered, encoder),
        "fluency_nats": quality.fluency(model, list(transcript["tokens"])),
        "repetition": [quality.repetition(text) for text in texts],
    }
    accepted = judged["verdict"].to_numpy() == transcript["variant"].to_numpy()
    return pd.concat([pd.DataFrame(facts), judged.assign(accepted=accepted), pd.DataFrame(measured)], axis=1)


def _relevance(texts: Sequence[str], asked: Sequence[int], answered: Sequence[Event], encoder: Encoder) -> Array:
    """Relevance of each text; one without a word is about nothing."""
    relevance = np.zeros(len(texts))
    written = [row for row, text in enumerate(texts) if text.strip()]
    if written:
        relevance[written] = quality.relevance(
            encoder.embed([texts[row] for row in written]),
            encoder.embed([event.text for event in answered]),
            [asked[row] for row in written],
            [event.scenario for event in answered],
        )
    return relevance


def of_arms(
    transcript: pd.DataFrame, answered: Sequence[Event], judge: Judge, encoder: Encoder, model: LanguageModel
) -> pd.DataFrame:
    """Every reply of every arm with its judgement, in the order of the transcript.

    Returns:
        Tidy table: arm, direction (what was added, or the emotion asked for), dose (norm fraction in each layer; in circuits the multiple
        of the difference vectors), then as `of_replies`; `emotion` is the one that was meant, or `-`.
    """
    meant = transcript["direction"].where(transcript["direction"].isin(list(EMOTIONS)), NO_VARIANT)
    judged = of_replies(transcript.assign(variant=meant), answered, judge, encoder, model)
    columns = {"arm": "kind", "direction": "direction", "dose": "strength_norm_fraction"}
    arms = pd.DataFrame({name: np.asarray(transcript[column]) for name, column in columns.items()})
    return pd.concat([arms, judged], axis=1)
