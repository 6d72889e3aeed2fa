"""Evidence on what tuning shifts: the same on two sets of prompts, and which emotions rise and fall (A30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from emotion_vectors.claims.evidence import evidence_row, untested_row
from emotion_vectors.posttraining.gates import unreadable
from emotion_vectors.posttraining.shifts import Array, TunedPair
from emotion_vectors.preferences.association import standardised
from emotion_vectors.statistics import effects, random_directions, resampling
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.effects import Effect, Scale
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.statistics.wording import bare

CLAIM = "A30"
SAME = "same shift on two prompt sets"
NAMED = {
    "brooding, gloomy, reflective rise": ("brooding", "gloomy", "reflective"),
    "spiteful, playful fall": ("spiteful", "playful"),
}
"""Parts on emotions that are named, each with these."""
AGREEMENT = Scale("emotions", "Pearson r", two_sided=True)
SHIFT = Scale("prompts", "SD of the shift over emotions", two_sided=True)
COLUMNS = ["emotion", "shift_first_norm_fraction", "shift_second_norm_fraction", "shift_sd"]


@dataclass(frozen=True)
class Shifted:
    """What all rows share: a tuned model with its base, and draws."""

    pair: TunedPair
    draws: Draws

    def drawn(self) -> tuple[Array, Array]:
        """Resamples of the prompts of either set, as weights: [resample, prompt of the set]."""
        generator, count = self.draws.generator(0), self.draws.bootstraps
        first, second = (int(inside.sum()) for inside in (self.pair.first, ~self.pair.first))
        return resampling.weights(first, count, generator), resampling.weights(second, count, generator)

    def gaussian_sets(self) -> Array:
        """Shifts along sets of Gaussian directions, as many in each as there are emotions: [prompt, set x emotion]."""
        emotions, width = self.pair.tuned.vectors.shape
        drawn = random_directions.gaussian_sets(self.draws.shuffles, emotions, width, self.draws.seed)
        return self.pair.shifts(drawn.flatten(0, 1))

    def random_offsets(self) -> Array:
        """Readings along the true vectors of offsets as long as the shared one, in Gaussian directions: [draw, emotion].

        Vectors of like emotions read alike of them, as they do of the true offset.
        """
        offset, vectors = self.pair.offset, self.pair.tuned.vectors.double()
        drawn = random_directions.gaussian((self.draws.shuffles, len(offset)), self.draws.seed + 1, offset.dtype)
        readings: Array = (offset.norm() * unit(drawn) @ unit(vectors).T).numpy()
        return readings

    def shuffled_sets(self) -> Array:
        """Shifts along label-shuffled sets of vectors of the tuned model: [prompt, set x emotion]."""
        return self.pair.shifts(self.pair.shuffled.flatten(0, 1))

    def by_set(self, shifts: Array) -> tuple[Array, Array]:
        """Means over the prompts of either set of shifts [prompt, direction]: [direction] each."""
        return shifts[self.pair.first].mean(0), shifts[~self.pair.first].mean(0)


def rows(shifted: Shifted) -> list[dict[str, Any]]:
    """Evidence on every part of A30."""
    guard = unreadable(shifted.pair)
    named = [evidence_row(CLAIM, part, _named(shifted, emotions), guard=guard) for part, emotions in NAMED.items()]
    return [_same(shifted, guard), *named]


def untested(model: str, base: str, pairs: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Rows of a model whose base is not studied beside it.

    Args:
        base: row of its base model, empty where its row names none. pairs: rows of the table of models that name one, each with it.
    """
    lacking = (
        f"its base model {base} is not among the models that this study runs" if base else "its row names no base model"
    )
    known = ", ".join(f"{tuned} beside {untuned}" for tuned, untuned in pairs)
    gate = f"{model}: {lacking}; of workflow/models.tsv would test it: {known or 'no row'}"
    return [untested_row(CLAIM, part, gate) for part in (SAME, *NAMED)]


