"""Sampled replies under interventions, with a key-value cache.

Every row of a batch has its prompt, seed and steering vectors. Edits act after their blocks at every position: on the prompt, and on
each token decoded. Prompts are padded on the left, as all rows go on at the right; attention mask and position ids hide the padding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.engine.draws import GenerationError, Sampling, choose
from emotion_vectors.engine.edits import Edit, check, intervening
from emotion_vectors.engine.packing import context_of
from emotion_vectors.models.tokens import Encoded, TokenError, pad_id
from emotion_vectors.models.turn_ends import has_ended, text_of
from emotion_vectors.weights.vocabulary import rows_without_piece

if TYPE_CHECKING:
    from transformers import DynamicCache

    from emotion_vectors.models.language_model import LanguageModel

LOGIT_BYTES = 20
"""Of one token of the vocabulary for one reply: its logit, and its log-probability and noise in double precision."""


@dataclass(frozen=True)
class Reply:
    """One reply.

    ids: tokens as drawn, with the end of the turn when the reply `ended` by itself. text: the same without that end (`turn_ends`).
    logprobs: of each token under the model with its edits, at temperature 1 and among all tokens, nats.
    """

    ids: list[int]
    logprobs: list[float]
    text: str
    ended: bool


def fitting(model: LanguageModel, prompt: Encoded, sampling: Sampling) -> int:
    """Replies to prompts of this length that are decoded at once: as many as memory allows, at least one."""
    config = model.network.config.get_text_config()
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    token = 2 * model.layers * config.num_key_value_heads * head * model.network.dtype.itemsize
    taken = (len(prompt.ids) + sampling.new_tokens) * token + LOGIT_BYTES * model.unembedding.out_features
    return max(1, int(min(sampling.side_by_side, sampling.memory_mib * 2**20 / taken)))


def batches(model: LanguageModel, prompts: Sequence[Encoded], sampling: Sampling) -> Iterator[list[int]]:
    """Rows of each batch: prompts of like length together, the longest first, so that a lack of memory shows at once."""
    order = sorted(range(len(prompts)), key=lambda row: (-len(prompts[row].ids), row))
    while order:
        count = fitting(model, prompts[order[0]], sampling)
        yield order[:count]
        order = order[count:]


def room_of(model: LanguageModel, sampling: Sampling) -> int:
    """Longest prompt that leaves room for a reply, in tokens."""
    return context_of(model) - sampling.new_tokens


def check_room(model: LanguageModel, prompts: Mapping[str, Encoded], sampling: Sampling) -> None:
    """Every prompt has words and leaves room for a reply.

    Args:
        prompts: by what the message is to call them.
    Raises:
        TokenError: one does not (it is named).
    """
    room = room_of(model, sampling)
    for name, prompt in prompts.items():
        if not 0 < len(prompt.ids) <= room:
            raise TokenError(
                f"{name} has {len(prompt.ids)} tokens; of the {context_of(model)} that {model.name} reads, {sampling.new_tokens} are "
                f"for the reply, so that there must be 1 to {room}: shorten the text, or lower generation.new_tokens"
            )


def generate(
    model: LanguageModel,
    prompts: Sequence[Encoded],
    seeds: Sequence[int],
    sampling: Sampling,
    edits: Sequence[Edit] = (),
    done: Collection[int] = (),
) -> Iterator[dict[int, Reply]]:
    """Replies to every prompt, batch by batch, by the row of the prompt.

    A reply depends on its prompt, its seed and its own rows of the edits; batches and neighbours change the rounding of float32
    sums and nothing else. One seed under two conditions draws with the same random numbers, so that the difference is steering.

    Args:
        prompts: texts up to the token before the reply.
        seeds: one for each prompt, 0 to 2**32 - 1.
        edits: act together at every position; each has one row for every prompt. None: unsteered.
        done: rows that are not needed; a batch is left out when all of its rows are. The batches themselves stay as they are, so
            that an interrupted run goes on with the very same numbers.
    Raises:
        TokenError: as `check_room` (before anything runs).
        InterventionError: the edits do not fit the model (likewise).
        GenerationError: seeds or edits do not fit the prompts (likewise), or the model's output is not finite.
    """
    if len(seeds) != len(prompts):
        raise GenerationError(f"{len(seeds)} seeds for {len(prompts)} prompts; give one for each")
    check_room(model, {f"prompt {row}": prompt for row, prompt in enumerate(prompts)}, sampling)
    if edits:
        check(model, edits)
    if any(len(edit.vectors) != len(prompts) or edit.positions is not None for edit in edits):
        raise GenerationError("edits of replies act at every position and have one row for every prompt")
    return _stream(model, prompts, seeds, sampling, edits, frozenset(done))


def _stream(
    model: LanguageModel,
    prompts: Sequence[Encoded],
    seeds: Sequence[int],
    sampling: Sampling,
    edits: Sequence[Edit],
    done: frozenset[int],
) -> Iterator[dict[int, Reply]]:
    with tqdm(total=len(prompts), desc=f"{model.name} replies", unit="reply", mininterval=5) as bar:
        for rows in batches(model, prompts, sampling):
            if not done.issuperset(rows):
                steering = [edit.rows(torch.tensor(rows)) for edit in edits]
                replies = _decode(
                    model, [prompts[row] for row in rows], [seeds[row] for row in rows], sampling, steering
                )
                yield dict(zip(rows, replies, strict=True))
            bar.update(len(rows))


@dataclass
class _Unfinished:
    """The rows of a batch that go on.

    ids: [row, token], what the network reads next. mask: [row, token], 0 for padding, for all that it has read by then.
    """

    rows: list[int]
    ids: Tensor
    mask: Tensor
    edits: list[Edit]
    cache: DynamicCache

    def logits(self, model: LanguageModel) -> Tensor:
        """Logits of the next token of each row: [row, vocabulary]."""
        positions = (self.mask.cumsum(-1) - 1).clamp_min(0)[:, -self.ids.shape[1] :]
        with intervening(model, self.edits) if self.edits else nullcontext():
            states = model.base(
                input_ids=self.ids,
                attention_mask=self.mask,
                position_ids=positions,
                past_key_values=self.cache,
                use_cache=True,
            ).last_hidden_state
        return next_logits(model, states)

    def go_on(self, kept_rows: Sequence[int], chosen: Sequence[int]) -> None:
        """Keep the rows at `places` only, and hand the network the token chosen for each of them."""
        if len(kept_rows) < len(self.rows):
            kept = torch.tensor(kept_rows)
            self.rows = [self.rows[index] for index in kept_rows]
            self.mask = self.mask[kept.to(self.mask.device)]
            self.edits = [edit.rows(kept) for edit in self.edits]
            self.cache.batch_select_indices(kept.to(self.mask.device))
        self.ids = torch.tensor(chosen, device=self.mask.device)[:, None]
        self.mask = torch.cat([self.mask, torch.ones_like(self.ids)], -1)


@torch.inference_mode()
def _decode(
    model: LanguageModel, prompts: Sequence[Encoded], seeds: Sequence[int], sampling: Sampling, edits: list[Edit]
) -> list[Reply]:
    """Replies to the prompts of one batch."""
    from transformers import DynamicCache

    ids, mask = (tensor.to(model.device) for tensor in _padded_left(prompts, pad_id(model.tokenizer)))
    cache = DynamicCache(config=model.network.config)
    unfinished = _Unfinished(list(range(len(prompts))), ids, mask, edits, cache)
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    drawn: list[list[int]] = [[] for _ in prompts]
    logprobs: list[list[float]] = [[] for _ in prompts]
    for _ in range(sampling.new_tokens):
        read = unfinished.logits(model).double().log_softmax(-1)
        for row, distribution in zip(unfinished.rows, read, strict=True):
            token = choose(distribution, sampling, generators[row])
            drawn[row].append(token)
            logprobs[row].append(float(distribution[token]))
        going = [index for index, row in enumerate(unfinished.rows) if not has_ended(model, drawn[row])]
        if not going:
            break
        unfinished.go_on(going, [drawn[unfinished.rows[index]][-1] for index in going])
    return [
        Reply(tokens, logprobs[row], text_of(model, tokens), has_ended(model, tokens))
        for row, tokens in enumerate(drawn)
    ]


def next_logits(model: LanguageModel, states: Tensor) -> Tensor:
    """Logits of the token after the last one, on the CPU: [row, vocabulary] of [row, token, d_model] after the final norm.

    Not by the library's own way to the last logits, which copies the whole unembedding for every row. What pads the vocabulary is never
    drawn, since no text holds it.
    """
    logits = model.unembed(states[:, -1]).float().cpu()
    return logits.index_fill(1, rows_without_piece(model.tokenizer, logits.shape[1]), -torch.inf)


def _padded_left(prompts: Sequence[Encoded], filler: int) -> tuple[Tensor, Tensor]:
    """Prompts that end in the same column, and the mask of what is no padding: [row, token] each."""
    longest = max(len(prompt.ids) for prompt in prompts)
    gaps = [longest - len(prompt.ids) for prompt in prompts]
    ids = [[filler] * gap + prompt.ids for gap, prompt in zip(gaps, prompts, strict=True)]
    mask = [[0] * gap + [1] * (longest - gap) for gap in gaps]
    return torch.tensor(ids), torch.tensor(mask)
