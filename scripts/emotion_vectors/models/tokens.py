"""From text to token ids: stories, chats, positions and batches. Padding is on the right and never enters a mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from emotion_vectors.artefacts.errors import MendableError


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
    """Token ids of a text as a document: with the beginning-of-text token of families that use one.

    Raises:
        TokenError: the text is empty.
    """
    if not text.strip():
        raise TokenError("empty text; every text of a measurement must have words")
    ids = tokenizer(text).input_ids
    start = 1 if ids and ids[0] in set(tokenizer.all_special_ids) else 0
    return Encoded(ids, start)


def chat(
    tokenizer: PreTrainedTokenizerBase, messages: Sequence[dict[str, str]], template: str, prefill: str = ""
) -> Encoded:
    """Token ids of a chat up to the token before the reply, or up to the end of a `prefill` of that reply.

    Args:
        messages: dicts with `role` (system, user, assistant) and `content`.
        template: `chat` uses the tokenizer's template; `plain` writes Human/Assistant turns, for base models.
    Raises:
        TokenError: `chat` is asked of a tokenizer without a template.
    """
    if template == "chat":
        if not tokenizer.chat_template:
            raise TokenError(
                "this tokenizer has no chat template; set the model's `template` to plain in workflow/models.tsv"
            )
        text = str(tokenizer.apply_chat_template(list(messages), add_generation_prompt=True, tokenize=False))
        ids = tokenizer(text + prefill, add_special_tokens=False).input_ids
        return Encoded(ids, 0)
    if template != "plain":
        raise TokenError(f"template '{template}' is not known; use chat or plain in workflow/models.tsv")
    speakers = {"user": "Human", "assistant": "Assistant", "system": "Note"}
    turns = "\n\n".join(f"{speakers[message['role']]}: {message['content']}" for message in messages)
    return encode(tokenizer, f"{turns}\n\nAssistant:{' ' + prefill if prefill else ''}")


def dialogue_text(turns: Sequence[dict[str, str]]) -> str:
    """A dialogue as running text with the speakers' labels, in the form of the neutral dialogues of section 1.1 of A."""
    return "\n\n".join(f"{turn['speaker']}: {turn['text']}" for turn in turns)


def single_token(tokenizer: PreTrainedTokenizerBase, word: str) -> int | None:
    """Id of a word with a space before it when that is one token, else None."""
    ids = tokenizer.encode(f" {word}", add_special_tokens=False)
    return int(ids[0]) if len(ids) == 1 else None


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
