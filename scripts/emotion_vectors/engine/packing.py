"""A prompt and its continuations as one sequence: the prompt is read once, and no continuation sees another.

Position ids restart after the prompt for every continuation, and a mask lets each token see the prompt and the earlier tokens
of its own continuation only. What a continuation is given then equals what it would be given alone (design of the engine). The last
token of a continuation is predicted but never read, so it is left out of the sequence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from emotion_vectors.models.tokens import Encoded, TokenError, shared_beginning

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel


@dataclass(frozen=True)
class Packed:
    """One prompt with its continuations.

    ids, positions, segments: [token]; segment 0 is the prompt, segment k + 1 is continuation k.
    predictors, targets, owners: [scored]; the token whose output predicts, the token predicted, its continuation.
    """

    ids: Tensor
    positions: Tensor
    segments: Tensor
    predictors: Tensor
    targets: Tensor
    owners: Tensor

    @property
    def prompt_length(self) -> int:
        """Tokens of the prompt; the last of them is the token before the reply."""
        return int((self.segments == 0).sum())

    @property
    def continuations(self) -> int:
        return int(self.owners.max()) + 1


def pack(prompt: Encoded, continuations: Sequence[Sequence[int]], context: int) -> Packed:
    """Put a prompt and its continuations into one sequence.

    Args:
        continuations: token ids of each, without special tokens.
        context: longest text that the model can read, in tokens.
    Raises:
        TokenError: no continuation, an empty one, or a prompt that leaves no room for the longest one.
    """
    if not continuations or not all(continuations):
        raise TokenError("a prompt needs continuations, each with at least one token; write the empty one")
    length = len(prompt.ids)
    longest = length + max(map(len, continuations))
    if longest > context:
        raise TokenError(
            f"prompt and continuation have {longest} tokens, the model reads {context}; shorten the prompt"
        )
    ids, positions, segments = list(prompt.ids), list(range(length)), [0] * length
    predictors, targets, owners = [], [], []
    for number, continuation in enumerate(continuations):
        read = list(continuation[:-1])
        predictors += [length - 1, *range(len(ids), len(ids) + len(read))]
        targets += list(continuation)
        owners += [number] * len(continuation)
        ids += read
        positions += range(length, length + len(read))
        segments += [number + 1] * len(read)
    return Packed(*(torch.tensor(values) for values in (ids, positions, segments, predictors, targets, owners)))


def pack_text(text: Encoded, context: int, every: int = 1) -> Packed:
    """A running text, of which every n-th token is scored from the second on.

    Raises:
        TokenError: the text has fewer than two tokens, or more than the context.
    """
    packed = pack(Encoded(text.ids[:1], text.start), [text.ids[1:]], context)
    predictors, targets, owners = (values[::every] for values in (packed.predictors, packed.targets, packed.owners))
    return replace(packed, predictors=predictors, targets=targets, owners=owners)


def pack_prompts(prompts: Sequence[Sequence[int]], begun: int, targets: Sequence[int], context: int) -> Packed:
    """Put prompts that begin alike into one sequence: the beginning is read once, and each is asked for the same next tokens.

    The beginning is segment 0, the rest of prompt k is segment k + 1. Every prompt with every target is an answer of its own: all targets
    of the first prompt first.

    Args:
        prompts: token ids of each; begun: how many of them are the common beginning; targets: tokens that may come next.
        context: longest text that the model can read, in tokens.
    Raises:
        TokenError: no prompt or no target, prompts that do not begin alike or end there, or one longer than the context.
    """
    if not prompts or not targets:
        raise TokenError("prompts and their next tokens are needed; write the missing ones")
    if shared_beginning(prompts) < begun or min(map(len, prompts)) <= begun:
        raise TokenError(f"prompts must share their first {begun} tokens and go on after them; pack those that do")
    longest = max(map(len, prompts))
    if longest + 1 > context:
        raise TokenError(f"a prompt has {longest} tokens, the model reads {context}; shorten it")
    ids, positions, segments = list(prompts[0][:begun]), list(range(begun)), [0] * begun
    predictors = []
    for number, prompt in enumerate(prompts):
        ids += prompt[begun:]
        positions += range(begun, len(prompt))
        segments += [number + 1] * (len(prompt) - begun)
        predictors += [len(ids) - 1] * len(targets)
    columns = (ids, positions, segments, predictors, [*targets] * len(prompts), list(range(len(predictors))))
    return Packed(*(torch.tensor(values) for values in columns))


def context_of(model: LanguageModel) -> int:
    """Longest text that a model can read, in tokens."""
    return int(model.network.config.get_text_config().max_position_embeddings)


def visible(packed: Packed, window: int | None = None) -> Tensor:
    """Which token (column) each token (row) may see: [token, token], bool; a sliding window counts in positions."""
    earlier = packed.positions[None, :] <= packed.positions[:, None]
    related = (packed.segments[None, :] == 0) | (packed.segments[None, :] == packed.segments[:, None])
    near = packed.positions[:, None] - packed.positions[None, :] < (window or len(packed.ids) + 1)
    return earlier & related & near


def side_by_side(texts: Sequence[Packed], budget: int) -> Iterator[slice]:
    """Runs of texts that are read in one pass: as many as fit into a budget of tokens, padding included, and one at least."""
    begin, longest = 0, 0
    for number, text in enumerate(texts):
        longest = max(longest, len(text.ids))
        if number > begin and longest * (number + 1 - begin) > budget:
            yield slice(begin, number)
            begin, longest = number, len(text.ids)
    if texts:
        yield slice(begin, len(texts))


def padded(texts: Sequence[Packed]) -> tuple[Tensor, Tensor]:
    """Token ids and positions of texts side by side, zeros behind the shorter ones: [text, token] each."""
    columns = ([text.ids for text in texts], [text.positions for text in texts])
    ids, positions = (torch.nn.utils.rnn.pad_sequence(column, batch_first=True) for column in columns)
    return ids, positions


def additive_masks(texts: Sequence[Packed], window: int | None, dtype: torch.dtype) -> Tensor:
    """What each token may see, to be added to attention scores: [text, 1, token, token], 0 or the lowest number of `dtype`.

    No token sees padding, which sees itself alone.
    """
    longest = max(len(text.ids) for text in texts)
    seen = torch.eye(longest, dtype=torch.bool).repeat(len(texts), 1, 1)
    for row, text in enumerate(texts):
        seen[row, : len(text.ids), : len(text.ids)] = visible(text, window)
    return torch.zeros(seen.shape, dtype=dtype).masked_fill(~seen, torch.finfo(dtype).min)[:, None]


def mean_logprobs(logprobs: Tensor, packed: Packed) -> Tensor:
    """Mean log-probability per token of each continuation: [..., continuation] of [..., scored], nats."""
    owned = torch.nn.functional.one_hot(packed.owners, packed.continuations).to(logprobs)
    return logprobs @ (owned / owned.sum(0))
