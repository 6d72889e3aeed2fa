"""Greedy replies to one prompt under many pushes side by side: steps 4 and 12 of Wang et al., which act as a reply is written.

In their code a push acts on the last position of every forward pass: on the last token of the prompt, then on each token that is
decoded. All that comes before the last token of the prompt is therefore the same in every row; it is read once and its cache is shared.
Heads are the exception of step 12: they are pushed on the whole prompt, so that rows which do so read it for themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from emotion_vectors.engine.component_edits import Change, changing
from emotion_vectors.engine.draws import GenerationError
from emotion_vectors.engine.edits import Addition, check, intervening
from emotion_vectors.engine.sampling import Reply, next_logits
from emotion_vectors.models.points import POINT_OF
from emotion_vectors.models.sublayers import sublayer
from emotion_vectors.models.turn_ends import has_ended, text_of

if TYPE_CHECKING:
    from transformers import DynamicCache

    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.models.tokens import Encoded

STREAM = "stream"
"""Place of a push after a block; the others are the kinds of components, at the input of their output projection."""


@dataclass(frozen=True)
class Push:
    """What is added at one place of one block while replies are written.

    vectors: [row, d_model] after the block, or [row, inputs] of the projection; a row of zeros pushes nothing.
    whole: on every token of the prompt, not on the last one alone.
    """

    site: str
    layer: int
    vectors: Tensor
    whole: bool = False

    def rows(self, chosen: Tensor) -> Push:
        """The same push for some of its rows, by number or by mask."""
        return replace(self, vectors=self.vectors[chosen])


def check_pushes(model: LanguageModel, pushes: Sequence[Push]) -> int:
    """Number of rows of pushes that fit the model and each other.

    Raises:
        GenerationError: none are given, a place or layer does not exist, or vectors have another shape or are not finite.
    """
    if not pushes:
        raise GenerationError("no push given; give a row of zeros for a reply without one")
    for push in pushes:
        if push.site not in (STREAM, *POINT_OF) or not 0 <= push.layer < model.layers:
            raise GenerationError(f"{model.name} has no place '{push.site}' in layer {push.layer}")
        width = model.width if push.site == STREAM else _inputs(model, push)
        if push.vectors.ndim != 2 or push.vectors.shape[1] != width or len(push.vectors) != len(pushes[0].vectors):
            raise GenerationError(
                f"pushes on the {push.site} of layer {push.layer} must be [{len(pushes[0].vectors)}, {width}], not "
                f"{list(push.vectors.shape)}"
            )
        if not torch.isfinite(push.vectors).all():
            raise GenerationError(f"a push on the {push.site} of layer {push.layer} is not finite")
    return len(pushes[0].vectors)


def _inputs(model: LanguageModel, push: Push) -> int:
    return sublayer(model, push.layer, POINT_OF[push.site]).projection.in_features


@contextmanager
def pushing(model: LanguageModel, pushes: Sequence[Push]) -> Iterator[None]:
    """Push at every token that is read inside the `with` block."""
    edits = [Addition(push.layer, push.vectors) for push in pushes if push.site == STREAM]
    changes = [
        Change(push.layer, push.site, torch.ones(1, push.vectors.shape[1]), push.vectors)
        for push in pushes
        if push.site != STREAM
    ]
    if edits:
        check(model, edits)
    with intervening(model, edits) if edits else nullcontext(), changing(model, changes):
        yield


@torch.inference_mode()
def replies(model: LanguageModel, prompt: Encoded, pushes: Sequence[Push], new_tokens: int) -> list[Reply]:
    """Reply of every row to one prompt, always the likeliest token; log-probabilities are not kept.

    Args:
        prompt: up to the token before the reply, at least two tokens.
        pushes: act together; each has one row for every reply.
        new_tokens: length at which a reply is cut.
    Raises:
        GenerationError: the pushes do not fit (see `check_pushes`), the prompt is too short, or the model's output is not finite.
    """
    rows = check_pushes(model, pushes)
    if len(prompt.ids) < 2:
        raise GenerationError("a prompt needs two tokens: one to be pushed, and one before it")
    acting = [push for push in pushes if push.vectors.any()]
    cache = _read_but_last(model, prompt, acting, rows)
    drawn: list[list[int]] = [[] for _ in range(rows)]
    unfinished = list(range(rows))
    ids = torch.full((rows, 1), prompt.ids[-1], device=model.device)
    for _ in range(new_tokens):
        chosen = _likeliest(model, ids, cache, acting)
        for row, token in zip(unfinished, chosen.tolist(), strict=True):
            drawn[row].append(token)
        going = [index for index, row in enumerate(unfinished) if not has_ended(model, drawn[row])]
        if not going:
            break
        if len(going) < len(unfinished):
            kept = torch.tensor(going)
            acting, unfinished = [push.rows(kept) for push in acting], [unfinished[index] for index in going]
            cache.batch_select_indices(kept.to(model.device))
            chosen = chosen[kept.to(model.device)]
        ids = chosen[:, None]
    return [Reply(tokens, [], text_of(model, tokens), has_ended(model, tokens)) for tokens in drawn]


def _read_but_last(model: LanguageModel, prompt: Encoded, pushes: Sequence[Push], rows: int) -> DynamicCache:
    """Cache of the prompt without its last token for every row, read once for all rows without pushes on the whole prompt."""
    from transformers import DynamicCache

    whole = [push for push in pushes if push.whole]
    pushed = torch.zeros(rows, dtype=torch.bool)
    for push in whole:
        pushed |= push.vectors.any(-1)
    ids = torch.tensor([prompt.ids[:-1]], device=model.device).expand(1 + int(pushed.sum()), -1)
    first = [
        replace(push, vectors=torch.cat([torch.zeros_like(push.vectors[:1]), push.vectors[pushed]])) for push in whole
    ]
    cache = DynamicCache(config=model.network.config)
    with pushing(model, first):
        model.base(input_ids=ids, past_key_values=cache, use_cache=True)
    cache_rows = torch.where(pushed, pushed.cumsum(0), 0)
    cache.batch_select_indices(cache_rows.to(model.device))
    return cache


def _likeliest(model: LanguageModel, ids: Tensor, cache: DynamicCache, pushes: Sequence[Push]) -> Tensor:
    """Likeliest next token of each row after one more token [row, 1]: [row]."""
    with pushing(model, pushes):
        states = model.base(input_ids=ids, past_key_values=cache, use_cache=True).last_hidden_state
    logits = next_logits(model, states)
    if torch.isnan(logits).any():
        raise GenerationError("the model's output is not finite; lower the dose, or use float32")
    return logits.argmax(-1).to(model.device)
