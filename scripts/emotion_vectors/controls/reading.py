"""What a model is read for beside the replies of acts: lexical controls in compared contexts, and the directions of the replies' words."""

from __future__ import annotations

from collections.abc import Sequence
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
from emotion_vectors.engine.gradients import AtOneLayer, Response, respond
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


def read_in_context(model: LanguageModel, scene: Item, acts: Sequence[Act], main: int) -> tuple[pd.DataFrame, Response]:
    """A scene as it stands in one context: its replies, and what their log-odds respond to where acts compare that context.

    There the first hand is read with its lexical controls, whose log-odds respond at the main layer.
    """
    controlled = scene.group == FIRST and scene.variant in compared_contexts(acts)
    item = with_lexical_controls(scene) if controlled else scene
    text = encode(model, item)
    pairs = controlled_pairs(acts, item) if controlled else []
    controls = AtOneLayer(control_weights(item, text, pairs), main)
    response = respond(model, text, contrasts_in(item, text, acts), beside=controls)
    return replies_table(item, text, Framing(CONTEXT, scene.variant), response), response
