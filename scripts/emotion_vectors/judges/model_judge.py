"""What does a reply do, or which emotion does it voice? A language model that reads it is asked for the letter of a class.

The likeliest letter counts.

The options are shown in every cyclic shift of their order, so that each class stands once at every letter: a leaning to a letter or
to a place of the list favours no class. Nothing is fitted, so labelled replies measure this judge without any being left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.engine import replay
from emotion_vectors.engine.packing import Packed, context_of, pack
from emotion_vectors.judges.verdicts import of_written, tabulate
from emotion_vectors.models import tokens
from emotion_vectors.models.conversation import Letters
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.stimuli.files import excerpt
from emotion_vectors.stimuli.reply_classes import ReplyClasses

ASK = "Which of these describes what the text between the lines does? Answer with the letter of one of them."
LINE = "-----"


@dataclass(frozen=True)
class ModelJudge:
    """A language model as a judge of what replies do, or of the emotion that they voice."""

    model: LanguageModel
    classes: ReplyClasses

    def classify(self, texts: Sequence[str]) -> pd.DataFrame:
        """Class of each text, as `verdicts.tabulate` says it, with a threshold that all verdicts pass.

        The model is not asked about a text without a word, which is of the last class.

        Raises:
            TokenError: a text does not fit the model's context (its number and beginning are named).
        """

        def weigh(rows: list[int]) -> NDArray[np.float64]:
            bar = tqdm(rows, desc=f"{self.model.name} judges {self.classes.name}", unit="reply", mininterval=5)
            return np.stack([self._probabilities(texts, row) for row in bar])

        probabilities = of_written(texts, self.classes, weigh)
        return tabulate(probabilities, self.classes.names, np.zeros(len(texts)))

    def _probabilities(self, texts: Sequence[str], row: int) -> NDArray[np.float64]:
        try:
            return np.asarray(self.weigh(texts[row]).softmax(0))
        except tokens.TokenError as error:
            raise tokens.TokenError(
                f"reply {row + 1} of {len(texts)}, '{excerpt(texts[row], 60)}', cannot be judged by {self.model.name}: {error}, "
                "or name a judge of longer context in generation.judge"
            ) from error

    def weigh(self, text: str) -> Tensor:
        """Log-probability of the letter of each class, nats, the mean over all cyclic shifts of the options: [class]."""
        recording = replay.record(self.model, encode_question(self.model, self.classes, text))
        by_shift = replay.unsteered(self.model, recording).double().view(-1, len(self.classes.names))
        return torch.stack([letters.roll(shift) for shift, letters in enumerate(by_shift)]).mean(0)


def encode_question(model: LanguageModel, classes: ReplyClasses, text: str) -> Packed:
    """The question about a reply: read once as far as the options, which continue it in every cyclic shift of their order.

    Scored are all letters after each shift: shift 0 with its letters from A on, shift 1, and so on.

    Raises:
        TokenError: the question does not fit the model's context, or its letters cannot be compared.
    """
    names, count = classes.names, len(classes.names)
    asked = [ask(model, classes, text, names[shift:] + names[:shift]) for shift in range(count)]
    prompts, targets = [letters.prompt for letters in asked], asked[0].targets
    columns = enumerate(zip(*(prompt.ids for prompt in prompts), strict=False))
    shared = next(position for position, ids in columns if len(set(ids)) > 1)
    continuations = [[*prompt.ids[shared:], targets[0]] for prompt in prompts]
    packed = pack(replace(prompts[0], ids=prompts[0].ids[:shared]), continuations, context_of(model))
    ends = packed.owners.bincount().cumsum(0) - 1
    return replace(
        packed,
        predictors=packed.predictors[ends].repeat_interleave(count),
        targets=torch.tensor(targets).repeat(count),
        owners=torch.arange(count).repeat_interleave(count),
    )


def ask(model: LanguageModel, classes: ReplyClasses, text: str, order: Sequence[str]) -> Letters:
    """The question about a reply with the classes as options in the order given, up to the token before the letter.

    The reply is quoted as it stands: what it spells cannot end the turn in which it is shown.
    """
    options = (f"({letter}) {classes.meanings[name]}" for letter, name in zip(ascii_uppercase, order, strict=False))
    question = "\n".join((classes.scene, LINE, text.strip(), LINE, ASK, *options))
    return model.conversation.letters(
        [{"role": "user", "content": question}], ascii_uppercase[: len(order)], quoted=True
    )
