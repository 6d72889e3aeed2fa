"""What a model says after a prompt, plain and under one vector at some strengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emotion_vectors.engine.edits import Addition
from emotion_vectors.engine.sampling import Reply, generate

if TYPE_CHECKING:
    from emotion_vectors.engine.draws import Sampling
    from emotion_vectors.exports.vector_set import Rows
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.models.tokens import Encoded

PLAIN = 0.0
"""Strength of the reply that nothing steers."""


@dataclass(frozen=True)
class SteeredReply:
    """A reply, and the strength of the vector that was added while it was drawn; 0 for the plain one."""

    strength: float
    reply: Reply

    @property
    def mean_logprob(self) -> float:
        """Mean log-probability per token under the model as it was steered, nats."""
        return sum(self.reply.logprobs) / len(self.reply.logprobs)


def steered(
    model: LanguageModel, rows: Rows, prompt: Encoded, strengths: Sequence[float], sampling: Sampling, seed: int
) -> list[SteeredReply]:
    """The plain reply and one at every strength of the first vector, all drawn with one seed.

    Raises:
        TokenError: the prompt leaves no room for a reply. InterventionError: the vector does not fit the model.
    """
    tried = [PLAIN, *strengths]
    vectors = rows.additions(tried)[: len(tried)]
    replies: dict[int, Reply] = {}
    for batch in generate(model, [prompt] * len(tried), [seed] * len(tried), sampling, [Addition(rows.layer, vectors)]):
        replies |= batch
    return [SteeredReply(strength, replies[row]) for row, strength in enumerate(tried)]
