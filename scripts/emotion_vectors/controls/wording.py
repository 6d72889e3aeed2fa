"""How much of a slope is wording: what is left without pleasantness and without the words of the replies, and lexical controls.

Projecting a vector and projecting the gradient that it is multiplied with are one and the same, so that vectors, nulls and intervals
are freed of a subspace by freeing the gradients of each scenario of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from emotion_vectors.acts import conditions
from emotion_vectors.statistics.algebra import centred, unit
from emotion_vectors.stimuli.acts.table import FIRST

if TYPE_CHECKING:
    from emotion_vectors.acts.responses import ActGradients
    from emotion_vectors.acts.slopes import StoryDirections
    from emotion_vectors.stimuli.acts.table import Act


def pleasantness(directions: StoryDirections, valence: Mapping[str, float]) -> Tensor:
    """The direction along which vectors become more pleasant: their sum weighted by how pleasant people find the emotions, [d_model].

    It is not the first principal component, which is pleasantness in some models and not in others.
    """
    ratings = torch.tensor([valence[name] for name in directions.names], dtype=torch.float32)
    return unit(centred(ratings) @ centred(directions.cells.mean(0)).to(ratings))


def without_words(gradients: Tensor, words: Tensor) -> Tensor:
    """Gradients [scenario, wording, d_model] without the span of each scenario's words [scenario, direction, d_model].

    Rows of `words` are orthonormal, or zero where a scenario has fewer of them.
    """
    return gradients - (gradients @ words.transpose(1, 2)) @ words


def without_direction(gradients: Tensor, direction: Tensor, words: Tensor | None = None) -> Tensor:
    """The same without one direction [d_model], or without what is left of it in each scenario beside its words."""
    if words is None:
        return gradients - (gradients @ direction)[..., None] * direction
    beside = without_words(direction.expand(len(words), 1, -1), words)
    units = torch.nan_to_num(beside / beside.norm(dim=-1, keepdim=True))
    return gradients - (gradients * units).sum(-1, keepdim=True) * units


def left_over(gradients: Tensor, words: Tensor, pleasant: Tensor) -> dict[str, Tensor]:
    """Gradients of a difference [scenario, wording, d_model], freed of pleasantness, of words and of both, by the name of the measure."""
    freed = without_words(gradients, words)
    return {
        conditions.UNPLEASANT: without_direction(gradients, pleasant),
        conditions.WORDLESS: freed,
        conditions.LEFT: without_direction(freed, pleasant, words),
    }


def beside(of_set: ActGradients, act: Act, difference: Tensor, pleasant: Tensor) -> dict[str, Tensor]:
    """What stands beside the difference of an act [scenario, wording, d_model], first hand: what is left of it, and its lexical control."""
    control = of_set.control(act)
    words = {} if control is None else {conditions.CONTROL: control.expand_as(difference)}
    return left_over(difference, of_set.words_of(FIRST), pleasant) | words
