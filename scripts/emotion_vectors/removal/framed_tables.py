"""Framed questions as tables: which are asked, which random subspaces stand beside the emotion subspace, and what came of it (S02, S03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.acts.slopes import SEMANTIC
from emotion_vectors.conduct.kinds import GAUSSIAN, SHUFFLED
from emotion_vectors.removal import framings, subspaces
from emotion_vectors.removal.framings import Clamps, FramedAnswer
from emotion_vectors.removal.kinds import (
    BY_RUN,
    FRAMED_EMOTIONS,
    MATCHED,
    MEDIATION,
    PERMUTED,
    READING,
    ROTATED,
    RUN_CLAMPS,
)
from emotion_vectors.removal.questions import RemovalPlan, some
from emotion_vectors.vectors.story_cells import semantic

if TYPE_CHECKING:
    from emotion_vectors.conduct.directions import Directions
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.stimuli.files import PathLike
    from emotion_vectors.stimuli.function.capability import TwoChoiceItem
    from emotion_vectors.stimuli.function.framings import FramingWords

TRIAL_ITEMS = 2
"""Items on which the size of the frame difference is taken, to match random subspaces; they are not judged."""
FRAMED_COLUMNS = [
    *("item", "sort", "framing", "kind", "framed", "neutral", "vivid", "clamped", "whole", "removed"),
    *(f"removed, {kind}" for kind in (ROTATED, MATCHED, SHUFFLED)),
    BY_RUN,
    "shift_sd",
]
EMPTY = (pd.DataFrame(columns=FRAMED_COLUMNS), pd.DataFrame(columns=["measure", "kind", "number", "value"]))
"""Tables of a model whose questions say nothing."""

DRAWN_SETS = 400
"""Sets of Gaussian, and of semantic, directions in the null of readings."""

Array = NDArray[np.float64]
Asked = tuple[Sequence["TwoChoiceItem"], Sequence["FramingWords"]]
"""Items and framings, every one of which goes with every other."""


def split_items(items: Sequence[TwoChoiceItem], plan: RemovalPlan) -> tuple[list[TwoChoiceItem], list[TwoChoiceItem]]:
    """The items that are judged, spread over the file, and others on which the difference between frames is sized."""
    asked = some(items, plan.framed_items)
    names = {item.name for item in asked}
    return asked, some([item for item in items if item.name not in names], TRIAL_ITEMS)


def clamps(known: Directions, moments: Tensor, plan: RemovalPlan, seed: int) -> Clamps:
    """The emotion subspace at the main layer, random ones of its dimension, those of shuffled labels, and such that hold as much.

    What they hold as much of is the difference between frames; clamps of these are run as well.

    Args:
        moments: [d_model, d_model], of the difference between frames.
    """
    basis = subspaces.emotion_subspace(known.emotions, plan.components)[[known.main]]
    turned = subspaces.rotated(basis, plan.first_order, seed)
    held = subspaces.variance_held(basis, moments[None])
    same = subspaces.matched(turned, moments[None], held)
    of_shuffled = subspaces.shuffled_subspaces(known.shuffled[:, :, None], plan.components, plan.first_order)
    random = {ROTATED: turned, MATCHED: same, SHUFFLED: of_shuffled}
    by_kind = {kind: bases[:, 0].float() for kind, bases in random.items()}
    return Clamps(known.main, basis[0].float(), by_kind, by_kind[MATCHED][: plan.subspaces])


def ask(
    model: LanguageModel, source: PathLike, asked: Asked, clamps: Sequence[Clamps], budget: int
) -> list[list[FramedAnswer]]:
    """Every item after every framing: [item][framing].

    Args:
        clamps: of each item.
    """
    items, words = asked
    return [
        [framings.answer(model, framings.frames(model, source, item, framing), of_item, budget) for framing in words]
        for item, of_item in tqdm(
            [*zip(items, clamps, strict=True)], desc=f"{model.name} framings", unit="item", mininterval=5
        )
    ]


def tables(
    answered: Sequence[Sequence[FramedAnswer]], asked: Asked, known: Directions, cells: Tensor, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answers as a table with `FRAMED_COLUMNS`, and values under each null: measure, kind, number, value.

    Args:
        cells: [topic, emotion, d_model] at the main layer.
    """
    items, words = asked
    kinds = [framing.kind for framing in words]
    states = torch.stack([torch.stack([answer.states for answer in of_item]) for of_item in answered])
    shift = shifts(states, kinds, known)
    rows = [
        {"item": item.name, "sort": item.kind, "framing": framing.name, "kind": framing.kind}
        | answered[row][column].row()
        | {"shift_sd": shift[row, column]}
        for row, item in enumerate(items)
        for column, framing in enumerate(words)
    ]
    flat = [answer for of_item in answered for answer in of_item]
    removed = {
        kind: torch.stack([answer.random[kind] for answer in flat]).double().mean(0).numpy() for kind in flat[0].random
    }
    by_run = torch.stack([answer.by_run for answer in flat if len(answer.by_run)])
    nulls = [
        null_table(null_shifts(states, kinds, known, cells, seed), READING),
        null_table(removed, MEDIATION),
        null_table({MATCHED: by_run.double().mean(0).numpy()}, RUN_CLAMPS),
    ]
    return pd.DataFrame(rows)[FRAMED_COLUMNS], pd.concat(nulls, ignore_index=True)


