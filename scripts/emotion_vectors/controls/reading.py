"""What a model is read for beside the replies of acts: lexical controls in compared contexts, and the directions of the replies' words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.acts.conditions import CONTEXT, Framing
from emotion_vectors.acts.responses import (
    compared_contexts,
    contrasts_in,
    control_weights,
    controlled_pairs,
    replies_table,
)
from emotion_vectors.engine.gradients import AtOneLayer, Readout, Response, respond_within
from emotion_vectors.engine.prompts import encode
from emotion_vectors.meaning.lens import norm_gain
from emotion_vectors.stimuli.acts.items import with_lexical_controls
from emotion_vectors.stimuli.acts.table import FIRST, Act

if TYPE_CHECKING:
    from emotion_vectors.engine.packing import Packed
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.stimuli.situations import Item

RANK_TOLERANCE = 1e-4
"""Of the largest singular value: what is below it is no direction of its own."""


def word_directions(model: LanguageModel, packed: Packed) -> Tensor:
    """Orthonormal basis of what raises the tokens of the replies: [direction, d_model].

    The directions are rows of the unembedding times the gain of the final norm, one for each different token.
    """
    tokens = torch.unique(packed.targets)
    rows = (model.unembedding.weight[tokens].float() * norm_gain(model)).detach().cpu()
    _, sizes, basis = torch.linalg.svd(rows, full_matrices=False)
    independent: Tensor = basis[sizes > RANK_TOLERANCE * sizes[0]]
    return independent


def read_in_contexts(
    model: LanguageModel, scene: Mapping[str, Item], acts: Sequence[Act], main: int, budget: int
) -> tuple[pd.DataFrame, dict[str, Response]]:
    """A scene in each of its contexts: its replies there, and what their log-odds respond to where acts compare that context.

    There the first hand is read with its lexical controls, whose log-odds respond at the main layer.

    Args:
        scene: items by context; budget: tokens that are read in one pass.
    """
    items = [with_lexical_controls(item) if _is_controlled(item, acts) else item for item in scene.values()]
    readouts = [_asked(item, encode(model, item), acts, main) for item in items]
    responses = dict(zip(scene, respond_within(model, readouts, budget), strict=True))
    replies = [
        replies_table(item, readout.packed, Framing(CONTEXT, context), responses[context])
        for item, readout, context in zip(items, readouts, scene, strict=True)
    ]
    return pd.concat(replies, ignore_index=True), responses


def _is_controlled(item: Item, acts: Sequence[Act]) -> bool:
    return item.group == FIRST and item.variant in compared_contexts(acts)


def _asked(item: Item, text: Packed, acts: Sequence[Act], main: int) -> Readout:
    """Log-odds of an item, with those of its lexical controls at the main layer."""
    pairs = controlled_pairs(acts, item) if _is_controlled(item, acts) else []
    return Readout(text, contrasts_in(item, text, acts), AtOneLayer(control_weights(item, text, pairs), main))


def read_framed(
    model: LanguageModel, items: Sequence[Item], framings: Sequence[Framing], budget: int
) -> list[pd.DataFrame]:
    """Replies to items that stand in a framing each, as a table for each: nothing is differentiated."""
    texts = [encode(model, item) for item in items]
    readouts = [Readout(text, torch.zeros(0, text.continuations)) for text in texts]
    responses = respond_within(model, readouts, budget)
    return [replies_table(*asked) for asked in zip(items, texts, framings, responses, strict=True)]
