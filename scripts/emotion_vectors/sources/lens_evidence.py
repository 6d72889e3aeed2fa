"""Evidence on the tokens that emotion vectors promote most, against directions without the emotion and like emotions (A03b)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.meaning.lens import FamilyLens, promoted
from emotion_vectors.sources.rates import NOT_READ, Row
from emotion_vectors.statistics import effects, permutation, random_directions, resampling
from emotion_vectors.statistics.effects import Scale
from emotion_vectors.statistics.wording import bare
from emotion_vectors.vectors.emotion_vectors import from_cells
from emotion_vectors.vectors.story_cells import semantic, shuffled_vectors

FIRST_TOKENS = 100
"""Of the whole vocabulary."""
SETS, MATCHINGS = 20, 50
"""Sets of directions of each null, all of which go through the unembedding, and matchings of each with the emotions."""


@dataclass(frozen=True)
class LensInputs:
    """What emotion vectors are made of, at the main layer.

    cells: [topic, emotion, d_model]; second: the same of the second hand's stories, None where these were not read.
    """

    cells: Tensor
    second: Tensor | None


def families_among_first(lens: FamilyLens, directions: Tensor) -> NDArray[np.bool_]:
    """Whether a token of the family of each measured emotion is among the first that a direction promotes: [direction, emotion].

    Args:
        directions: [direction, d_model].
    """
    logits = promoted(lens.model, directions)
    limits = logits.topk(min(FIRST_TOKENS, logits.shape[1])).values[:, -1]
    members = [lens.tokens.loc[lens.tokens["emotion"] == emotion, "token_id"].to_list() for emotion in lens.measured]
    best = torch.stack([logits[:, tokens].amax(1) for tokens in members], dim=1)
    among: NDArray[np.bool_] = (best >= limits[:, None]).numpy()
    return among


def null_shares(lens: FamilyLens, sets: Tensor, generator: np.random.Generator) -> NDArray[np.float64]:
    """Shares of emotions with a token of theirs among the first of a direction that is matched with them by chance.

    Args:
        sets: [set, measured emotion, d_model].
    """
    shares = []
    for directions in sets:
        among = families_among_first(lens, directions)
        rows = np.arange(len(among))
        shares += [among[rows, generator.permutation(rows)].mean() for _ in range(MATCHINGS)]
    return np.array(shares)


def sides(lens: FamilyLens, directions: Tensor) -> NDArray[np.bool_]:
    """On which side of the main contrast between the families' words each direction lies: [direction].

    The contrast is the first principal component of the logits of these words over the directions; of emotion vectors, pleasantness.
    """
    logits = promoted(lens.model, directions, lens.tokens["token_id"].tolist()).double()
    left, _, _ = torch.linalg.svd(logits - logits.mean(0), full_matrices=False)
    side: NDArray[np.bool_] = (left[:, 0] > 0).numpy()
    return side


def like_shares(
    among: NDArray[np.bool_], side: NDArray[np.bool_], generator: np.random.Generator
) -> NDArray[np.float64]:
    """Shares of emotions where the vectors are held against the families of other emotions of their side: [matching].

    Half a step is added, since what only equals the families of like emotions does not exceed them.

    Args:
        among: of the true vectors, [direction, emotion].
    """
    rows = np.arange(len(among))
    moved = permutation.moved_within(side, SETS * MATCHINGS, generator)
    shares: NDArray[np.float64] = among[rows, moved].mean(1) + 0.5 / len(rows)
    return shares


def on_first_tokens(lens: FamilyLens, inputs: LensInputs, bootstraps: int, seed: int) -> Row:
    """Evidence on A03b: the share of emotions with a token of their own among the first, minus that of label-shuffled vectors."""
    generator, rows = np.random.default_rng(seed), lens.rows
    vectors = from_cells(inputs.cells)[rows]
    among = families_among_first(lens, vectors)
    hits = among.diagonal().astype(float)
    topics, shape = semantic(inputs.cells), (SETS, len(rows), inputs.cells.shape[-1])
    sets = (
        shuffled_vectors(inputs.cells, SETS, seed)[:, rows],
        random_directions.gaussian(shape, seed),
        topics[torch.from_numpy(generator.integers(0, len(topics), shape[:2]))],
    )
    shuffled, *others = (null_shares(lens, directions, generator) for directions in sets)
    others.append(like_shares(among, sides(lens, vectors), generator))
    chance = shuffled.mean()
    limits = resampling.bootstrap(hits, lambda drawn: hits[drawn].mean() - chance, bootstraps, seed)
    scale = Scale(of="emotions", unit="difference of shares")
    judged = [
        effects.effect(hits.mean() - chance, limits, null - chance, n=len(hits), scale=scale)
        for null in (shuffled, *others)
    ]
    across = NOT_READ
    if inputs.second is not None:
        of_second = families_among_first(lens, from_cells(inputs.second)[rows]).diagonal()
        across = f"across hands {bare(float(of_second.mean() - chance))}"
    beside = (
        f"{across}; share {bare(hits.mean())}, label-shuffled vectors {bare(chance)}, {NULLS_IN_WORDS} "
        + ", ".join(f"{effect.null_percentile:.1f}" for effect in judged)
    )
    return evidence_row("A03b", "own token among the first 100", effects.hardest(judged), beside=beside)


NULLS_IN_WORDS = "percentiles in shuffled, Gaussian and topic directions and in families of like emotions"
