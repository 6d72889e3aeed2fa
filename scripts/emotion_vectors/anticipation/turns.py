"""States at the end of a user's turn, at the token before the reply, and over what is said in it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from emotion_vectors.engine import capture
from emotion_vectors.engine.capture import Windows
from emotion_vectors.models.tokens import Encoded

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel

OTHER_ENDS = (" x", "!")
"""Two ways to go on with a text, so that what follows the text can be told from its own last token, whatever that is."""
SPOKEN = Windows(late=2, early=2)
"""From the second token of a reply on: the first is read where the reply begins, and says most of that token."""


def asked_by(text: str) -> list[dict[str, str]]:
    """A conversation of one message."""
    return [{"role": "user", "content": text}]


def with_user_end(model: LanguageModel, text: str) -> tuple[Encoded, int]:
    """A message up to the token before the reply, and the place of the last token that holds any of the message.

    What the template writes between the two is what the prompts of this text and of a longer one have in common at their ends.

    Raises:
        TokenError: the text spells a control token.
    """
    prompt = model.conversation.prompt(asked_by(text))
    longer = [model.conversation.prompt(asked_by(text + end)).ids for end in OTHER_ENDS]
    after = min(_common_end(prompt.ids, ids) for ids in longer)
    return prompt, len(prompt.ids) - 1 - after


def _common_end(first: Sequence[int], second: Sequence[int]) -> int:
    """Tokens with which both end."""
    pairs = zip(reversed(first), reversed(second), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def around_user_end(model: LanguageModel, texts: Sequence[str], layer: int, budget: int) -> Tensor:
    """Residual stream after a layer at the end of each message, and at the token before the reply: [text, 2, d_model]."""
    located = [with_user_end(model, text) for text in texts]
    prompts = [prompt for prompt, _ in located]
    tokens = torch.tensor([[end, len(prompt.ids) - 1] for prompt, end in located])
    return capture.at_tokens(model, prompts, tokens, budget)[:, :, layer]


def over_replies(
    model: LanguageModel, prompts: Sequence[Encoded], replies: Sequence[Sequence[int]], layer: int, budget: int
) -> Tensor:
    """Mean residual stream after a layer over the tokens of each reply, the first left out: [reply, d_model].

    Raises:
        CaptureError: a reply has fewer than two tokens.
    """
    texts = [Encoded([*prompt.ids, *reply], len(prompt.ids)) for prompt, reply in zip(prompts, replies, strict=True)]
    return capture.story_means(model, texts, SPOKEN, budget).late[:, layer]
