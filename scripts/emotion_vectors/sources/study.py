"""Every source of one study: features of its stories, its messages and the second hand's stories, all in the same order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.claims.nonmodels import EMBEDDINGS, STYLE, TWIN, WORDS
from emotion_vectors.decoding import implicit_messages
from emotion_vectors.decoding.implicit_messages import MESSAGE_MEAN, REPLY_TOKEN
from emotion_vectors.models.layers import main_layer
from emotion_vectors.sources import features
from emotion_vectors.statistics import ridge
from emotion_vectors.statistics.algebra import project_out
from emotion_vectors.statistics.ridge import Products
from emotion_vectors.vectors import emotion_vectors

Array = NDArray[np.float64]

VECTORS, SENTENCES = "vectors", "sentence embedding"
"""Sources that are models; the others are the non-models."""
SECOND_HAND = "second hand"
SPANS = (MESSAGE_MEAN, REPLY_TOKEN)
"""Where a message is read. What reads no model reads all of it, whichever the span."""


@dataclass(frozen=True)
class Source:
    """Features of the stories [story, feature], by topic, then emotion; and of other texts [text, feature], by name."""

    stories: Array
    others: Mapping[str, Array]

    def products(self) -> Products:
        return ridge.products(self.stories, self.others)

    def cells(self, topics: int) -> Array:
        """The stories as [topic, emotion, feature]."""
        return self.stories.reshape(topics, -1, self.stories.shape[1])

    def second_hand(self) -> Source | None:
        """The source as the second hand's stories have it, with the messages; None where it was not read."""
        of_second = self.others.get(SECOND_HAND)
        return (
            None
            if of_second is None
            else Source(of_second, {name: self.others[name] for name in SPANS if name in self.others})
        )


@dataclass(frozen=True)
class Labels:
    """Emotions of a study, and its stories in the order of every source: topic by topic, each with every emotion.

    stories, second: story_id, topic, text; second is empty where the study leaves the second hand out.
    """

    emotions: list[str]
    stories: pd.DataFrame
    second: pd.DataFrame

    @property
    def topics(self) -> int:
        return self.stories["topic"].nunique()


def load_labels(stories: str | Path, second: str | Path, emotions: list[str]) -> Labels:
    """Stories as `label_stories` wrote them, put in order."""
    tables = (files.read_table(path) for path in (stories, second))
    return Labels(emotions, *(_in_order(table, emotions) for table in tables))


def _in_order(stories: pd.DataFrame, emotions: Sequence[str]) -> pd.DataFrame:
    """Topics as they come, emotions as in the study."""
    topics = list(dict.fromkeys(stories["topic"]))
    order = stories["topic"].map(topics.index) * len(emotions) + stories["emotion"].map(list(emotions).index)
    return stories.iloc[order.astype(int).argsort()].reset_index(drop=True)


def of_texts(labels: Labels, messages: Sequence[str] = ()) -> dict[str, Source]:
    """Counts of words and of style of the same texts that a model reads."""
    texts = [labels.stories["text"].tolist(), list(messages), labels.second["text"].tolist()]
    present = [texts_of for texts_of in texts if texts_of]
    counted = {WORDS: features.words(*present), STYLE: features.style(*present)}
    sources = {}
    for name, (stories, *others) in counted.items():
        beside = iter(others)
        of_messages = dict.fromkeys(SPANS, next(beside)) if messages else {}
        sources[name] = Source(stories, of_messages | ({} if labels.second.empty else {SECOND_HAND: next(beside)}))
    return sources


@dataclass(frozen=True)
class ReadFiles:
    """Files of what one subject reads: stories, its neutral components, and messages, which not every question needs."""

    activations: Path
    neutral: Path
    messages: Path | None = None


