"""Is a reply about its event, fluent, and free of loops? Reported beside the emotion that it expresses, which any babble may hit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.engine.packing import context_of, mean_logprobs, pack
from emotion_vectors.engine.replay import record, unsteered
from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.word_statistics import sequences

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel

Vectors = NDArray[np.float32]

NO_EVENT = "Say something."
"""User turn in place of an event, where the fluency of a reply is read."""
TOKENS_TOGETHER = 512
"""Tokens of replies that are read behind one prompt in one pass."""


def relevance(
    replies: Vectors, situations: Vectors, own_event: Sequence[int], scenarios: Sequence[str]
) -> NDArray[np.float64]:
    """How much nearer each reply is to its own event than to those of other scenarios: [reply].

    Share of the events of other scenarios that are less similar to the reply than its own, half for equal ones: 1 is nearest, 0.5 chance.

    Args:
        replies: [reply, d_model] and situations: [event, d_model], unit vectors.
        own: event of each reply. scenarios: scenario of each event; events that share it say too much alike to be told apart.
    Raises:
        ValueError: there is no other scenario to compare with.
    """
    names = np.asarray(scenarios)
    if len(set(names)) < 2:
        raise ValueError("relevance needs events of at least two scenarios; raise circuits.scenarios")
    cosines = replies @ situations.T
    shares = []
    for row, event in zip(cosines, own_event, strict=True):
        others = row[names != names[event]]
        shares.append(np.mean((others < row[event]) + 0.5 * (others == row[event])))
    return np.array(shares, dtype=np.float64)


def fluency(model: LanguageModel, replies: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Mean log-probability per token of replies under the unsteered model when it has read no event and no emotion: [reply], nats.

    Args:
        replies: token ids; the token that ends a reply is left out, unless it is the only one, since replies that are cut have none.
    Raises:
        ValueError: a reply has no token at all.
    """
    if not all(map(len, replies)):
        raise ValueError("a reply without tokens has no fluency; repeat the step that generated it")
    turns = [{"role": "system", "content": events.BREVITY}, {"role": "user", "content": NO_EVENT}]
    prompt = model.conversation.prompt(turns)
    ends = model.conversation.ends
    read = [[token for token in reply if token not in ends] or list(reply) for reply in replies]
    means = np.empty(len(read))
    for group in groups([len(reply) for reply in read], TOKENS_TOGETHER):
        packed = pack(prompt, [read[row] for row in group], context_of(model))
        means[group] = mean_logprobs(unsteered(model, record(model, packed)), packed).numpy()
    return means


def groups(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Places of texts of like length, as many together as stay within so many tokens, or one."""
    group: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        if group and sum(lengths[other] for other in group) + lengths[row] > most:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def repetition(text: str) -> float:
    """Share of runs of three words that occurred before in the same text: 0 without any repetition."""
    runs = sequences(text, 3)
    return 1 - len(set(runs)) / len(runs)
