"""Two-choice questions as a model is asked them, in both orders of the answers, and the log-odds of the right one under edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from emotion_vectors.conduct import choices
from emotion_vectors.conduct.choices import A_OVER_B
from emotion_vectors.conduct.doses import evenly_spaced
from emotion_vectors.engine.packing import Packed
from emotion_vectors.engine.replay import record, replay, unsteered
from emotion_vectors.models.tokens import Encoded
from emotion_vectors.stimuli.situations import Item

if TYPE_CHECKING:
    from emotion_vectors.engine.edits import Edit
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.stimuli.files import PathLike
    from emotion_vectors.stimuli.function.capability import TwoChoiceItem

PLAIN = "Here is a question with two answers."
"""What stands before a question that is not framed."""
RIGHT_OVER_WRONG = torch.cat([A_OVER_B, -A_OVER_B], dim=1) / 2
"""Weights of the letters of both orders, the right answer first, then second, in the log-odds that are read: [contrast, letter]."""


@dataclass(frozen=True)
class RemovalPlan:
    """Sizes of the measurements, `removal` of the configuration.

    components: of the emotion subspace; subspaces: random ones of each kind that are removed; first_order: those whose cost or share is
    read off gradients; kept_percentiles: of the deviations of neutral text at which the emotion subspace is capped; passages, items:
    neutral texts, and questions asked plainly; removed_items, framed_items: those of them under removal, and under framings; clamped_items:
    of the latter with random clamps that are run; framings: how many; accuracy: least and largest share of right answers; scenarios: of
    each act under clamps.
    """

    components: int
    subspaces: int
    first_order: int
    kept_percentiles: Sequence[float]
    passages: int
    items: int
    removed_items: int
    framed_items: int
    clamped_items: int
    framings: int
    accuracy: Sequence[float]
    scenarios: int


def some(items: Sequence[TwoChoiceItem], count: int) -> list[TwoChoiceItem]:
    """`count` items at equal distances over the file, which stands in the order of their kinds."""
    by_name = {item.name: item for item in items}
    return [by_name[name] for name in evenly_spaced(list(by_name), count)]


def both_orders(model: LanguageModel, source: PathLike, question: TwoChoiceItem, lead: str) -> Packed:
    """A question after a lead, with the right answer first, and with it second, packed so that what both begin with is read once.

    Args:
        source: file of the question, for messages.
    Raises:
        TokenError: as `choices.encode`.
    """
    item = Item(question.name, question.kind, question.kind, "", lead, {}, {}, (), source=f"{source}, capability")
    answers = (question.right, question.wrong)
    first, second = (choices.encode(model, item, question.question, listed) for listed in (answers, answers[::-1]))
    return joined(first, second)


def joined(first: Packed, second: Packed) -> Packed:
    """Two prompts whose continuations are single tokens, as one sequence in which neither sees what is the other's alone.

    Continuations of the second follow those of the first.
    """
    least = min(len(first.ids), len(second.ids)) - 1
    shared = int((first.ids[:least] == second.ids[:least]).long().cumprod(0).sum())
    rest = len(second.ids) - shared
    segments = torch.tensor([0] * shared + [1] * (len(first.ids) - shared) + [2] * rest)
    return Packed(
        ids=torch.cat([first.ids, second.ids[shared:]]),
        positions=torch.cat([first.positions, second.positions[shared:]]),
        segments=segments,
        predictors=torch.cat([first.predictors, second.predictors - shared + len(first.ids)]),
        targets=torch.cat([first.targets, second.targets]),
        owners=torch.cat([first.owners, second.owners + first.continuations]),
    )


def text_of(packed: Packed) -> Encoded:
    """The prompt of a packed question with the right answer first, as a text of its own."""
    return Encoded(packed.ids[packed.segments < 2].tolist(), 0)


def odds_of(logprobs: Tensor) -> Tensor:
    """Log-odds of the right answer, free of the order, nats: [...] of [..., letter of both orders]."""
    return logprobs @ RIGHT_OVER_WRONG[0]


def plain_odds(model: LanguageModel, packed: Packed) -> float:
    """Log-odds of the right answer to a question as it stands."""
    return float(odds_of(unsteered(model, record(model, packed))))


def edited_odds(model: LanguageModel, packed: Packed, edits: Sequence[Edit], budget: int) -> Tensor:
    """The same under every row of edits that act together: [row]."""
    recording = record(model, packed, [min(edit.layer for edit in edits)])
    return odds_of(replay(model, recording, edits, budget))