def of_model(readings: ReadFiles, labels: Labels, depth: float | None) -> dict[str, Source]:
    """Activations of a model at its main layer without its neutral components, and mean input embeddings of its stories.

    Args:
        depth: of the main layer; None for the last one, with which a twin ends.
    """
    bases = emotion_vectors.load_bases(readings.neutral)
    layer = len(bases) - 1 if depth is None else main_layer(len(bases), depth)

    def at_layer(states: Tensor) -> Array:
        return project_out(states[:, [layer]], [bases[layer]])[:, 0].double().numpy()

    with files.open_tensors(readings.activations, "activations file") as file:
        rows = _rows(file.listed("story_ids"), labels.stories)
        of_second = _rows(file.listed("second_ids"), labels.second) if file.listed("second_ids") else []
        late, embedding = file.tensor("late")[rows], file.tensor("embedding")[rows]
        second = {name: file.tensor(f"second_{name}")[of_second] for name in ("late", "embedding")} if of_second else {}
    others = {SECOND_HAND: at_layer(second["late"])} if second else {}
    if readings.messages is not None:
        states = implicit_messages.load(readings.messages)
        others |= {MESSAGE_MEAN: at_layer(states.message_mean), REPLY_TOKEN: at_layer(states.reply_token)}
    beside = {SECOND_HAND: second["embedding"].double().numpy()} if second else {}
    return {VECTORS: Source(at_layer(late), others), EMBEDDINGS: Source(embedding.double().numpy(), beside)}


def load_second_cells(
    activations: str | Path, neutral: str | Path, second: str | Path, emotions: list[str]
) -> Tensor | None:
    """Activations of the second hand's stories at every layer, without neutral components [topic, emotion, layer, d_model].

    Args:
        second: stories as `label_stories` wrote them.
    Returns:
        None where the study leaves the second hand out.
    """
    stories = _in_order(files.read_table(second), emotions)
    if stories.empty:
        return None
    with files.open_tensors(activations, "activations file") as file:
        states = file.tensor("second_late")[_rows(file.listed("second_ids"), stories)]
    cleaned = project_out(states, emotion_vectors.load_bases(neutral))
    return cleaned.reshape(-1, len(emotions), *cleaned.shape[1:])


def of_twin(readings: ReadFiles, labels: Labels) -> Source:
    """Activations of the re-initialised twin at the main layer of its model, with which it ends."""
    return of_model(readings, labels, None)[VECTORS]


def of_sentences(path: str | Path, labels: Labels) -> Source:
    """Sentence embeddings of the same texts, as `embed_texts` wrote them."""
    with files.open_tensors(path, "sentence embeddings file") as file:
        rows, of_second = (
            _rows(file.listed(f"{name}_ids"), table) if len(table) else []
            for name, table in (("story", labels.stories), ("second", labels.second))
        )
        stories, messages, second = (file.tensor(name).double().numpy() for name in ("stories", "messages", "second"))
    others = dict.fromkeys(SPANS, messages) | ({SECOND_HAND: second[of_second]} if of_second else {})
    return Source(stories[rows], others)


def _rows(read_ids: Sequence[str], stories: pd.DataFrame) -> list[int]:
    """Row of each story among those that were read.

    Raises:
        RidgeError: a story was not read.
    """
    row_of = {story_id: row for row, story_id in enumerate(read_ids)}
    missing = [story_id for story_id in stories["story_id"] if story_id not in row_of]
    if missing:
        raise ridge.RidgeError(
            f"stories that were not read: {', '.join(missing[:5])}; delete the activations and repeat"
        )
    return [row_of[story_id] for story_id in stories["story_id"]]


def gather(
    model: ReadFiles, twin: ReadFiles, labels: Labels, depth: float, messages: Sequence[str] = ()
) -> dict[str, Source]:
    """Vectors of a model and every non-model, by name.

    Args:
        depth: of the main layer of the model; messages: texts of the messages, where these are read.
    """
    return {**of_model(model, labels, depth), TWIN: of_twin(twin, labels), **of_texts(labels, messages)}
