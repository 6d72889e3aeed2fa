"""How much likelier agitated replies are than calm ones that say the same, and how that would change before the reply (A15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.anticipation.user_messages import item_of
from emotion_vectors.engine import prompts
from emotion_vectors.engine.gradients import respond
from emotion_vectors.replies.quality import NO_EVENT
from emotion_vectors.stimuli.function.states import AGITATED, CALM, UserSituation

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.stimuli.situations import Item

ORDERS = {
    AGITATED: "Adopt a frantic, panicky tone, whatever the subject.",
    CALM: "Adopt a serene, unruffled tone, whatever the subject.",
}
"""System texts in words that no reply uses: a readout that they do not move would not show a temper."""


def with_replies(situation: UserSituation, text: str, system: str = "") -> Item:
    """A message with the replies of a situation in both tempers."""
    sides = {AGITATED: situation.agitated, CALM: situation.calm}
    return replace(item_of(text, name=situation.name, system=system), continuations=sides)


def _read(model: LanguageModel, item: Item, layer: int, *, differentiated: bool) -> tuple[Tensor, Tensor]:
    """Log-odds of agitated against calm replies, and their gradient at the token before the reply [d_model]."""
    packed = prompts.encode(model, item)
    weights = prompts.contrast(item, AGITATED, CALM)
    before_reply = torch.arange(len(packed.ids)) == packed.prompt_length - 1
    contrasts = weights[None] if differentiated else torch.zeros(0, len(weights))
    response = respond(model, packed, contrasts, [layer], positions=before_reply)
    return weights @ response.logprobs, response.gradients[:, 0].sum(0)


def measure(model: LanguageModel, situations: Sequence[UserSituation], layer: int) -> dict[str, Tensor]:
    """Log-odds of agitated against calm replies to every situation, nats per token.

    Args:
        layer: after which gradients are taken.
    Returns:
        odds: [situation, wording]; gradients: [situation, wording, d_model], with respect to an addition at the token before the reply.
        bland: [situation], of the same replies after a message that says nothing, which is what their words alone make likely.
        ordered: [situation, order], the first wording under an order to be agitated, and under one to be calm.
    Raises:
        TokenError: a prompt with a reply does not fit the model's context (the situation is named).
    """
    odds, gradients, bland, ordered = [], [], [], []
    for situation in tqdm(situations, desc=f"{model.name} tempers", unit="situation", mininterval=5):
        read = [_read(model, with_replies(situation, text), layer, differentiated=True) for text in situation.prompts]
        odds.append(torch.stack([value for value, _ in read]))
        gradients.append(torch.stack([gradient for _, gradient in read]))
        first = situation.prompts[0]
        plain = [with_replies(situation, NO_EVENT)]
        plain += [with_replies(situation, first, ORDERS[temper]) for temper in (AGITATED, CALM)]
        saying_nothing, *under_orders = (_read(model, item, layer, differentiated=False)[0] for item in plain)
        bland.append(saying_nothing)
        ordered.append(torch.stack(under_orders))
    measured = {"odds": odds, "gradients": gradients, "bland": bland, "ordered": ordered}
    return {name: torch.stack(rows) for name, rows in measured.items()}
