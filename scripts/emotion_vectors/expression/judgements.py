"""Replies of all arms as the judge of emotions sees them, each with its arm and the emotion that was meant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from emotion_vectors.judges import judged_replies
from emotion_vectors.judges.verdicts import Judge
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.sentence_encoder import Encoder
from emotion_vectors.stimuli.events import EMOTIONS, Event
from emotion_vectors.stimuli.experiments import NO_VARIANT


def table(
    transcript: pd.DataFrame, found: Sequence[Event], judge: Judge, encoder: Encoder, model: LanguageModel
) -> pd.DataFrame:
    """Every reply with its judgement, in the order of the transcript. The judge reads texts alone.

    Returns:
        Tidy table: arm, direction (what was added, or the emotion asked for), dose (norm fraction in each layer; in circuits the multiple
        of the difference vectors), then as `judged_replies.table`; `emotion` is the one that was meant, or `-`.
    """
    meant = transcript["direction"].where(transcript["direction"].isin(list(EMOTIONS)), NO_VARIANT)
    judged = judged_replies.table(transcript.assign(variant=meant), found, judge, encoder, model)
    arms = {
        "arm": transcript["kind"],
        "direction": transcript["direction"],
        "dose": transcript["strength_norm_fraction"],
    }
    facts = pd.DataFrame({name: np.asarray(values) for name, values in arms.items()})
    return pd.concat([facts, judged], axis=1)
