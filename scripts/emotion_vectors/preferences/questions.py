"""What a model is asked about activities: which of two it would rather do, and how it would feel about one.

The forced choice and the question about a feeling are those of Sofroniew et al. 2026, section 1.3, in our words. Readings
and additions are at the tokens of an activity alone. Which these are is seen by putting another word in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from emotion_vectors.conduct.choices import LETTERS
from emotion_vectors.engine.packing import Packed, context_of, pack_prompts
from emotion_vectors.models.tokens import Encoded, TokenError, shared_beginning

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel

CHOICE = (
    "Here are two things that you could do now. Which of them would you rather do? Answer with the letter of one of them.\n"
    "(A) {}\n(B) {}"
)
FEELING = "How would you feel if you were asked to {}?"
FILLERS = ("rest", "sing", "walk")
"""Words that stand in the place of an activity; of any text, one of them begins and ends with other letters."""

LONGEST = 1024
"""Tokens in a sequence of offers: attention grows with its square, and the beginning is shared by many long before that."""


@dataclass(frozen=True)
class Offer:
    """Two activities as (A) and (B), up to the place where the reply says a letter.

    ids: of the prompt; letters: tokens of A and B there; spans: tokens of the two activities.
    """

    ids: list[int]
    letters: list[int]
    spans: tuple[slice, slice]


def span_of(encode: Callable[[str], list[int]], text: str) -> slice:
    """Tokens of a text in its prompt: those that another word in its place changes.

    Args:
        encode: token ids of the prompt with a text in that place.
    """
    filler = next(word for word in FILLERS if word[0] != text[0].lower() and word[-1] != text[-1].lower())
    ids, other = encode(text), encode(filler)
    begin = shared_beginning([ids, other])
    end = shared_beginning([ids[begin:][::-1], other[begin:][::-1]])
    return slice(begin, len(ids) - end)


def offer(model: LanguageModel, first: str, second: str) -> Offer:
    """Two activities from which the model is to choose, as it reads them.

    Raises:
        TokenError: the letters cannot be compared, or a text cannot be read as it stands (the activities are named).
    """

    def ids_of(one: str, other: str) -> list[int]:
        return model.conversation.prompt(_user(CHOICE.format(one, other))).ids

    try:
        letters = model.conversation.letters(_user(CHOICE.format(first, second)), LETTERS)
        spans = (span_of(lambda text: ids_of(text, second), first), span_of(lambda text: ids_of(first, text), second))
    except TokenError as error:
        raise TokenError(f"workflow/stimuli/activities: '{first}' or '{second}', {model.name}: {error}") from error
    return Offer(letters.prompt.ids, letters.targets, spans)


def asked_to(model: LanguageModel, activity: str) -> tuple[Encoded, slice]:
    """The question how the model would feel about an activity, and the tokens of the activity in it."""

    def prompt_of(text: str) -> Encoded:
        return model.conversation.prompt(_user(FEELING.format(text)))

    return prompt_of(activity), span_of(lambda text: prompt_of(text).ids, activity)


def _user(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


@dataclass(frozen=True)
class PackedOffers:
    """Some offers in one sequence. numbers: which they are; spans: [offer, side, token], bool, tokens of both activities."""

    numbers: list[int]
    packed: Packed
    spans: Tensor


def packs(model: LanguageModel, offers: Sequence[Offer], budget: int) -> Iterator[PackedOffers]:
    """Offers in sequences of at most `budget` tokens (and `LONGEST`), which begin with what all offers share; one at least in each."""
    budget = min(budget, LONGEST)
    begun = min(offered.spans[0].start for offered in offers)
    begun = min(begun, shared_beginning([offered.ids for offered in offers]))
    group: list[int] = []
    size = begun
    for number, offered in enumerate(offers):
        further = len(offered.ids) - begun
        if group and size + further > budget:
            yield _packed(model, offers, group, begun)
            group, size = [], begun
        group.append(number)
        size += further
    if group:
        yield _packed(model, offers, group, begun)


def _packed(model: LanguageModel, offers: Sequence[Offer], numbers: list[int], begun: int) -> PackedOffers:
    chosen = [offers[number] for number in numbers]
    packed = pack_prompts([offered.ids for offered in chosen], begun, chosen[0].letters, context_of(model))
    spans = torch.zeros(len(chosen), 2, len(packed.ids), dtype=torch.bool)
    for row, offered in enumerate(chosen):
        begin = int((packed.segments == row + 1).nonzero()[0])
        for side, span in enumerate(offered.spans):
            spans[row, side, begin + span.start - begun : begin + span.stop - begun] = True
    return PackedOffers(numbers, packed, spans)


def letter_odds(logprobs: Tensor) -> Tensor:
    """Log-odds of the first letter over the second, [..., offer], of the scored log-probabilities [..., offer x letter]."""
    pairs = logprobs.reshape(*logprobs.shape[:-1], -1, len(LETTERS))
    odds: Tensor = pairs[..., 0] - pairs[..., 1]
    return odds
