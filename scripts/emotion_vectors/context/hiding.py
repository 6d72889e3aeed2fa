"""Does an emotion that is hidden behind another one lie outside the space of the story vectors? (A31; appendix of A on deflection.)

Vectors of hidden and of shown emotions are made of the turns after the preamble, each freed of the other. What of them lies outside is
measured by inner products of the two halves of the dialogues, in which noise, which lies mostly outside, has no share. What the
preamble tells of a feeling and nobody expresses may lie outside as well, so all this is of emotions that are told and not shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.context.crossed import Labelled, Numbers, cosines, permuted_within
from emotion_vectors.context.gates import HeldOut, held_out
from emotion_vectors.context.states import numbers_of
from emotion_vectors.context.texts import numbers_within
from emotion_vectors.statistics import effects
from emotion_vectors.statistics.effects import Effect, Scale
from emotion_vectors.statistics.resampling import Draws, percentile_interval, weights
from emotion_vectors.stimuli.function.hidden import EMOTIONS_OF_HIDING, HiddenDialogue
from emotion_vectors.vectors.emotion_vectors import from_cells

Array = NDArray[np.float64]

FELT, SHOWN = 0, 1
VARIANCE = 0.99
"""Share of the variance of the story vectors that their space holds."""
HELD_OUT = 4
"""One topic of so many goes into each half of the story vectors that take no part in the space, at least one."""
OUTSIDE = Scale("dialogues", "share of norm")


def story_space(vectors: Array) -> Array:
    """Components that hold 99 % of the variance of vectors [emotion, d_model]: orthonormal [component, d_model]."""
    _, sizes, directions = np.linalg.svd(vectors - vectors.mean(0), full_matrices=False)
    explained = np.cumsum(sizes**2) / (sizes**2).sum()
    space: Array = directions[: int((explained < VARIANCE).sum()) + 1]
    return space


def outside(vectors: Array, space: Array) -> Array:
    """Vectors [..., d_model] without what lies in a space."""
    left: Array = vectors - (vectors @ space.T) @ space
    return left


def shared_squares(first: Array, second: Array, space: Array, emotions: Array | None = None) -> tuple[float, float]:
    """Squared norms that two halves agree on, inside a space and outside: inner products of the halves, summed over emotions.

    Noise adds nothing to their mean.

    Args:
        first, second: [emotion, d_model]; emotions: how much each counts, once by default.
    """
    left, right = outside(first, space), outside(second, space)
    of_each = np.stack([((first - left) * (second - right)).sum(1), (left * right).sum(1)])
    within, without = of_each.sum(1) if emotions is None else of_each @ emotions
    return float(within), float(without)


def reliable_share(first: Array, second: Array, space: Array, emotions: Array | None = None) -> float:
    """Share of the norm of vectors outside a space that two halves agree on, 0 to 1: see `shared_squares`.

    A square that is negative, as noise around nothing can be, counts as none: a share of 1 may mean that nothing was found inside.
    """
    within, without = (max(0.0, square) for square in shared_squares(first, second, space, emotions))
    return float(np.sqrt(without / (without + within))) if without else 0.0


@dataclass(frozen=True)
class Hiding:
    """Dialogues with their states, and the space that they are held against.

    labelled: states with the hidden and the shown emotion as labels; groups: [dialogue], those of one shown emotion and one number
    within their cell, among which hidden emotions can be permuted; space: [component, d_model]; numbers: of the emotions that
    are hidden among those of the story vectors; story_vectors: [emotion, d_model], of these emotions.
    """

    labelled: Labelled
    groups: Numbers
    space: Array
    numbers: list[int]
    story_vectors: Array

    def share(self, label: int) -> float:
        """Reliable share of the norm of the vectors of hidden or of shown emotions outside the space."""
        first, second = self.labelled.of_halves()
        return reliable_share(first[label], second[label], self.space)

    def drawn(self, generator: np.random.Generator) -> tuple[float, float, bool]:
        """Shares of hidden and of shown emotions with dialogues drawn anew within halves, and emotions; whether nothing is inside.

        Vectors of hidden emotions have nothing inside the space where the inner product of their halves is not above nought there.
        """
        first, second = self.labelled.of_halves(self.labelled.drawn(generator))
        emotions = weights(len(first[FELT]), 1, generator)[0]
        hidden, shown = (reliable_share(first[kind], second[kind], self.space, emotions) for kind in (FELT, SHOWN))
        within, _ = shared_squares(first[FELT], second[FELT], self.space, emotions)
        return hidden, shown, within <= 0

    def permuted(self, generator: np.random.Generator) -> Labelled:
        """States with the hidden emotions permuted among dialogues that show the same."""
        return permuted_hidden(self.labelled, self.groups, generator)


def permuted_hidden(labelled: Labelled, groups: Numbers, generator: np.random.Generator) -> Labelled:
    """States with the hidden emotions permuted within groups."""
    hidden, shown = labelled.labels
    return labelled.relabelled(np.stack([hidden[permuted_within(groups, generator)], shown]))


def hiding_of(
    dialogues: Sequence[HiddenDialogue], states: Array, cells: Tensor, emotions: Sequence[str], placebo: int | None
) -> Hiding:
    """Dialogues with their states [dialogue, d_model], held against the vectors of story cells [topic, emotion, d_model].

    Args:
        emotions: of the cells; placebo: seed by which hidden emotions are permuted among dialogues that show the same, None for none.
    """
    names, felt = list(EMOTIONS_OF_HIDING), [(dialogue.hidden, dialogue.shown) for dialogue in dialogues]
    number = np.array(numbers_within(felt))
    labels = np.array([[names.index(name) for name in both] for both in felt]).T
    labelled = Labelled(states, labels, number % 2, np.arange(len(states)))
    groups = labels[SHOWN] * (number.max() + 1) + number
    if placebo is not None:
        labelled = permuted_hidden(labelled, groups, np.random.default_rng(placebo))
    vectors, numbers = vectors_of(cells), numbers_of(names, emotions)
    return Hiding(labelled, groups, story_space(vectors), numbers, vectors[numbers])


def vectors_of(cells: Tensor) -> Array:
    """Emotion vectors [emotion, d_model] of cells [topic, emotion, d_model]."""
    vectors: Array = from_cells(cells.double()).numpy()
    return vectors


def held_out_stories(cells: Tensor, emotions: Sequence[int], draws: Draws) -> Array:
    """Reliable share outside of story vectors whose topics took no part in the space: [draw].

    Topics are drawn for each half of these vectors, and all others make the space. It is made of fewer topics than that of the
    estimate, so that it holds less of them: that makes the null wider, not narrower.

    Args:
        cells: [topic, emotion, d_model]; emotions: numbers of those that are hidden.
    """
    generator, shares = draws.generator(1), []
    size = max(1, len(cells) // HELD_OUT)
    for _ in range(draws.shuffles):
        order = generator.permutation(len(cells))
        first, second = (vectors_of(cells[rows])[emotions] for rows in (order[:size], order[size : 2 * size]))
        shares.append(reliable_share(first, second, story_space(vectors_of(cells[order[2 * size :]]))))
    return np.array(shares)


def hidden_decoded(hiding: Hiding, draws: Draws) -> HeldOut:
    """How often the vectors of hidden emotions name that of a held-out dialogue."""
    generator = draws.generator(2)
    return held_out(hiding.labelled, (hiding.permuted(generator) for _ in range(draws.shuffles)), FELT)


@dataclass(frozen=True)
class Shares:
    """Shares of norm outside the story space.

    hidden: with both nulls, of which the one that it exceeds least counts; shown, stories: of emotions that are shown in the same
    dialogues, with dialogues and emotions drawn anew, and of held-out story vectors: [draw]; nothing_inside: share of the former draws in
    which hidden emotions have nothing inside, so that their share is 1 whatever lies outside.
    """

    hidden: Effect
    shown: Array
    stories: Array
    nothing_inside: float


def measure(hiding: Hiding, stories: Array, draws: Draws) -> Shares:
    """Reliable shares with their intervals: dialogues are drawn anew within halves, and emotions.

    Args:
        stories: of held-out story vectors, [draw].
    """
    generator, estimate = draws.generator(3), hiding.share(FELT)
    hidden, shown, empty = np.array([hiding.drawn(generator) for _ in range(draws.bootstraps)]).T
    interval, units = percentile_interval(hidden), len(hiding.labelled.states)
    # As far below the estimate as shown emotions were below hidden ones in the same resample: the noise of both is in it.
    of_shown = estimate - (hidden - shown)
    nulls = [effects.effect(estimate, interval, null, n=units, scale=OUTSIDE) for null in (stories, of_shown)]
    return Shares(effects.hardest(nulls), shown, stories, float(empty.mean()))


def evidence_on_hiding(hiding: Hiding, shares: Shares, draws: Draws) -> dict[str, Any]:
    """Evidence on A31."""
    gate = hidden_decoded(hiding, draws)
    first, second = hiding.labelled.of_halves()
    whole = (first[FELT] + second[FELT]) / 2
    raw = np.linalg.norm(outside(whole, hiding.space), axis=1) / np.linalg.norm(whole, axis=1)
    alike = np.diagonal(cosines(whole, hiding.story_vectors)).mean()
    beside = (
        f"of the squared norm {shares.hidden.estimate**2:.2f}; noise included {raw.mean():.2f}; nothing inside the space in "
        f"{shares.nothing_inside:.3f} of resamples; emotions shown in the same dialogues "
        f"{hiding.share(SHOWN):.2f}; held-out story vectors {np.median(shares.stories):.2f}; cosine with the story vectors {alike:.2f}; "
        f"hidden emotion named in {gate.accuracy:.3f} of held-out dialogues; space of {len(hiding.space)} components"
    )
    part = "norm outside the story space"
    return evidence_row("A31", part, shares.hidden, guard=gate.closed("hidden emotions"), beside=beside)


def share_table(hiding: Hiding, shares: Shares) -> pd.DataFrame:
    """Shares of norm outside the story space: what, estimate, low, high."""
    rows = [("hidden emotions", shares.hidden.estimate, shares.hidden.low, shares.hidden.high)]
    rows.append(("shown emotions", hiding.share(SHOWN), *percentile_interval(shares.shown)))
    rows.append(("held-out story vectors", float(np.median(shares.stories)), *percentile_interval(shares.stories)))
    return pd.DataFrame(rows, columns=["what", "share", "low", "high"])
