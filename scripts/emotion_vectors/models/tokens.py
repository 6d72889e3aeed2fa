"""From text to token ids: stories, words, positions and batches. Padding is on the right and never enters a mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.models.templates import control_tokens

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class TokenError(MendableError, ValueError):
    """A text cannot be turned into the tokens that a measurement needs."""


@dataclass(frozen=True)
class Encoded:
    """One text as token ids; `start` counts the special tokens in front (0 or 1), so text tokens are `ids[start:]`."""

    ids: list[int]
    start: int


@dataclass(frozen=True)
class Batch:
    """Texts padded on the right.

    ids: [row, token]; lengths: [row], tokens before the padding; rows: index of each row in the full list of texts.
    """

    ids: Tensor
    lengths: Tensor
    rows: list[int]


def encode(tokenizer: PreTrainedTokenizerBase, text: str) -> Encoded:
    """Token ids of a text as a document: with the beginning-of-text token of families that use one, and without an end.

    Raises:
        TokenError: the text is empty, or spells a control token.
    """
    if not text.strip():
        raise TokenError("empty text; every text of a measurement must have words")
    if spelled := control_tokens.of_tokenizer(tokenizer).spelled(text):
        raise TokenError(f"the text '{text[:60]}' spells the control token '{spelled[0]}'; take it out of the text")
    front = specials_in_front(tokenizer)
    return Encoded([*front, *tokenizer(text, add_special_tokens=False).input_ids], len(front))


def specials_in_front(tokenizer: PreTrainedTokenizerBase) -> tuple[int, ...]:
    """Special tokens that a tokenizer puts before every text.

    Raises:
        TokenError: it writes a text otherwise where it puts special tokens around it.
    """
    alone = tokenizer("a", add_special_tokens=False).input_ids
    framed = tokenizer("a").input_ids
    begin = next(
        (begin_at for begin_at in range(len(framed)) if framed[begin_at : begin_at + len(alone)] == alone), None
    )
    if begin is None:
        raise TokenError(
            "the tokenizer writes a text otherwise where it puts special tokens around it; use another tokenizer"
        )
    return tuple(framed[:begin])


def dialogue_text(turns: Sequence[dict[str, str]]) -> str:
    """A dialogue as running text with the speakers' labels, in the form of the neutral dialogues of section 1.1 of A."""
    return "\n\n".join(f"{turn['speaker']}: {turn['text']}" for turn in turns)


def single_token(tokenizer: PreTrainedTokenizerBase, word: str) -> int | None:
    """Id of a word after a space in a running text when that is one token there, else None."""
    before, both = (tokenizer(text, add_special_tokens=False).input_ids for text in ("a", f"a {word}"))
    after = both[len(before) :]
    return int(after[0]) if both[: len(before)] == before and len(after) == 1 else None


def shared_beginning(rows: Sequence[Sequence[int]]) -> int:
    """Number of tokens that all rows begin with alike."""
    columns = zip(*rows, strict=False)
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))


def batches(texts: Sequence[Encoded], budget: int, pad_id: int) -> Iterator[Batch]:
    """Batches of at most `budget` tokens, padding included, of texts sorted by length: nearly no padding.

    Causal attention never looks to the right, so tokens on the right of a row do not change the row: no mask is needed.

    Raises:
        TokenError: one text alone exceeds the budget.
    """
    order = sorted(range(len(texts)), key=lambda row: (len(texts[row].ids), row))
    group: list[int] = []
    for row in order:
        longest = len(texts[row].ids)
        if longest > budget:
            raise TokenError(
                f"text {row} has {longest} tokens, more than compute.batch_tokens = {budget}; raise that key"
            )
        if group and longest * (len(group) + 1) > budget:
            yield pad(texts, group, pad_id)
            group = []
        group.append(row)
    if group:
        yield pad(texts, group, pad_id)


def pad(texts: Sequence[Encoded], rows: list[int], pad_id: int) -> Batch:
    """The given rows as one batch, padded on the right."""
    lengths = torch.tensor([len(texts[row].ids) for row in rows])
    ids = torch.full((len(rows), int(lengths.max())), pad_id)
    for position, row in enumerate(rows):
        ids[position, : len(texts[row].ids)] = torch.tensor(texts[row].ids)
    return Batch(ids, lengths, rows)


def pad_id(tokenizer: PreTrainedTokenizerBase) -> int:
    """Id used for padding: never read by any measurement, so any valid id serves."""
    return int(tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0)