def standardised(states: Tensor, directions: Tensor) -> Array:
    """Shift of readings from neutral to framed words, in standard deviations over items of the readings after neutral words.

    Args:
        states: [item, framing, 2, d_model], after framed, then neutral words. directions: [set, framing, d_model], of any length.
    Returns:
        [set, item, framing]; the deviation is that of each framing.
    """
    readings = torch.einsum("ifsd,nfd->nifs", states.double(), directions.double())
    spread = readings[..., 1].std(dim=1, keepdim=True)
    shift: Array = ((readings[..., 0] - readings[..., 1]) / spread).numpy()
    return shift


def emotions_of(kinds: Sequence[str]) -> list[str]:
    """The emotion that each framing is to raise."""
    return [FRAMED_EMOTIONS[kind] for kind in kinds]


def shifts(states: Tensor, kinds: Sequence[str], known: Directions) -> Array:
    """Standardised shift of the reading of each framing's emotion: [item, framing]."""
    vectors = known.vectors.of(emotions_of(kinds))[:, known.main]
    shift: Array = standardised(states, vectors[None])[0]
    return shift


def null_shifts(
    states: Tensor, kinds: Sequence[str], known: Directions, cells: Tensor, seed: int
) -> Mapping[str, Array]:
    """Mean shift along other directions, one for each kind of framing: kind of null -> [set].

    Label-shuffled vectors are those of the same emotions; Gaussian and semantic directions are drawn. Emotions permuted over the kinds of
    framing tell the emotion that is meant from one that any remark raises: the same framings, every other assignment of their emotions.

    Args:
        cells: [topic, emotion, d_model] at the main layer.
    """
    names = emotions_of(kinds)
    rows = [known.names.index(name) for name in names]
    of_shuffled = known.shuffled[:, rows]
    different = list(dict.fromkeys(names))
    member = [different.index(name) for name in names]
    generator = np.random.default_rng(seed)
    topics, drawn = semantic(cells), (DRAWN_SETS, len(different))
    of_topics = topics[torch.from_numpy(generator.integers(0, len(topics), drawn))]
    signs = torch.from_numpy(generator.choice([-1.0, 1.0], (*drawn, 1)))
    gaussian = torch.from_numpy(generator.normal(size=(*drawn, cells.shape[-1])))
    by_kind = {SHUFFLED: of_shuffled, GAUSSIAN: gaussian[:, member], SEMANTIC: (signs * of_topics)[:, member]}
    by_kind[PERMUTED] = permuted_vectors(kinds, known)
    return {kind: standardised(states, of_kind).mean((1, 2)) for kind, of_kind in by_kind.items()}


def permuted_vectors(kinds: Sequence[str], known: Directions) -> Tensor:
    """Vectors of the emotions in every other assignment to the kinds of framing: [assignment, framing, d_model]."""
    present = list(dict.fromkeys(kinds))
    emotions = list(FRAMED_EMOTIONS.values())
    meant = tuple(FRAMED_EMOTIONS[kind] for kind in present)
    others = [chosen for chosen in permutations(emotions, len(present)) if chosen != meant]
    vectors = known.vectors.of(emotions)[:, known.main]
    rows = [[emotions.index(chosen[present.index(kind)]) for kind in kinds] for chosen in others]
    return vectors[torch.tensor(rows)]


def null_table(nulls: Mapping[str, Array], measure: str) -> pd.DataFrame:
    """Values under each kind of null: measure, kind, number, value."""
    return pd.concat(
        [
            pd.DataFrame({"measure": measure, "kind": kind, "number": range(len(values)), "value": values})
            for kind, values in nulls.items()
        ],
        ignore_index=True,
    )
