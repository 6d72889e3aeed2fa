"""Implicit messages read by emotion vectors: states as `capture_messages` wrote them, ranks of the true emotion, rates (A02, S05)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.decoding import nearest_direction
from emotion_vectors.statistics.resampling import hierarchical_bootstrap
from emotion_vectors.vectors.emotion_vectors import EmotionVectors

REPLY_TOKEN, MESSAGE_MEAN = "reply token", "message mean"
"""Where a message is read: at the token before the reply, which the claims are about, and over the message as plain text."""
RATE_COLUMNS = [
    "method",
    "position",
    "layer",
    "top1_rate",
    "top3_rate",
    "top3_low",
    "top3_high",
    "mean_rank",
    "messages",
]


@dataclass(frozen=True)
class MessageStates:
    """States of the implicit messages: [message, layer, d_model] before the reply and over the message as plain text."""

    ids: list[str]
    truth: list[str]
    reply_token: Tensor
    message_mean: Tensor

    @property
    def candidates(self) -> list[str]:
        """Emotions that occur, in the order of the messages."""
        return list(dict.fromkeys(self.truth))

    @property
    def classes(self) -> list[int]:
        """True emotion of each message as its place among the candidates."""
        return [self.candidates.index(emotion) for emotion in self.truth]

    def columns(self, emotions: Sequence[str]) -> list[int]:
        """Place of each candidate among the emotions of a study."""
        return [emotions.index(emotion) for emotion in self.candidates]


def load(path: str | Path) -> MessageStates:
    """Read the messages file that `capture_messages` wrote.

    Raises:
        ArtefactError: the file is not a complete messages file.
    """
    with files.open_tensors(path, "messages file") as file:
        ids, truth = (file.listed(name) for name in ("message_ids", "emotions"))
        return MessageStates(ids, truth, file.tensor("reply_token"), file.tensor("message_mean"))


def rank_table(measured: MessageStates, directions: Mapping[str, EmotionVectors]) -> pd.DataFrame:
    """Rank of the true emotion of each message by every method (name -> vectors), at both positions and every layer.

    Returns:
        Tidy table: layer, message_id, rank (1 = best), emotion, method, position.
    """
    states = {REPLY_TOKEN: measured.reply_token, MESSAGE_MEAN: measured.message_mean}
    tables = [
        _ranks(states[position], vectors, measured).assign(method=method, position=position)
        for method, vectors in directions.items()
        for position in states
    ]
    return pd.concat(tables, ignore_index=True)


def _ranks(states: Tensor, vectors: EmotionVectors, measured: MessageStates) -> pd.DataFrame:
    ranks = nearest_direction.ranks_of_truth(
        nearest_direction.read(states, vectors.of(measured.candidates)), measured.classes
    )
    index = pd.MultiIndex.from_product([range(len(ranks)), measured.ids], names=["layer", "message_id"])
    return pd.DataFrame({"rank": ranks.ravel(), "emotion": measured.truth * len(ranks)}, index=index).reset_index()


def before_reply(ranks: pd.DataFrame, method: str, layer: int) -> pd.DataFrame:
    """Ranks of one method at one layer, read at the token before the reply."""
    at_place = (ranks["position"] == REPLY_TOKEN) & (ranks["layer"] == layer)
    return ranks[at_place & (ranks["method"] == method)]


def top_table(ranks: pd.DataFrame, count: int) -> NDArray[np.float64]:
    """Whether each message's true emotion is among the first `count`: 0/1 in [emotion, message of it], sorted by name."""
    ordered = ranks.sort_values(["emotion", "message_id"])
    sizes = ordered.groupby("emotion").size()
    if sizes.nunique() != 1:
        raise ValueError(f"every emotion needs the same number of messages, not {sizes.to_dict()}")
    emotions = len(sizes)
    return (ordered["rank"].to_numpy() <= count).astype(float).reshape(emotions, -1)


def top_rates(ranks: pd.DataFrame, resamples: int, seed: int) -> pd.DataFrame:
    """Top-1 and top-3 rate and mean rank for each method, position and layer; interval of the top-3 rate (hierarchical)."""
    rows = []
    for (method, position, layer), group in ranks.groupby(["method", "position", "layer"], sort=False):
        top3 = top_table(group, 3)
        low, high = hierarchical_bootstrap(top3, resamples, seed)
        rank = group["rank"]
        rows.append((method, position, layer, (rank == 1).mean(), top3.mean(), low, high, rank.mean(), len(group)))
    return pd.DataFrame(rows, columns=RATE_COLUMNS)


def shuffled_rates(states: Tensor, sets: Tensor, truth: Sequence[int]) -> NDArray[np.float64]:
    """Top-3 rate [set, layer] of states [message, layer, d_model] with shuffled vectors [set, candidate, layer, d_model]."""
    return np.stack(
        [
            (nearest_direction.ranks_of_truth(nearest_direction.read(states, vectors), truth) <= 3).mean(1)
            for vectors in sets
        ]
    )


def mean_readings(measured: MessageStates, vectors: EmotionVectors, layer: int) -> pd.DataFrame:
    """Mean cosine of the messages of each emotion with each vector before the reply: message_emotion, vector, cosine."""
    states, directions = measured.reply_token[:, [layer]], vectors.of(measured.candidates)[:, [layer]]
    readings = pd.DataFrame(nearest_direction.read(states, directions)[0].numpy(), columns=measured.candidates)
    means = readings.groupby(np.array(measured.truth), sort=False).mean()
    table = means.rename_axis("message_emotion").reset_index()
    return table.melt("message_emotion", var_name="vector", value_name="cosine")
