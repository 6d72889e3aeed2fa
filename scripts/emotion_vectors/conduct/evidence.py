"""Evidence on claims about conduct, from slopes, finite strengths, unsteered readouts and readings.

Each part of such a claim says in its entry how it is measured (`measured_by`): the measure, the experiment, the emotion. A new
claim of a known measure therefore needs no code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.conduct import doses
from emotion_vectors.conduct.directions import Directions
from emotion_vectors.conduct.kinds import EMOTION
from emotion_vectors.conduct.slopes import PER_STRENGTH, holm
from emotion_vectors.engine import coherence
from emotion_vectors.meaning.intensity import projections
from emotion_vectors.statistics import effects as stats
from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.wording import interval as interval_text

if TYPE_CHECKING:
    from emotion_vectors.conduct.responses import Responses
    from emotion_vectors.stimuli.experiments import Experiment

Array = NDArray[np.float64]
SLOPE, CURVATURE, READING, PRESSURE = "slope", "curvature", "reading", "pressure"


class ConductError(ValueError):
    """A claim asks for a measure that does not exist, or evidence lacks what it asks for."""


@dataclass(frozen=True)
class Evidence:
    """Everything that was measured about the conduct of one model.

    effects: as `compute_slopes` wrote them; changes: of all experiments, as `steer_items` wrote them; costs: as
    `measure_coherence` wrote them; responses: set -> responses; directions: emotion vectors and label-shuffled ones;
    percentiles: (experiment, emotion) -> Holm-corrected percentile in the null, from `holm_percentiles`.
    """

    experiments: Mapping[str, Experiment]
    effects: pd.DataFrame
    changes: pd.DataFrame
    costs: pd.DataFrame
    responses: Mapping[str, Responses]
    directions: Directions
    percentiles: Mapping[tuple[str, str], float]
    guard_nats: float
    bootstraps: int
    flips: int
    seed: int


def measured_parts(claims: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Claim, part and `measured_by` of every part that is measured without sampled replies."""
    for name, claim in claims.items():
        for part in claim["parts"]:
            if part.get("measured_by", {}).get("measure") in (SLOPE, CURVATURE, READING, PRESSURE):
                yield name, part["name"], part["measured_by"]


