"""States of a model at the implicit messages, as `capture_messages` wrote them (A02, S05)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from safetensors import safe_open
from torch import Tensor

REPLY_TOKEN, MESSAGE_MEAN = "reply token", "message mean"
"""Where a message is read: at the token before the reply, which the claims are about, and over the message as plain text."""


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


def load(path: str | Path) -> MessageStates:
    """Read the messages file that `capture_messages` wrote."""
    with safe_open(path, framework="pt") as file:
        ids, truth = (json.loads(file.metadata()[name]) for name in ("message_ids", "emotions"))
        return MessageStates(ids, truth, file.get_tensor("reply_token"), file.get_tensor("message_mean"))


def before_reply(ranks: pd.DataFrame, method: str, layer: int) -> pd.DataFrame:
    """Ranks of one method at one layer, read at the token before the reply."""
    at_place = (ranks["position"] == REPLY_TOKEN) & (ranks["layer"] == layer)
    return ranks[at_place & (ranks["method"] == method)]
