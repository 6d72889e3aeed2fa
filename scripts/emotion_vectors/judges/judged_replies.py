"""Replies to events as the judge of emotions sees them, with what tells an emotion from babble."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from emotion_vectors.judges.verdicts import Judge
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.sentence_encoder import Encoder
from emotion_vectors.replies import quality as reply_quality
from emotion_vectors.stimuli.events import Event


def table(
    transcript: pd.DataFrame, found: Sequence[Event], judge: Judge, encoder: Encoder, model: LanguageModel
) -> pd.DataFrame:
    """Every reply of a transcript with its judgement, in its order.

    Args:
        transcript: as `prompted_replies` had it sampled; the event in `scenario`, the emotion in `variant`.
        found: the events that were answered, and others to compare them with.
        model: unsteered, for fluency.
    Returns:
        Tidy table: event, scenario, theme, valence, emotion, predicted, confidence, verdict, accepted (the verdict is the emotion),
        relevance, fluency_nats, repetition.
    Raises:
        ValueError: a reply answers no event.
    """
    places = {event.name: place for place, event in enumerate(found)}
    if strangers := set(transcript["scenario"]) - set(places):
        raise ValueError(f"replies to {sorted(strangers)[0]}, which is no event; generate them again")
    own = [places[name] for name in transcript["scenario"]]
    texts = list(transcript["text"])
    judged = judge.classify(texts)[["predicted", "confidence", "verdict"]]
    answered = [found[place] for place in own]
    facts = {
        "event": [event.name for event in answered],
        "scenario": [event.scenario for event in answered],
        "theme": [event.theme for event in answered],
        "valence": [event.valence for event in answered],
        "emotion": list(transcript["variant"]),
    }
    quality = {
        "relevance": _relevance(texts, own, found, encoder),
        "fluency_nats": reply_quality.fluency(model, list(transcript["tokens"])),
        "repetition": [reply_quality.repetition(text) for text in texts],
    }
    accepted = judged["verdict"].to_numpy() == transcript["variant"].to_numpy()
    return pd.concat([pd.DataFrame(facts), judged.assign(accepted=accepted), pd.DataFrame(quality)], axis=1)


def _relevance(texts: Sequence[str], own: Sequence[int], found: Sequence[Event], encoder: Encoder) -> np.ndarray:
    """Relevance of each text; one without a word is about nothing."""
    relevance = np.zeros(len(texts))
    written = [place for place, text in enumerate(texts) if text.strip()]
    if written:
        relevance[written] = reply_quality.relevance(
            encoder.embed([texts[place] for place in written]),
            encoder.embed([event.text for event in found]),
            [own[place] for place in written],
            [event.scenario for event in found],
        )
    return relevance
