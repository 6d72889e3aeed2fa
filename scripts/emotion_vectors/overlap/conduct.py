"""Do the directions of one method change the behaviours that the vectors of the other change? (O05)

Slopes come from stored gradients (`slopes`): the change of a log-odds for a tenth of the mean residual norm, extrapolated from
strength zero. The size of six slopes together is their root mean square, which says nothing of their signs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.acts.overview import within_words
from emotion_vectors.acts.slopes import UNIT as ACT_UNIT
from emotion_vectors.acts.slopes import reply_weights
from emotion_vectors.circuits.emotion_directions import weighted
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.conduct.kinds import GAUSSIAN, SHUFFLED
from emotion_vectors.conduct.slopes import UNIT, slopes_along
from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.effects import Effect, Scale, effect, pearson
from emotion_vectors.statistics.permutation import shuffle_weights
from emotion_vectors.statistics.random_directions import gaussian_sets
from emotion_vectors.statistics.resampling import Draws, hierarchical_bootstrap, percentile_interval
from emotion_vectors.statistics.wording import interval as interval_text

if TYPE_CHECKING:
    from torch import Tensor

Array = NDArray[np.float64]

PARTS = {"blackmail": "blackmail, slopes", "hacking": "reward hacking, slopes", "pleasing": "pleasing, slopes"}
"""Part of the claim that each experiment measures."""
ACT_PARTS = {"act_blackmail": "blackmail", "act_hacking_3": "reward hacking", "act_agreement": "agreement"}
"""The same for acts, whose slopes are differences between two contexts."""
AGREEMENT = "agreement with the story vectors"
AT_ZERO = "slopes at strength zero, not repeated at finite strengths"


@dataclass(frozen=True)
class Sets:
    """Directions at the main layer: of both methods [emotion, d_model], and null sets of as many by kind [set, emotion, d_model]."""

    instructions: Tensor
    stories: Tensor
    null: Mapping[str, Tensor]


@dataclass(frozen=True)
class Slopes:
    """Slopes of one behaviour at strength 0.1.

    instructions, stories: [row, emotion]; null: kind -> [row, set, emotion]; a row is a scenario, or one of the `wordings` of replies to
    it, which are resampled as well; items: scenarios times variants; of, unit: what is counted, and what slopes are measured in.
    """

    instructions: Array
    stories: Array
    null: Mapping[str, Array]
    items: int
    of: str = "items"
    unit: str = UNIT
    wordings: int = 1

    def drawn(self, bootstraps: int, seed: int) -> Array:
        """Weights of the rows in resamples of scenarios and, within each, of wordings: [resample, row]."""
        scenarios = len(self.instructions) // self.wordings
        if self.wordings == 1:
            return resampling.weights(scenarios, bootstraps, seed)
        return reply_weights(scenarios, self.wordings, bootstraps, np.random.default_rng(seed)).reshape(bootstraps, -1)


def null_sets(groups: Tensor, sets: int, seed: int) -> dict[str, Tensor]:
    """Null sets by kind [set, emotion, d_model], each as many directions as there are emotions and summing to zero.

    Args:
        groups: states of the prompts that the instruction directions are made of, at one layer, each relative to the mean of its
            event: [event, emotion, d_model].
    """
    # Prompts of an event differ in little but the emotion, so that permuted labels alone would only mix the six emotions again.
    remainders = groups - groups.mean(0)
    events, emotions, width = groups.shape
    weights = shuffle_weights(sets, events, emotions, seed)
    return {GAUSSIAN: gaussian_sets(sets, emotions, width, seed), SHUFFLED: weighted(weights, remainders)}


def measure(gradients: Tensor, sets: Sets, norm: Tensor) -> Slopes:
    """Slopes of one behaviour along every set, mean over the variants of each scenario.

    Args:
        gradients: [scenario, variant, d_model], at the main layer; norm: mean residual norm there.
    """
    return _along(gradients.mean(1), sets, norm, gradients.shape[0] * gradients.shape[1])


def measure_act(gradients: Tensor, sets: Sets, norm: Tensor) -> Slopes:
    """Slopes of an act's difference between two contexts, whose scenarios and wordings of replies are resampled.

    Args:
        gradients: [scenario, wording, d_model], at the main layer; norm: mean residual norm there.
    """
    scenarios, wordings = gradients.shape[:2]
    slopes = _along(gradients.flatten(0, 1), sets, norm, scenarios)
    return replace(slopes, of="scenarios", unit=ACT_UNIT, wordings=wordings)


def _along(gradients: Tensor, sets: Sets, norm: Tensor, items: int) -> Slopes:
    def along(directions: Tensor) -> Array:
        flat = directions.reshape(-1, 1, directions.shape[-1])
        slopes = slopes_along(gradients[:, None], flat, norm[None])[..., 0]
        by_row: Array = slopes.reshape(len(gradients), *directions.shape[:-1])
        return by_row

    null = {kind: along(directions) for kind, directions in sets.null.items()}
    return Slopes(along(sets.instructions), along(sets.stories), null, items)


def size(slopes: Array) -> Array:
    """Root mean square over the emotions, the last axis."""
    mean: Array = np.sqrt(np.square(slopes).mean(-1))
    return mean


def size_effects(slopes: Slopes, bootstraps: int, seed: int) -> dict[str, Effect]:
    """Size of the slopes minus its mean under null directions, against each kind of null.

    Noise of items raises the size of any slopes. Null directions meet the same items, in every resample too, so that it cancels.
    """
    weights = slopes.drawn(bootstraps, seed)
    resampled = size(weights @ slopes.instructions)
    effects, scale = {}, Scale(slopes.of, slopes.unit, two_sided=True)
    for kind, null in slopes.null.items():
        sizes = size(null.mean(0))
        flat = null.reshape(len(null), -1)
        differences = resampled - np.concatenate(
            [size((part @ flat).reshape(len(part), *null.shape[1:])).mean(-1) for part in np.array_split(weights, 20)]
        )
        estimate = float(size(slopes.instructions.mean(0)) - sizes.mean())
        interval = percentile_interval(differences)
        effects[kind] = effect(estimate, interval, sizes - sizes.mean(), n=slopes.items, scale=scale)
    return effects


def agreement(instructions: Sequence[Array], stories: Sequence[Array]) -> float:
    """Correlation of slopes [emotion] of two methods over emotions and behaviours."""
    return pearson(np.concatenate(list(instructions)), np.concatenate(list(stories)))


def single_agreements(slopes: Mapping[str, Slopes]) -> str:
    """The correlation in each behaviour by itself, over emotions, in words."""
    return ", ".join(
        f"{name} {agreement([single.instructions.mean(0)], [single.stories.mean(0)]):.2f}"
        for name, single in slopes.items()
    )


def agreement_effects(slopes: Sequence[Slopes], bootstraps: int, seed: int) -> dict[str, Effect]:
    """Correlation of the slopes of both methods over emotions and behaviours, against each kind of null.

    Scenarios of each behaviour are resampled; of acts also wordings, and the emotions, alike in every act.
    """
    stories = [behaviour.stories.mean(0) for behaviour in slopes]
    estimate = agreement([behaviour.instructions.mean(0) for behaviour in slopes], stories)
    weights = [behaviour.drawn(bootstraps, seed + number) for number, behaviour in enumerate(slopes)]
    emotions = range(len(stories[0]))
    drawn = [emotions] * bootstraps
    if all(behaviour.wordings > 1 for behaviour in slopes):
        drawn = list(np.random.default_rng(seed + len(slopes)).integers(0, len(emotions), (bootstraps, len(emotions))))
    samples = [
        agreement(
            [row @ behaviour.instructions[:, chosen] for row, behaviour in zip(rows, slopes, strict=True)],
            [row @ behaviour.stories[:, chosen] for row, behaviour in zip(rows, slopes, strict=True)],
        )
        for chosen, *rows in zip(drawn, *weights, strict=True)
    ]
    scale = Scale("emotions and behaviours", "Pearson r", two_sided=True)
    interval, count, effects = percentile_interval(samples), sum(map(len, stories)), {}
    for kind in slopes[0].null:
        sets = np.stack([behaviour.null[kind].mean(0) for behaviour in slopes])
        null = [agreement(list(sets[:, number]), stories) for number in range(sets.shape[1])]
        effects[kind] = effect(estimate, interval, null, n=count, scale=scale)
    return effects


def harder(effects: Mapping[str, Effect]) -> tuple[Effect, str]:
    """The effect against the null that is harder to exceed, and the percentiles in all of them in words.

    The isotropic null asks whether the directions do more than any direction would, the shuffled one whether they do more than what
    else varies between prompts of the same event.
    """
    # Of two effects at the same percentile the smaller one stands.
    chosen = min(effects.values(), key=lambda effect: (effect.null_percentile, effect.estimate))
    return chosen, ", ".join(
        f"percentile {single.null_percentile:.0f} in the {kind} null" for kind, single in effects.items()
    )


def null_95(null: Mapping[str, Array]) -> dict[str, float]:
    """95th percentile of the absolute null slopes of single directions, by kind, from [scenario, set, emotion]."""
    return {kind: float(np.quantile(np.abs(values.mean(0)), 0.95)) for kind, values in null.items()}


def slope_table(slopes: Slopes, emotions: Sequence[str], draws: Draws) -> pd.DataFrame:
    """Slope of every emotion by both methods, with its interval over scenarios and wordings and the 95th percentiles of the nulls."""
    rows = []
    for method, by_scenario in (("instruction directions", slopes.instructions), ("story vectors", slopes.stories)):
        for emotion, column in zip(emotions, by_scenario.T, strict=True):
            low, high = hierarchical_bootstrap(column.reshape(-1, slopes.wordings), draws.bootstraps, draws.seed)
            rows.append((method, emotion, column.mean(), low, high))
    table = pd.DataFrame(rows, columns=["method", "emotion", "slope_nats", "low", "high"])
    for kind, value in null_95(slopes.null).items():
        table[f"null_95_{kind.replace('-', '_').lower()}"] = value
    return table


def conduct_evidence(
    claim: str,
    parts: Mapping[str, str],
    slopes: Mapping[str, Slopes],
    draws: Draws,
    guards: Mapping[str, str],
    controls: Mapping[str, Slopes],
) -> list[dict[str, Any]]:
    """Evidence on O05 or O05b from the slopes of the experiments of `parts`.

    Args:
        parts: experiment -> part of the claim. guards: experiment -> gates that are closed, in words; empty where all are open.
        controls: experiment -> slopes of its lexical control, where it has one.
    """
    counts, rows = (draws.bootstraps, draws.seed), []
    for experiment, part in parts.items():
        size_effect, percentiles = harder(size_effects(slopes[experiment], *counts))
        words = harder(size_effects(controls[experiment], *counts))[0] if experiment in controls else None
        said = {"guard": guards.get(experiment, ""), "unconfirmed": within_words(size_effect, words)}
        controlled = "" if words is None else f"lexical control {interval_text(vars(words))}; "
        rows.append(evidence_row(claim, part, size_effect, **said, beside=f"{controlled}{percentiles}; {AT_ZERO}"))
    correlation, percentiles = harder(agreement_effects([slopes[experiment] for experiment in parts], *counts))
    beside = f"{percentiles}; single behaviours {single_agreements(slopes)}; {AT_ZERO}"
    closed = "; ".join(guard for guard in guards.values() if guard)
    return [*rows, evidence_row(claim, AGREEMENT, correlation, guard=closed, beside=beside)]
