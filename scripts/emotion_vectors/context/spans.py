"""Parts of a text and the tokens that lie in them: a shared ending, or the turns of a speaker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emotion_vectors.models.tokens import Encoded, TokenError, dialogue_text, encode

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class MarkedText:
    """A text and the parts of it that are read; each part is its first character and the one behind its last."""

    text: str
    parts: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class MarkedTokens:
    """A text as token ids, and for each part the positions of its tokens among them."""

    encoded: Encoded
    parts: tuple[tuple[int, ...], ...]


def with_ending(text: str, ending: str) -> MarkedText:
    """A text of which the ending is read.

    Raises:
        TokenError: the text does not end so.
    """
    if not ending or not text.endswith(ending):
        raise TokenError(f"the text '{text[:60]}' does not end in '{ending[:60]}'; see to the file of pairs")
    return MarkedText(text, ((len(text) - len(ending), len(text)),))


def shared_ending(first: str, second: str) -> str:
    """The words that two texts end in alike, joined by single spaces.

    Raises:
        TokenError: their last words differ.
    """
    words, others = first.split(), second.split()
    alike = 0
    while alike < min(len(words), len(others)) and words[-1 - alike] == others[-1 - alike]:
        alike += 1
    if not alike:
        raise TokenError(f"'{first[:60]}' and '{second[:60]}' end in different words; see to the file of pairs")
    return " ".join(words[len(words) - alike :])


def of_dialogue(turns: Sequence[tuple[str, str]], read: Sequence[int], before: str = "") -> MarkedText:
    """A dialogue as running text, of which some turns are read without the labels of their speakers.

    Args:
        turns: speaker and text of each; read: numbers of the turns, from 0; before: a text in front of the dialogue.
    """
    written = dialogue_text([{"speaker": speaker, "text": text} for speaker, text in turns])
    text, front = (f"{before}\n\n{written}", len(before) + 2) if before else (written, 0)
    parts = []
    for number in read:
        to_here = dialogue_text([{"speaker": speaker, "text": said} for speaker, said in turns[: number + 1]])
        end = front + len(to_here)
        parts.append((end - len(turns[number][1]), end))
    return MarkedText(text, tuple(parts))


def encode_marked(tokenizer: PreTrainedTokenizerBase, marked: MarkedText) -> MarkedTokens:
    """Token ids of a text; a token belongs to the part in which it ends, so that one with a blank in front belongs to its word.

    Raises:
        TokenError: a part has no token, or the text cannot be encoded.
    """
    encoded = encode(tokenizer, marked.text)
    offsets = tokenizer(marked.text, add_special_tokens=False, return_offsets_mapping=True).offset_mapping
    parts = tuple(
        tuple(encoded.start + number for number, (_, end) in enumerate(offsets) if begin < end <= behind)
        for begin, behind in marked.parts
    )
    if not all(parts):
        raise TokenError(f"a part of the text '{marked.text[:60]}' has no token of its own; write the part longer")
    return MarkedTokens(encoded, parts)
