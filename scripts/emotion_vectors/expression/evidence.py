"""Evidence on W02, W03, W08 and O04 from the replies of all arms, each part with the null that it is registered with.

Intervals resample scenarios. Where the original has one number for six emotions, so has every statistic here: the mean over them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.claims.evidence import evidence_row, untested_row
from emotion_vectors.expression import arm_names
from emotion_vectors.expression.rates import Array, Hits, hits_of, of_arm
from emotion_vectors.replies.transcripts import UNSTEERED
from emotion_vectors.statistics import permutation, resampling
from emotion_vectors.statistics.effects import Effect, Scale, effect
from emotion_vectors.statistics.resampling import Draws, percentile_interval
from emotion_vectors.stimuli.events import EMOTIONS

CHANCE = 1 / len(EMOTIONS)
SURPRISE = list(EMOTIONS).index("surprise")
SHARE = "share of replies"
DIFFERENCE = "difference of shares"
PAIRS = "pairs of replies"
NEITHER = "neither method raises the target rate"
PARTS = {
    "W02": ("target rate", "above unsteered"),
    "W03": ("surprise minus the mean of the others", "surprise minus the lowest of the others"),
    "W08": ("circuit minus steering", "circuit minus prompting"),
    "O04": ("smaller as a share of larger rise", "story vectors, rise", "instruction vectors, rise"),
}
LEAST_SHARE = -1.0
"""A smaller rise that is a fall of more than the larger rise counts as such a fall."""


def interval(values: Array, hits: Hits, draws: Draws, statistic: Callable[[Array], Array]) -> tuple[float, float]:
    """Interval of a statistic [resample] of means over events [resample, ...], resampling scenarios; values: [event, ...]."""
    by_scenario = hits.means(values)
    drawn = resampling.weights(len(by_scenario), draws.bootstraps, draws.seed)
    return percentile_interval(statistic(np.tensordot(drawn, by_scenario, 1)))


def mean(rates: Array) -> Array:
    """Mean over the emotions, the last axis."""
    means: Array = rates.mean(-1)
    return means


def assignments(directions: int, draws: Draws) -> NDArray[np.int64]:
    """Random directions in the place of those of the emotions, no direction twice: [draw, emotion].

    Raises:
        ValueError: there are fewer directions than emotions.
    """
    if directions < len(EMOTIONS):
        raise ValueError(
            f"{directions} random directions for {len(EMOTIONS)} emotions; raise circuits.random_directions"
        )
    return np.argsort(draws.generator(1).random((draws.shuffles, directions)), axis=1)[:, : len(EMOTIONS)]


def random_rates(hits: Hits, draws: Draws) -> Array:
    """Target rate of every emotion when random directions stand for the six: [draw, emotion]."""
    rates = hits.random.mean(0)
    return np.asarray(rates[assignments(rates.shape[0], draws), np.arange(len(EMOTIONS))])


def target_rate(hits: Hits, draws: Draws) -> Effect:
    """Target rate of the steered replies beside random directions (W02)."""
    steered = hits.aimed[arm_names.STEERING]
    return effect(
        float(steered.mean()),
        interval(steered, hits, draws, mean),
        mean(random_rates(hits, draws)),
        n=steered.size,
        scale=Scale(of="replies", unit=SHARE, reference=CHANCE, two_sided=True),
    )


def rise(hits: Hits, arm: str, draws: Draws) -> Effect:
    """Target rate of an arm minus that of unsteered replies to the same events, beside random directions (W02, O04)."""
    differences = hits.aimed[arm] - hits.unsteered
    null = mean(random_rates(hits, draws) - hits.unsteered.mean(0))
    return effect(
        float(differences.mean()),
        interval(differences, hits, draws, mean),
        null,
        n=differences.size,
        scale=Scale(of=PAIRS, unit=DIFFERENCE, two_sided=True),
    )


def minus_mean(rates: Array) -> Array:
    """Rate of surprise minus the mean of the other emotions: [...] of [..., emotion]."""
    differences: Array = rates[..., SURPRISE] - np.delete(rates, SURPRISE, -1).mean(-1)
    return differences


def minus_lowest(rates: Array) -> Array:
    """Rate of surprise minus the lowest of the other emotions."""
    differences: Array = rates[..., SURPRISE] - np.delete(rates, SURPRISE, -1).min(-1)
    return differences


def surprise(hits: Hits, statistic: Callable[[Array], Array], draws: Draws) -> Effect:
    """Surprise beside the other emotions under steering (W03). Null: which emotion a reply was meant for, permuted within events."""
    steered = hits.aimed[arm_names.STEERING]
    permuted = permutation.permuted_sets(steered, draws.shuffles, draws.generator(2))
    return effect(
        float(statistic(steered.mean(0))),
        interval(steered, hits, draws, statistic),
        statistic(permuted.mean(1)),
        n=steered.size,
        scale=Scale(of="replies", unit=DIFFERENCE, two_sided=True),
    )


def versus(hits: Hits, arm: str, other: str, draws: Draws) -> Effect:
    """Target rate of one arm minus that of another (W08). Null: arms exchanged at random within event and emotion."""
    differences = hits.aimed[arm] - hits.aimed[other]
    signs = draws.generator(3).choice([-1.0, 1.0], (draws.shuffles, *differences.shape))
    return effect(
        float(differences.mean()),
        interval(differences, hits, draws, mean),
        (signs * differences).mean((1, 2)),
        n=differences.size,
        scale=Scale(of=PAIRS, unit=DIFFERENCE, two_sided=True),
    )


def smaller_over_larger(rises: Array) -> Array:
    """The smaller of two mean rises as a share of the larger: [...] of [..., method]; 0 where neither is a rise."""
    smaller, larger = rises.min(-1), rises.max(-1)
    ratios = np.divide(smaller, larger, out=np.zeros_like(larger), where=larger > 0)
    shares: Array = np.clip(ratios, LEAST_SHARE, None)
    return shares


def equality(hits: Hits, draws: Draws) -> tuple[Effect, str]:
    """Smaller as a share of larger rise (O04), and what the same is when the two methods are exchanged at random.

    Null: random directions in the place of the method with the smaller rise. Exchanging the methods cannot be the null, since it makes
    them equal, which is what the claim says; where the share falls short of what the exchange gives, they differ.
    """
    both = np.stack([hits.aimed[arm] - hits.unsteered for arm in (arm_names.STORIES, arm_names.STEERING)], -1)
    rises = both.mean((0, 1))
    random = mean(random_rates(hits, draws) - hits.unsteered.mean(0))
    null = smaller_over_larger(np.stack([random, np.full_like(random, rises.max())], -1))
    estimate = float(smaller_over_larger(rises))
    equal = effect(
        estimate,
        interval(both, hits, draws, lambda rates: smaller_over_larger(rates.mean(-2))),
        null,
        n=both[..., 0].size,
        scale=Scale(of=PAIRS, unit="share of the larger rise", two_sided=True),
    )
    swapped = draws.generator(4).random((draws.shuffles, *both.shape[:2])) < 0.5
    kept = np.where(swapped[..., None], both[..., ::-1], both).mean((1, 2))
    low = float(np.quantile(smaller_over_larger(kept), 0.05))
    return equal, f"with the methods exchanged at random at least {low:.2f} in 95 of 100 draws"


def evidence_of(
    judged: pd.DataFrame, rates: pd.DataFrame, closed: str, said: str, draws: Draws
) -> list[dict[str, Any]]:
    """Evidence on every part, or the gate that keeps it from being tested.

    Args:
        judged: replies of all arms, as `judgements.of_arms`; rates: as `rates.rate_table`.
        closed: what stopped the readout, in words; empty where the gate is open.
        said: what written replies say about the same, and how far two hands agree with the judge, in words.
    """
    return closed_rows(closed, rates, said) if closed else rows(hits_of(judged), rates, said, draws)


def rows(hits: Hits, rates: pd.DataFrame, said: str, draws: Draws) -> list[dict[str, Any]]:
    """Evidence on every part, where the gate is open.

    Args:
        rates: as `rates.rate_table`. said: as in `evidence_of`.
    """
    rises = {arm: rise(hits, arm, draws) for arm in (arm_names.STEERING, arm_names.STORIES)}
    share, exchanged = equality(hits, draws)
    raised = any(effect.low > 0 and effect.null_percentile > 95 for effect in rises.values())
    effects = {
        "W02": (target_rate(hits, draws), rises[arm_names.STEERING]),
        "W03": (surprise(hits, minus_mean, draws), surprise(hits, minus_lowest, draws)),
        "W08": tuple(
            versus(hits, arm_names.CIRCUIT, other, draws) for other in (arm_names.STEERING, arm_names.PROMPTING)
        ),
        "O04": (share, rises[arm_names.STORIES], rises[arm_names.STEERING]),
    }
    beside, evidence = texts(hits, rates), []
    for claim, parts in PARTS.items():
        for part, measured in zip(parts, effects[claim], strict=True):
            guard = "" if measured is not share or raised else NEITHER
            shown = [beside[claim], *([exchanged] if measured is share else []), said]
            evidence.append(evidence_row(claim, part, measured, guard=guard, beside="; ".join(shown)))
    return evidence


def closed_rows(closed: str, rates: pd.DataFrame, said: str) -> list[dict[str, Any]]:
    """Every part as not tested behind a closed gate, with the rate that asking for the emotion gives."""
    asked = f"asked for, the emotion is voiced by {of_arm(rates, arm_names.PROMPTING)['target_rate']:.2f} of held-out replies"
    parts = [(claim, part) for claim, parts in PARTS.items() for part in parts]
    return [untested_row(claim, part, closed) | {"beside": f"{asked}; {said}"} for claim, part in parts]


def texts(hits: Hits, rates: pd.DataFrame) -> Mapping[str, str]:
    """What is said beside the estimates of each claim and is not judged."""

    def by_emotion(arm: str) -> str:
        pairs = zip(EMOTIONS, hits.aimed[arm].mean(0), strict=True)
        return f"{arm}: " + ", ".join(f"{name} {rate:.2f}" for name, rate in pairs)

    def worth(arm: str) -> str:
        row = of_arm(rates, arm)
        return (
            f"{arm} {row['target_rate']:.2f} (relevance {row['relevance']:.2f}, fluency {row['fluency_nats']:.2f} nats)"
        )

    def worths(*names: str) -> str:
        return "target rates: " + ", ".join(map(worth, names))

    compared = (arm_names.PROMPTING, arm_names.STEERING, arm_names.CIRCUIT, arm_names.CIRCUIT_LAST, UNSTEERED.kind)
    steps = ", ".join(
        f"{step:g}: {of_arm(rates, arm_names.CIRCUIT, step)['target_rate']:.2f}" for step in arm_names.LADDER
    )
    steered = (arm_names.STORIES, arm_names.STEERING, arm_names.RANDOM)
    ladder = f"circuits by other multiples, on fewer events: {steps}"
    return {
        "W02": f"{by_emotion(arm_names.STEERING)}; {worths(arm_names.STEERING, arm_names.RANDOM, UNSTEERED.kind)}",
        "W03": by_emotion(arm_names.STEERING),
        "W08": f"{worths(*compared)}; {ladder}",
        "O04": f"{by_emotion(arm_names.STORIES)}; {by_emotion(arm_names.STEERING)}; {worths(*steered)}",
    }
