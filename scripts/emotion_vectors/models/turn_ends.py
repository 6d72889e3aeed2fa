"""Where a reply ends: at a token that ends a turn or, in the plain template, which has none, where a further turn begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from emotion_vectors.models.language_model import LanguageModel

# The label of the system turn is none of these: a reply may well have a paragraph that begins with `Note:`.
FURTHER_TURN = re.compile(r"\s*\n(?:Human|Assistant):")
"""What a base model writes when it goes on with a turn of its own invention, as `tokens.chat` labels turns."""


def end_tokens(model: LanguageModel) -> frozenset[int]:
    """Tokens that end a reply: those of the generation configuration that comes with the weights."""
    ends = getattr(model.network.generation_config, "eos_token_id", None)
    return frozenset() if ends is None else frozenset([ends] if isinstance(ends, int) else ends)


def has_ended(model: LanguageModel, ids: Sequence[int]) -> bool:
    """Whether the tokens of a reply so far are the whole of it."""
    return ids[-1] in end_tokens(model) or (
        model.template == "plain" and bool(FURTHER_TURN.search(_decoded(model, ids)))
    )


def text_of(model: LanguageModel, ids: Sequence[int]) -> str:
    """Text of a reply without special tokens and without a further turn."""
    text = _decoded(model, ids)
    return FURTHER_TURN.split(text, maxsplit=1)[0] if model.template == "plain" else text


def _decoded(model: LanguageModel, ids: Sequence[int]) -> str:
    # Without the clean-up, which would take spaces away that the model has written.
    return str(model.tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False))