def _same(shifted: Shifted, guard: str) -> dict[str, Any]:
    """Correlation over emotions of the mean shifts on either set; prompts and emotions are drawn anew.

    Nulls: the emotions of one set permuted; sets of label-shuffled vectors, along which tuning may shift alike as well; and the true
    vectors, with what both sets share pointing anywhere. Tuning adds much to one token whatever is said, which makes any directions agree.
    """
    shifts, draws = shifted.pair.along_vectors, shifted.draws
    first, second = shifted.by_set(shifts)
    generator, emotions = draws.generator(1), len(first)
    of_first, of_second = shifted.drawn()
    columns = generator.integers(0, emotions, (draws.bootstraps, emotions))
    drawn = [
        np.take_along_axis(weights @ shifts[inside], columns, 1)
        for weights, inside in ((of_first, shifted.pair.first), (of_second, ~shifted.pair.first))
    ]
    orders = generator.permuted(np.broadcast_to(np.arange(emotions), (draws.shuffles, emotions)), axis=1)
    in_sets = [means.reshape(-1, emotions) for means in shifted.by_set(shifted.shuffled_sets())]
    offsets, apart = shifted.random_offsets(), (first - second) / 2
    nulls = {
        "permuted emotions": _rowwise(np.broadcast_to(first, orders.shape), second[orders]),
        "label-shuffled sets": _rowwise(*in_sets),
        "offsets in random directions": _rowwise(offsets + apart, offsets - apart),
    }
    interval = resampling.percentile_interval(_rowwise(*drawn))
    estimate = effects.pearson(first, second)
    judged: dict[str, Effect] = {
        name: effects.effect(estimate, interval, null, n=emotions, scale=AGREEMENT) for name, null in nulls.items()
    }
    by_each = effects.pearson(*shifted.by_set(shifted.pair.by_vectors_of_each))
    halves = [_between_halves(shifts[inside]) for inside in (shifted.pair.first, ~shifted.pair.first)]
    percentiles = ", ".join(f"{name} {effect.null_percentile:.1f}" for name, effect in judged.items())
    common, in_shuffled = float(_shared(first, second)), float(np.median(_shared(*in_sets)))
    beside = (
        f"each model by its vectors {bare(by_each)}; between halves of one set {bare(halves[0])} and {bare(halves[1])}; what all prompts "
        f"share makes {common:.3f} of the variance over emotions, {in_shuffled:.3f} over label-shuffled sets (median), and without it two "
        f"sets are mirror images whatever the directions; percentiles among {percentiles}"
    )
    return evidence_row(CLAIM, SAME, effects.hardest(judged.values()), guard=guard, beside=beside)


def _shared(first: Array, second: Array) -> Array:
    """Share of the variance over the last axis of shifts on two sets that their mean makes: [...]; 0 where they do not vary."""
    common, apart = ((first + sign * second).var(-1) for sign in (1, -1))
    share: Array = np.divide(common, common + apart, out=np.zeros_like(common), where=common + apart > 0)
    return share


def _rowwise(left: Array, right: Array) -> Array:
    """Pearson correlation of each row with the same row of another table: [row]."""
    correlation: Array = (standardised(left) * standardised(right)).mean(-1)
    return correlation


def _between_halves(shifts: Array) -> float:
    """Correlation over emotions of the mean shifts on every second prompt and on the others."""
    return effects.pearson(shifts[0::2].mean(0), shifts[1::2].mean(0))


def _named(shifted: Shifted, emotions: Sequence[str]) -> Effect:
    """Mean standardised shift of some emotions, both sets alike in weight; prompts are drawn anew.

    Nulls: sets of Gaussian and of label-shuffled vectors; and the true vectors with the shift in random directions, since the mean of
    emotions whose vectors are alike spreads more widely than that of vectors that are not.
    """
    columns = [shifted.pair.emotions.index(emotion) for emotion in emotions]
    count = len(shifted.pair.emotions)

    def of_named(*means: Array) -> Array:
        """[row] of mean shifts on either set [row, emotion]."""
        standard: Array = standardised(means[0] + means[1])[..., columns].mean(-1)
        return standard

    shifts = shifted.pair.along_vectors
    drawn = [
        weights @ shifts[inside]
        for weights, inside in zip(shifted.drawn(), (shifted.pair.first, ~shifted.pair.first), strict=True)
    ]
    interval, estimate = resampling.percentile_interval(of_named(*drawn)), float(of_named(*shifted.by_set(shifts)))
    nulls = [
        of_named(*(means.reshape(-1, count) for means in shifted.by_set(sets)))
        for sets in (shifted.gaussian_sets(), shifted.shuffled_sets())
    ]
    offsets = shifted.random_offsets()
    nulls.append(of_named(offsets, offsets))
    return effects.hardest(effects.effect(estimate, interval, null, n=len(shifts), scale=SHIFT) for null in nulls)


def emotion_shifts(shifted: Shifted) -> pd.DataFrame:
    """Mean shift of every emotion on either set, and of both in standard deviations over emotions: `COLUMNS`."""
    first, second = shifted.by_set(shifted.pair.along_vectors)
    return pd.DataFrame(
        dict(zip(COLUMNS, (shifted.pair.emotions, first, second, standardised(first + second)), strict=True))
    )
