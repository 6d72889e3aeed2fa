"""Do the emotion of the speaker and that of the other one lie along different directions? (A14; figures 17 and 18 of A.)

Both families of vectors are made of the same states, those of the last turn of each speaker: of the present speaker by the emotion of
whoever speaks, of the other one by the emotion of whoever listens. Emotions are crossed, so that neither family holds the other's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.claims.evidence import evidence_row, opposed
from emotion_vectors.context.crossed import Labelled, Numbers, cosines, permuted_within
from emotion_vectors.context.gates import HeldOut, held_out
from emotion_vectors.context.texts import LABELS, numbers_within
from emotion_vectors.statistics import effects
from emotion_vectors.statistics.effects import LEAST_RELIABILITY, Effect, Scale
from emotion_vectors.statistics.resampling import Draws, percentile_interval, weights
from emotion_vectors.stimuli.function.speakers import SpeakerDialogue

Array = NDArray[np.float64]
Family = tuple[Array, Array]
"""Vectors of one kind by the dialogues of each half: two of [emotion, d_model]."""

PRESENT, OTHER = 0, 1
NAMES = {PRESENT: "present speaker", OTHER: "other speaker"}
BETWEEN = "present and other speaker"
COSINE = Scale("dialogues", "corrected cosine", reference=1.0, two_sided=True)


@dataclass(frozen=True)
class Dialogues:
    """States of the last turn of both speakers, and what both feel.

    by_label: [label, dialogue, speaker, d_model], of speakers who are called by each label; pairs: [dialogue, speaker], number of the
    emotion of each; half: [dialogue], 0 for the first dialogue of two emotions, 1 for the second; emotions: their names.
    """

    by_label: Array
    pairs: Numbers
    half: Numbers
    emotions: list[str]

    def labelled(self, label: int | None = None, pairs: Numbers | None = None) -> Labelled:
        """States with three labels: emotion of the present speaker, of the other one, and who speaks, the first or the second.

        Args:
            label: of the speaker at whose turns states are read; None for the mean over both.
            pairs: [dialogue, speaker], other emotions than the true ones.
        """
        states = self.by_label.mean(0) if label is None else self.by_label[label]
        felt = self.pairs if pairs is None else pairs
        speaker = np.broadcast_to([0, 1], felt.shape)
        labels = np.stack([felt.ravel(), felt[:, ::-1].ravel(), speaker.ravel()])
        unit = np.arange(len(felt)).repeat(2)
        return Labelled(states.reshape(len(unit), -1), labels, self.half.repeat(2), unit)

    def exchanged(self, generator: np.random.Generator) -> Labelled:
        """States with present and other speaker exchanged in half of the dialogues, at random."""
        true = self.labelled()
        turned = generator.integers(0, 2, len(self.pairs)).astype(bool).repeat(2)
        first, second, speaker = true.labels
        labels = np.stack([np.where(turned, second, first), np.where(turned, first, second), speaker])
        return true.relabelled(labels)

    def permuted(self, generator: np.random.Generator) -> Labelled:
        """States under the emotions of another dialogue of the same half."""
        return self.labelled(pairs=self.pairs[permuted_within(self.half, generator)])


def dialogues_of(dialogues: Sequence[SpeakerDialogue], by_label: Array, placebo: int | None) -> Dialogues:
    """Dialogues with their states [label, dialogue, speaker, d_model].

    Args:
        placebo: seed by which dialogues bear the emotions of another one of the same half; None for their own.
    """
    emotions = list(dict.fromkeys(name for dialogue in dialogues for name in dialogue.emotions))
    pairs = np.array([[emotions.index(name) for name in dialogue.emotions] for dialogue in dialogues])
    half = np.array(numbers_within([dialogue.emotions for dialogue in dialogues])) % 2
    if placebo is not None:
        pairs = pairs[permuted_within(half, np.random.default_rng(placebo))]
    return Dialogues(by_label, pairs, half, emotions)


def family_of(labelled: Labelled, kind: int, times: Array | None = None) -> Family:
    """Vectors of the present or of the other speaker, by half."""
    first, second = labelled.of_halves(times)
    return first[kind], second[kind]


def crossed_cosines(left: Family, right: Family) -> Array:
    """Cosines of the vectors of one half with those of the other, both ways: [emotion, emotion]; no dialogue meets itself."""
    return (cosines(left[0], right[1]) + cosines(left[1], right[0])) / 2


def corrected_cosine(left: Family, right: Family, emotions: Array | None = None) -> float:
    """Mean cosine of the same emotion in two families, divided by the geometric mean of their split-half reliabilities.

    Args:
        emotions: weight of each emotion, summing to one; equal ones by default.
    """
    count = len(left[0])
    share = np.full(count, 1 / count) if emotions is None else emotions
    of_both, of_left, of_right = (
        float(np.diagonal(crossed_cosines(*pair)) @ share) for pair in ((left, right), (left, left), (right, right))
    )
    return of_both / float(np.sqrt(max(of_left, LEAST_RELIABILITY) * max(of_right, LEAST_RELIABILITY)))


def reliability(family: Family) -> float:
    """Mean cosine of the two halves."""
    return float(np.diagonal(crossed_cosines(family, family)).mean())


def same_direction_null(dialogues: Dialogues, draws: Draws) -> tuple[Array, Array]:
    """Corrected cosines of what is the same: halves of one family, and families whose speakers are exchanged at random: [draw] each.

    Halves of a family are made of dialogues at random, half of each half, the present and the other speaker's in turn.
    """
    generator, true = draws.generator(1), dialogues.labelled()
    split, exchanged = [], []
    for draw in range(draws.shuffles):
        chosen = generator.integers(0, 2, len(dialogues.pairs)).repeat(2).astype(float)
        one, rest = (family_of(true, draw % 2, times) for times in (chosen, 1 - chosen))
        split.append(corrected_cosine(one, rest))
        mixed = dialogues.exchanged(generator)
        exchanged.append(corrected_cosine(family_of(mixed, PRESENT), family_of(mixed, OTHER)))
    return np.array(split), np.array(exchanged)


def decoded(dialogues: Dialogues, draws: Draws) -> dict[int, HeldOut]:
    """How often the vectors of each family name the emotion of a held-out turn."""
    generator = draws.generator(2)
    permuted = [dialogues.permuted(generator) for _ in range(draws.shuffles)]
    return {kind: held_out(dialogues.labelled(), permuted, kind) for kind in NAMES}


def comparisons(dialogues: Dialogues, draws: Draws) -> dict[str, Effect]:
    """Corrected cosines of both families, and of each family made at the turns of speakers with one label and with the other.

    Intervals draw dialogues anew within halves, and emotions. The null is of what is the same; of its two kinds the one that the
    estimate exceeds least.
    """
    sides = {
        BETWEEN: ((None, PRESENT), (None, OTHER)),
        **{f"{NAMES[kind]}, {LABELS[0]} and {LABELS[1]}": ((0, kind), (1, kind)) for kind in NAMES},
    }
    labelled = {label: dialogues.labelled(label) for label in (None, 0, 1)}
    generator, nulls = draws.generator(3), same_direction_null(dialogues, draws)
    of_emotions = weights(len(dialogues.emotions), draws.bootstraps, draws.generator(4))
    samples: dict[str, list[float]] = {name: [] for name in sides}
    for share in of_emotions:
        times = labelled[None].drawn(generator)
        halves = {label: states.of_halves(times) for label, states in labelled.items()}
        for name, ends in sides.items():
            left, right = ((halves[label][0][kind], halves[label][1][kind]) for label, kind in ends)
            samples[name].append(corrected_cosine(left, right, share))
    measured = {}
    for name, ends in sides.items():
        left, right = (family_of(labelled[label], kind) for label, kind in ends)
        estimate = corrected_cosine(left, right)
        interval = percentile_interval(samples[name])
        of_nulls = [effects.effect(estimate, interval, null, n=len(dialogues.pairs), scale=COSINE) for null in nulls]
        measured[name] = effects.hardest(of_nulls)
    return measured


def evidence_on_speakers(dialogues: Dialogues, measured: dict[str, Effect], draws: Draws) -> dict[str, Any]:
    """Evidence on A14."""
    gates, labelled = decoded(dialogues, draws), dialogues.labelled()
    families = {kind: family_of(labelled, kind) for kind in NAMES}
    raw = float(np.diagonal(crossed_cosines(families[PRESENT], families[OTHER])).mean())
    between = measured[BETWEEN]
    said = [
        f"not corrected {raw:.3f}",
        f"the corrected cosine is {'negative' if between.estimate < 0 else 'not negative'}",
    ]
    said += [
        f"{name}, reliability {reliability(families[kind]):.3f}, named in {gates[kind].accuracy:.3f} of held-out turns"
        for kind, name in NAMES.items()
    ]
    said += [f"{name}, corrected {effect.estimate:.2f}" for name, effect in measured.items() if name != BETWEEN]
    closed = [gates[kind].closed(f"emotions of the {name}") for kind, name in NAMES.items()]
    guard = "; ".join(reason for reason in closed if reason)
    turned = opposed(between.estimate, "vectors of both families")
    return evidence_row("A14", BETWEEN, between, guard=guard, unconfirmed=turned, beside="; ".join(said))


def comparison_table(measured: dict[str, Effect]) -> pd.DataFrame:
    """Corrected cosines as rows: comparison, estimate, low, high, null_95, reference."""
    rows = [
        (name, effect.estimate, effect.low, effect.high, effect.null_95, effect.reference)
        for name, effect in measured.items()
    ]
    return pd.DataFrame(rows, columns=["comparison", "estimate", "low", "high", "null_95", "reference"])


def cosine_blocks(dialogues: Dialogues) -> pd.DataFrame:
    """Cosines between halves of every vector of both families with every other.

    Returns:
        family, emotion, other_family, other_emotion, cosine.
    """
    labelled, rows = dialogues.labelled(), []
    for kind, other in product(NAMES, NAMES):
        table = crossed_cosines(family_of(labelled, kind), family_of(labelled, other))
        for row, column in np.ndindex(table.shape):
            ends = (NAMES[kind], dialogues.emotions[row], NAMES[other], dialogues.emotions[column])
            rows.append((*ends, float(table[row, column])))
    return pd.DataFrame(rows, columns=["family", "emotion", "other_family", "other_emotion", "cosine"])