def rows(measurements: Evidence, claims: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Evidence on every part that is measured without sampled replies, one row each."""
    rows = []
    for claim, part, by in measured_parts(claims):
        effect, unconfirmed = measure(measurements, by)
        texts = {"guard": guard_of(measurements, by), "beside": beside(measurements, by)}
        rows.append(evidence_row(claim, part, effect, unconfirmed=unconfirmed, **texts))
    return rows


def holm_percentiles(claims: Mapping[str, Mapping[str, Any]], effects: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Percentile in the null of every registered slope, Holm-corrected within its experiment: 100 (1 - p)."""
    registered: dict[str, list[str]] = {}
    for claim in claims.values():
        for by in (part.get("measured_by", {}) for part in claim["parts"]):
            if by.get("measure") == SLOPE and by["emotion"] not in registered.setdefault(by["experiment"], []):
                registered[by["experiment"]].append(by["emotion"])
    p = effects[effects["measure"] == "raw"].set_index(["experiment", "emotion"])["p"]
    return {
        (experiment, emotion): 100 * (1 - corrected)
        for experiment, emotions in registered.items()
        for emotion, corrected in zip(emotions, holm([p[experiment, emotion] for emotion in emotions]), strict=True)
    }


def measure(measured: Evidence, by: Mapping[str, Any]) -> tuple[stats.Effect, str]:
    """Effect of one part, and why finite strengths do not confirm it (empty when they do or need not).

    Raises:
        ConductError: the experiment or the measure is not known.
    """
    if by["experiment"] not in measured.experiments:
        raise ConductError(
            f"experiment '{by['experiment']}' is not in workflow/experiments.tsv; add it or correct the claim"
        )
    experiment = measured.experiments[by["experiment"]]
    if by["measure"] == SLOPE:
        return _slope(measured, experiment, by["emotion"], turned=by.get("turned", False))
    if by["measure"] == CURVATURE:
        return _curvature(measured, experiment, by["emotion"]), ""
    if by["measure"] == READING:
        return _reading(measured, experiment, by["emotion"]), ""
    return _pressure(measured, experiment), ""


def _slope(measured: Evidence, experiment: Experiment, emotion: str, *, turned: bool) -> tuple[stats.Effect, str]:
    """Gradient slope with its Holm-corrected percentile; `turned` for claims about taking the vector away."""
    table = measured.effects[
        (measured.effects["experiment"] == experiment.name) & (measured.effects["measure"] == "raw")
    ]
    row = table.set_index("emotion").loc[emotion]
    names = list(stats.Effect.__dataclass_fields__)
    effect = stats.Effect(**dict(zip(names, row[names], strict=True)))
    effect = replace(effect, n=int(effect.n), null_percentile=measured.percentiles[experiment.name, emotion])
    changes = measured.changes[measured.changes["experiment"] == experiment.name]
    finite = doses.finite_slopes(changes, PER_STRENGTH).set_index(["kind", "direction"])["finite_slope_nats"]
    null = finite.drop(EMOTION, level="kind")
    reason = doses.confirmation(
        effect.estimate,
        finite[EMOTION, emotion],
        null.to_list(),
        cost_at(measured.costs, emotion, PER_STRENGTH),
        measured.guard_nats,
    )
    if turned:
        effect = replace(effect, estimate=-effect.estimate, low=-effect.high, high=-effect.low)
    return effect, reason


def cost_at(costs: pd.DataFrame, emotion: str, strength: float) -> float:
    """Larger fall of neutral text at plus and minus a strength, nats per token."""
    rows = costs[(costs["direction"] == emotion) & np.isclose(costs["strength_norm_fraction"].abs(), strength)]
    if rows.empty:
        raise ConductError(
            f"the coherence guard was not measured for '{emotion}' at {strength:g}; repeat measure_coherence"
        )
    return float(rows["neutral_logprob_fall_nats_per_token"].max())


def _curvature(measured: Evidence, experiment: Experiment, emotion: str) -> stats.Effect:
    """Quadratic coefficient of the log-odds over the coherent strengths, nats per token per squared 0.1."""
    changes = measured.changes[measured.changes["experiment"] == experiment.name]
    of_emotion = changes[(changes["kind"] == EMOTION) & (changes["direction"] == emotion)]
    of_emotion = of_emotion[of_emotion["strength_norm_fraction"].abs() <= PER_STRENGTH + 1e-9]
    table = of_emotion.pivot(index="scenario", columns="strength_norm_fraction", values="delta_logodds_nats")
    values = quadratic_coefficients(table.columns.to_numpy(dtype=float) / PER_STRENGTH, table.to_numpy())
    at = changes[(changes["kind"] != EMOTION) & np.isclose(changes["strength_norm_fraction"].abs(), PER_STRENGTH)]
    null = at.groupby(["kind", "direction"])["delta_logodds_nats"].mean()
    interval = resampling.bootstrap(values, lambda rows: float(values[rows].mean()), measured.bootstraps, measured.seed)
    return stats.effect(
        values.mean(),
        interval,
        null,
        n=len(values),
        scale=stats.Scale(of="scenarios", unit="nats per token per squared 0.1", two_sided=True),
    )


def beside(measured: Evidence, by: Mapping[str, Any]) -> str:
    """What stands beside a slope, unjudged: its percentile before Holm's correction, and what is left of it without tone."""
    if by["measure"] != SLOPE:
        return ""
    slopes = measured.effects[measured.effects["experiment"] == by["experiment"]].set_index(["measure", "emotion"])
    said = [f"uncorrected percentile {slopes.loc[('raw', by['emotion']), 'null_percentile']:.1f}"]
    if ("adjusted", by["emotion"]) in slopes.index:  # tone alone is not adjusted for tone
        adjusted = slopes.loc[("adjusted", by["emotion"])].to_dict()
        if by.get("turned", False):
            adjusted |= {"estimate": -adjusted["estimate"], "low": -adjusted["high"], "high": -adjusted["low"]}
        said.append(f"without what tone explains {interval_text(adjusted)}")
    return "; ".join(said)


def quadratic_coefficients(strengths: Array, changes: Array) -> Array:
    """Least-squares quadratic coefficient of each row of changes [row, strength], whose curves pass through zero at zero."""
    design = np.stack([strengths, strengths**2], axis=1)
    coefficients: Array = np.linalg.lstsq(design, changes.T, rcond=None)[0][1]
    return coefficients


def _reading(measured: Evidence, experiment: Experiment, emotion: str) -> stats.Effect:
    """Spearman correlation over unsteered items of the reading before the reply with the log-odds (A24)."""
    responses_of_set = measured.responses[experiment.items]
    rows = responses_of_set.rows(experiment)
    odds = responses_of_set.log_odds[rows, responses_of_set.column(experiment)].numpy()
    states = responses_of_set.readings[rows, measured.directions.main]
    readings = projections(
        states, measured.directions.emotions[measured.directions.names.index(emotion), measured.directions.main][None]
    )[:, 0]
    shuffled = projections(states, measured.directions.shuffled[:, measured.directions.names.index(emotion)])
    null = [rank_correlation(column, odds) for column in shuffled.T]
    groups = _grouped([responses_of_set.keys[row].scenario for row in rows])

    def resampled(chosen: NDArray[np.int64]) -> float:
        index = np.concatenate([groups[group] for group in chosen])
        return rank_correlation(readings[index], odds[index])

    interval = resampling.bootstrap(groups, resampled, measured.bootstraps, measured.seed)
    return stats.effect(
        rank_correlation(readings, odds),
        interval,
        null,
        n=len(groups),
        scale=stats.Scale(of="scenarios", unit="Spearman rho", two_sided=True),
    )


def rank_correlation(left: Array, right: Array) -> float:
    """Spearman rho; 0 when one side does not vary."""
    if np.ptp(left) == 0 or np.ptp(right) == 0:
        return 0.0
    return float(spearmanr(left, right).statistic)


def _grouped(names: Sequence[str]) -> list[NDArray[np.int64]]:
    """Rows of each name, in order of first appearance."""
    return [np.flatnonzero(np.array(names) == name) for name in dict.fromkeys(names)]


def _pressure(measured: Evidence, experiment: Experiment) -> stats.Effect:
    """Log-odds under pressured wording minus those under neutral wording, unsteered (S04)."""
    neutral, pressured = (
        measured.responses[experiment.items].odds_of(experiment, experiment.pressure).double().numpy().T
    )
    difference = (pressured - neutral)[:, None]
    interval = resampling.hierarchical_bootstrap(difference, measured.bootstraps, measured.seed)
    return stats.paired_effect(
        difference,
        interval,
        measured.flips,
        measured.seed,
        scale=stats.Scale(of="scenarios", unit="nats per token", two_sided=True),
    )


def guard_of(measured: Evidence, by: Mapping[str, Any]) -> str:
    """Why a part is outside the coherent range, empty when it is not; slopes are taken at strength zero and pass."""
    if by["measure"] != CURVATURE:
        return ""
    return coherence.guard(cost_at(measured.costs, by["emotion"], PER_STRENGTH), measured.guard_nats)
