"""Choice readout: two options shown as (A) and (B) in both orders, and the log-odds of the letters.

What a model prefers is half the difference between the two orders; half their sum is its leaning to the first letter, which is thus
removed. Questions about the prompt, asked in the same form, say whether the model understands what it chooses between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.engine.gradients import respond
from emotion_vectors.engine.packing import Packed, context_of, pack
from emotion_vectors.engine.prompts import called
from emotion_vectors.models import tokens
from emotion_vectors.stimuli.situations import Item, Question, chat_of

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.stimuli.experiments import Experiment

COMPREHENSION = "comprehension"
"""Stands in place of an experiment in answers to questions about the prompt."""
COLUMNS = ["experiment", "scenario", "variant", "log_odds_nats", "order_bias_nats"]
LETTERS = ("A", "B")
A_OVER_B = torch.tensor([[1.0, -1.0]])
"""Weights of the two letters in the log-odds that are read: [contrast, letter]."""

ACT = "Do not write it out yet. Which of these two describes what you do?"
ABOUT = "Do not write it yet. First a question about the text above:"


@dataclass(frozen=True)
class Choice:
    """A preference between two options, in nats.

    log_odds: of the first option over the second, free of the order; order_bias: of the first letter over the second, free of the
    options; gradients: [layer, d_model] of the log-odds, at the layers asked for, empty when none were.
    """

    log_odds: float
    order_bias: float
    gradients: Tensor


def encode(model: LanguageModel, item: Item, question: str, options: Sequence[str]) -> Packed:
    """A question about an item, with its options in the order given and the letters as replies.

    Raises:
        TokenError: a text cannot be read as it stands, the letters cannot be compared, or the item does not fit the model's context (file,
            set, item and model are named).
    """
    listed = "\n".join(f"({letter}) {option}" for letter, option in zip(LETTERS, options, strict=True))
    further = f"\n\n{question}\n{listed}\nAnswer with the letter of one of them."
    try:
        letters = model.conversation.letters(chat_of(item, further), LETTERS)
        return pack(letters.prompt, [[target] for target in letters.targets], context_of(model))
    except tokens.TokenError as error:
        raise tokens.TokenError(f"{called(item, model, 'choice')}: {error}") from error


def choose(
    model: LanguageModel, item: Item, question: str, options: tuple[str, str], layers: Sequence[int] = ()
) -> Choice:
    """Preference for the first of two options over the second, from both orders.

    Args:
        layers: where to differentiate; by default nowhere, which saves the backward pass.
    """
    contrasts = A_OVER_B if layers else A_OVER_B[:0]
    straight, turned = (
        respond(model, encode(model, item, question, order), contrasts, layers) for order in (options, options[::-1])
    )
    odds = [float(A_OVER_B[0] @ response.logprobs) for response in (straight, turned)]
    gradients = (straight.gradients - turned.gradients) / 2
    return Choice((odds[0] - odds[1]) / 2, (odds[0] + odds[1]) / 2, gradients.squeeze(0) if layers else gradients)


def comprehend(model: LanguageModel, item: Item, question: Question) -> Choice:
    """Preference for the right answer to a question about the prompt."""
    return choose(model, item, f"{ABOUT} {question.question}", (question.right, question.wrong))


def act(model: LanguageModel, item: Item, target: str, alternative: str, layers: Sequence[int] = ()) -> Choice:
    """Preference for what one side does over what another does."""
    return choose(model, item, ACT, (item.options[target], item.options[alternative]), layers)


def ask_all(model: LanguageModel, items: Sequence[Item]) -> pd.DataFrame:
    """Preference for the right answer to every question about the prompts, and leaning to the first letter: `COLUMNS`.

    Questions are about what all variants share, so one variant is asked.
    """
    rows = []
    asked = [item for item in items if item.variant == items[0].variant]
    for item in tqdm(asked, desc=f"{model.name} questions", unit="item", mininterval=5):
        for question in item.comprehension:
            answer = comprehend(model, item, question)
            rows.append((COMPREHENSION, item.scenario, item.variant, answer.log_odds, answer.order_bias))
    return pd.DataFrame(rows, columns=COLUMNS)


def act_on_all(
    model: LanguageModel, experiment: Experiment, items: Sequence[Item], layer: int
) -> tuple[pd.DataFrame, Tensor]:
    """Preference for the target side in every item: `COLUMNS`, and gradients at a layer [scenario, variant, d_model]."""
    rows, gradients = [], []
    for item in tqdm(items, desc=f"{model.name} {experiment.name}", unit="item", mininterval=5):
        choice = act(model, item, experiment.target, experiment.alternative, [layer])
        rows.append((experiment.name, item.scenario, item.variant, choice.log_odds, choice.order_bias))
        gradients.append(choice.gradients[0])
    stacked = torch.stack(gradients).reshape(-1, len(experiment.variants) or 1, model.width)
    return pd.DataFrame(rows, columns=COLUMNS), stacked
