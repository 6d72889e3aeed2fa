"""Tokens that steer a conversation, and texts that spell one: such a text must not become the token."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

ANCHORS = ("\n", ".", "a")
"""Texts after which the middle of a text is encoded: at the beginning of a text many tokenizers write a blank of their own."""
TAG = re.compile(r"\s*[<\[].*[>\]]\s*")
"""Form of a control token that is not among the special ones, such as the marks of thinking."""


@dataclass(frozen=True)
class ControlTokens:
    """Control tokens of one tokenizer with its template, by their spelling."""

    ids: Mapping[str, int]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The spelling of any control token, the longest that fits."""
        longest_first = sorted(self.ids, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def spelled(self, text: str) -> list[str]:
        """Control tokens that a text spells, in its order."""
        return self.pattern.findall(text)

    def intruders(self, pieces: Sequence[str]) -> list[int]:
        """Where control tokens begin that the template did not write: offsets in the joined pieces.

        Args:
            pieces: the template's own text and the texts of the conversation in turn, the template's first. A spelling that only a
                border of the two makes whole is none of the template's either.
        """
        borders, length = [], 0
        for piece in pieces:
            borders.append((length, length + len(piece)))
            length += len(piece)
        written = borders[::2]
        return [
            match.start()
            for match in self.pattern.finditer("".join(pieces))
            if not any(begin <= match.start() and match.end() <= end for begin, end in written)
        ]


def of_tokenizer(tokenizer: PreTrainedTokenizerBase, written: str = "") -> ControlTokens:
    """Special tokens of a tokenizer, and those of its other added tokens that are tags which a template writes.

    Args:
        written: what the template writes, in its source and as rendered. Other added tokens, such as runs of blanks or tags of a page,
            are ordinary text of the vocabulary.
    """
    return _of_vocabulary(tokenizer, written, len(tokenizer))


@lru_cache(maxsize=16)
def _of_vocabulary(tokenizer: PreTrainedTokenizerBase, written: str, _size: int) -> ControlTokens:
    """The same, listed once for every size of the vocabulary: it takes milliseconds where thousands of tokens are added."""
    added = tokenizer.added_tokens_decoder.items()
    return ControlTokens(
        {
            token.content: id
            for id, token in added
            if token.content.strip() and (token.special or (TAG.fullmatch(token.content) and token.content in written))
        }
    )


def cut_at(text: str, cuts_after: Sequence[int]) -> list[str]:
    """A text in chunks that begin one character after each of the places, so that no spelling that begins there stays whole."""
    cuts = [0, *(cut + 1 for cut in cuts_after), len(text)]
    return [text[begin:end] for begin, end in pairwise(cuts)]


def encode_chunks(tokenizer: PreTrainedTokenizerBase, chunks: Sequence[str]) -> list[int] | None:
    """Token ids of chunks of one text that no token may bridge; None where the tokenizer cannot go on in the middle of a text."""
    ids: list[int] = list(tokenizer(chunks[0], add_special_tokens=False).input_ids)
    for chunk in chunks[1:]:
        following = _after_an_anchor(tokenizer, chunk)
        if following is None:
            return None
        ids += following
    return ids


def _after_an_anchor(tokenizer: PreTrainedTokenizerBase, chunk: str) -> list[int] | None:
    for anchor in ANCHORS:
        before, both = (tokenizer(text, add_special_tokens=False).input_ids for text in (anchor, anchor + chunk))
        if both[: len(before)] == before:
            return list(both[len(before) :])
    return None
