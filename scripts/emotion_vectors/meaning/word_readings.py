"""What vectors read of single words: a table small enough to be looked up on a page, where no model can run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd
import torch

from emotion_vectors.engine import capture
from emotion_vectors.meaning.reading_steps import LARGEST_SD, STEP_SD
from emotion_vectors.models.tokens import encode
from emotion_vectors.statistics.algebra import centred, unit
from emotion_vectors.stimuli import word_statistics

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.vectors.emotion_vectors import EmotionVectors

MOST_WORDS = 2_500
BEFORE = "\n"
"""What stands before every word: the first token of a text has a norm of its own kind, which would drown what a word says."""
WORDS_AT_ONCE = 500
"""Words whose states at every layer are held in memory together."""
CAPITALISED = re.compile(r"[A-Z]\w+(?:['\u2019]\w+)*")


def lexicon(first: Iterable[str], texts: Iterable[str], most: int = MOST_WORDS) -> dict[str, int]:
    """Lower-case words without numbers, with how often texts write each: those that are named, then those that are written most often.

    A word with a capital and more than one letter is not counted where it stands: it may be a name.

    Args:
        first: words that come first whatever the texts hold. most: words that are kept.
    """
    counts = Counter(word for text in texts for word in plain_words(CAPITALISED.sub(" ", text)))
    # Words that occur equally often stand in the order of the alphabet, so that the order of the texts does not matter.
    by_count = sorted(counts, key=lambda word: (-counts[word], word))
    named = [word for entry in first for word in plain_words(entry)]
    kept = list(dict.fromkeys([*named, *by_count]))[:most]
    return {word: counts[word] for word in kept}


def plain_words(text: str) -> list[str]:
    """Words as they are looked up: in lower case, with a straight apostrophe, without numbers."""
    return [word.replace("\u2019", "'") for word in word_statistics.words(text) if not word.isdigit()]


def read_words(
    model: LanguageModel, words: Mapping[str, int], vectors: EmotionVectors, layer: int, budget: int
) -> pd.DataFrame:
    """Reading of each word that stands alone, relative to running text, in standard deviations over the words.

    The residual stream after the layer at the last token of the word is projected on the unit vector of each emotion, relative to the
    mean over the words as often as they are written: words such as "the", of which texts are full, would read as an emotion else.

    Args:
        words: how often each is written. budget: tokens in a batch.
    Returns:
        One row a word: word, and a column for each emotion, in steps of `STEP_SD`.
    Raises:
        CaptureError: an activation is not finite. VectorError: a vector is zero. TokenError: a word spells a control token.
    """
    texts, written = [encode(model.tokenizer, f"{BEFORE} {word}") for word in words], torch.tensor([*words.values()])
    parts = [texts[first : first + WORDS_AT_ONCE] for first in range(0, len(texts), WORDS_AT_ONCE)]
    states = torch.cat([capture.at_last_token(model, part, budget)[:, layer] for part in parts])
    components = centred(states) @ unit(vectors.at(layer)).T
    components -= (written / written.sum()).to(components) @ components
    spread = components.std(0, correction=0).clamp_min(1e-12)
    steps = (components / spread / STEP_SD).round().clamp(-LARGEST_SD / STEP_SD, LARGEST_SD / STEP_SD)
    table = pd.DataFrame((steps * STEP_SD).double().numpy().round(2), columns=vectors.emotions)
    table.insert(0, "word", list(words))
    return table
