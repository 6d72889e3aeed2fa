"""What an intervention costs ordinary text: the guard that tells an effect on conduct from a broken model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from emotion_vectors.engine.packing import context_of, mean_logprobs, pack_text
from emotion_vectors.engine.replay import record, replay, unsteered

if TYPE_CHECKING:
    from emotion_vectors.engine.edits import Edit
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.models.tokens import Encoded

EVERY = 4
"""Every fourth token of a text is scored: the unembedding of a large vocabulary costs as much as many blocks."""


def logprob_falls(model: LanguageModel, texts: Sequence[Encoded], edits: Sequence[Edit], budget: int) -> Tensor:
    """Fall of the mean log-probability per token of each text under each row of the edits: [text, row], nats."""
    falls = []
    for text in texts:
        packed = pack_text(text, context_of(model), EVERY)
        recording = record(model, packed, {edit.layer for edit in edits})
        steered = mean_logprobs(replay(model, recording, edits, budget), packed)
        falls.append(mean_logprobs(unsteered(model, recording), packed) - steered[:, 0])
    return torch.stack(falls)


def guard(cost: float, limit: float) -> str:
    """Why an effect at this cost does not count, in words; empty when it does. Both in nats per token of neutral text."""
    return "" if cost <= limit else f"outside the coherent range: neutral text loses {cost:.2f} nats a token"
