"""Where a reply ends: at a token that ends a turn or, in templates whose turns end in none, where a further turn begins."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel


def has_ended(model: LanguageModel, ids: Sequence[int]) -> bool:
    """Whether the tokens of a reply so far are the whole of it."""
    conversation = model.conversation
    if conversation.further_turn is not None and conversation.further_turn.search(_decoded(model, ids)):
        return True
    return ids[-1] in conversation.ends


def text_of(model: LanguageModel, ids: Sequence[int]) -> str:
    """Text of a reply as far as its end, without special tokens and without a further turn."""
    conversation = model.conversation
    text = _decoded(model, list(takewhile(lambda token: token not in conversation.ends, ids)))
    return conversation.further_turn.split(text, maxsplit=1)[0] if conversation.further_turn else text


def _decoded(model: LanguageModel, ids: Sequence[int]) -> str:
    # Without the clean-up, which would take spaces away that the model has written.
    return str(model.tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False))
