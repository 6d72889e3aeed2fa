"""Evidence on claims about acts: what each part of such a claim says under `measured_by`, behind the gates of its act."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.acts import conditions, finite, tables
from emotion_vectors.acts import odds as log_odds
from emotion_vectors.acts.measurements import ActMeasurements
from emotion_vectors.acts.overview import as_asked, control_effect, effect_in, facts_in, said_by_words
from emotion_vectors.acts.slopes import Resamples, spread
from emotion_vectors.claims.evidence import evidence_row, untested_row
from emotion_vectors.conduct import gates
from emotion_vectors.conduct.evidence import rank_correlation
from emotion_vectors.statistics import effects as stats
from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.effects import Effect, Scale
from emotion_vectors.statistics.wording import interval as interval_text
from emotion_vectors.stimuli.acts.table import (
    CURVATURE,
    DOSE,
    FIRST,
    GRADED,
    READING,
    SECOND,
    SLOPE,
    SPREAD,
    TOLD_FEELINGS,
    called,
)
from emotion_vectors.vectors.story_cells import semantic

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor

    from emotion_vectors.stimuli.acts.table import Act

Array = NDArray[np.float64]
NATS = "nats per reply"
AT_FINITE_STRENGTHS = (DOSE, CURVATURE)
"""Measures for which the model is run with vectors added, on acts whose gates are open."""
RISEN_BY_PRESSURE = ("desperate", "afraid")
"""Emotions one of which must be read higher under pressure before its effect is believed to be one of emotion."""


def parts_of(claims: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Claim, part and `measured_by` of every part that is measured on acts."""
    for name, claim in claims.items():
        for part in claim["parts"]:
            if part.get("measured_by", {}).get("measure", "").startswith("act_"):
                yield name, part["name"], part["measured_by"]


def rows(measured: ActMeasurements, claims: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Evidence on every part that is measured on acts, one row each; where this study steers none, none on parts that ask for it."""
    left_out = AT_FINITE_STRENGTHS if measured.finite is None else ()
    return [_row(measured, claim, part, by) for claim, part, by in parts_of(claims) if by["measure"] not in left_out]


def _row(measured: ActMeasurements, claim: str, part: str, by: Mapping[str, Any]) -> dict[str, Any]:
    act = measured.acts[by["experiment"]]
    guard = closed_gates(measured.gates, act)
    if by["measure"] in AT_FINITE_STRENGTHS:
        guard = guard or finite.out_of_range(measured, act, by)
        if guard:
            return untested_row(claim, part, guard)
    effect = as_asked(MEASURES[by["measure"]](measured, act, by), by)
    if by.get("where_read", False) and not guard:
        guard = unread_pressure(measured, act)
    words = said_by_words(measured.effects, act.name, by["emotions"]) if by["measure"] == SLOPE else ""
    return evidence_row(claim, part, effect, guard=guard, unconfirmed=words, beside=_beside(measured, act, by))


def closed_gates(gates_table: pd.DataFrame, act: Act) -> str:
    """Which gates of an act are closed and what was measured there, in words; empty when all are open."""
    of_act = gates_table[gates_table["behaviour"] == act.name]
    return gates.closed([{str(name): value for name, value in gate.items()} for gate in of_act.to_dict("records")])


def _slope(measured: ActMeasurements, act: Act, by: Mapping[str, Any]) -> Effect:
    """Slope of the difference between the contexts along a vector, or along the sum of several."""
    return effect_in(measured.effects, act.name, FIRST, conditions.DIFFERENCE, called(by["emotions"]))


def _beside(measured: ActMeasurements, act: Act, by: Mapping[str, Any]) -> str:
    """What stands beside a slope, unjudged: the plain slope, what words and pleasantness leave, the second hand, the order, percentiles."""
    if by["measure"] != SLOPE:
        return ""
    direction = called(by["emotions"])
    facts = facts_in(measured.effects, act.name, FIRST, conditions.DIFFERENCE, direction)
    kinds = [name for name in facts if name.startswith(tables.PERCENTILE)]
    percentiles = ", ".join(
        f"{name.removeprefix(tables.PERCENTILE).replace('_', '-')} {facts[name]:.1f}" for name in kinds
    )
    plain, second, left = (
        as_asked(effect_in(measured.effects, act.name, hand, measure, direction), by)
        for hand, measure in (
            (FIRST, conditions.WORDING),
            (SECOND, conditions.DIFFERENCE),
            (FIRST, conditions.LEFT),
        )
    )
    control = control_effect(measured.effects, act.name, by["emotions"])
    controlled = "" if control is None else f"lexical control {interval_text(vars(as_asked(control, by)))}; "
    order = float(log_odds.ordered(measured.odds(act), act, act.acted).mean())
    return (
        f"wording alone {interval_text(vars(plain))}; {conditions.LEFT} {interval_text(vars(left))}; {controlled}"
        f"second hand {interval_text(vars(second))}, n = {second.n}; "
        f"an order gives {order:.2f} nats per reply; percentiles: {percentiles}"
    )


def _told(measured: ActMeasurements, act: Act, _by: Mapping[str, Any]) -> Effect:
    """Correlation over emotions of what telling a feeling adds with the slope of its vector; null: permuted emotions (S07)."""
    shifts = log_odds.told(measured.odds(act), act)
    slopes = np.array(
        [
            effect_in(measured.effects, act.name, FIRST, conditions.DIFFERENCE, emotion).estimate
            for emotion in shifts.columns
        ]
    )
    values = shifts.to_numpy(dtype=float)
    generator = np.random.default_rng(measured.seed)
    null = [stats.pearson(values.mean(0), generator.permutation(slopes)) for _ in range(measured.flips)]
    samples = [resampled_correlation(values, slopes, generator) for _ in range(measured.bootstraps)]
    scale = Scale(of="emotions", unit="Pearson r", two_sided=True)
    interval = resampling.percentile_interval(samples)
    return stats.effect(stats.pearson(values.mean(0), slopes), interval, null, n=len(slopes), scale=scale)


def resampled_correlation(shifts: Array, slopes: Array, generator: np.random.Generator) -> float:
    """Correlation over emotions drawn anew of shifts [scenario, emotion], mean over scenarios drawn anew, with slopes [emotion]."""
    scenarios, emotions = (generator.integers(0, size, size) for size in shifts.shape)
    return stats.pearson(shifts[scenarios].mean(0)[emotions], slopes[emotions])


def _spread(measured: ActMeasurements, act: Act, _by: Mapping[str, Any]) -> Effect:
    gradients = measured.gradients[act.items].difference(act, FIRST)[:, :, measured.main]
    scenarios, wordings = gradients.shape[:2]
    topics = len(measured.directions.cells)
    resamples = Resamples.draw(scenarios, wordings, topics, measured.bootstraps, measured.seed)
    return spread(gradients, measured.directions, resamples)


def _graded(measured: ActMeasurements, act: Act, _by: Mapping[str, Any]) -> Effect:
    """Rise of the log-odds from one grade of pressure to the next, unsteered; null: signs exchanged by scenario (S04b)."""
    steps = rises(log_odds.by_grade(measured.odds(act), act.grades))
    scale = Scale(of="scenarios", unit=f"{NATS} and grade", two_sided=True)
    return stats.paired_effect(steps[:, None], measured.interval(steps), measured.flips, measured.seed, scale=scale)


def rises(odds: Array) -> Array:
    """Least-squares rise per grade of every scenario: [scenario] of [scenario, grade]."""
    grades = np.arange(odds.shape[1]) - (odds.shape[1] - 1) / 2
    slopes: Array = odds @ grades / (grades @ grades)
    return slopes


def unread_pressure(measured: ActMeasurements, act: Act) -> str:
    """Why a rise under pressure is none of emotion: neither emotion of pressure is read higher; empty when one is.

    Any direction's reading changes with the text: one counts as read higher where its rise exceeds that of 95 % of topic directions too.
    """
    topics = np.abs(rises_along(measured, act, semantic(measured.directions.cells)).mean(0))
    threshold = float(np.quantile(topics, 0.95))
    said = []
    for emotion in [name for name in RISEN_BY_PRESSURE if name in measured.directions.names]:
        rise = rises_along(measured, act, measured.directions.direction([emotion])[None])[:, 0]
        low, high = measured.interval(rise)
        if low > 0 and rise.mean() > threshold:
            return ""
        said.append(f"{emotion} {rise.mean():.3f} [{low:.3f}, {high:.3f}]")
    return (
        f"{act.name}, readings: pressure raises neither emotion by grade beyond what directions of topics do ({threshold:.3f}), "
        f"{' and '.join(said)}, in shares of the residual norm"
    )


def rises_along(measured: ActMeasurements, act: Act, directions: Tensor) -> Array:
    """Rise per grade of the readings along some directions [direction, d_model]: [scenario, direction]."""
    readings = _read(measured, act, directions)
    return np.stack([rises(readings[..., number]) for number in range(readings.shape[-1])], axis=1)


def readings_by_grade(measured: ActMeasurements, act: Act, emotion: str) -> Array:
    """Reading of an emotion before the reply over the grades, in shares of the residual norm: [scenario, grade]."""
    return _read(measured, act, measured.directions.direction([emotion])[None])[..., 0]


def _read(measured: ActMeasurements, act: Act, directions: Tensor) -> Array:
    """Readings along some directions [direction, d_model]: [scenario, grade, direction]."""
    readings = measured.readings[act.items]
    scenarios = [row for row, hand in enumerate(readings.hands) if hand == FIRST]
    grades = [readings.contexts.index(grade) for grade in act.grades]
    states = readings.values[scenarios][:, grades, measured.main].double()
    units = directions.double() / directions.double().norm(dim=1, keepdim=True)
    values: Array = (states @ units.T / measured.directions.norm).numpy()
    return values


def _reading(measured: ActMeasurements, act: Act, by: Mapping[str, Any]) -> Effect:
    """Rank correlation within each scenario, over its grades, of a reading with the log-odds, mean over scenarios (A24b)."""
    odds = log_odds.by_grade(measured.odds(act), act.grades)
    values = correlations(readings_by_grade(measured, act, by["emotion"]), odds)
    nulls = {}
    for kind, directions in measured.directions.nulls([by["emotion"]]).items():
        readings = _read(measured, act, directions)
        nulls[kind] = np.array([correlations(readings[..., number], odds).mean() for number in range(len(directions))])
    scale = Scale(of="scenarios", unit="Spearman rho", two_sided=True)
    return stats.against_nulls(
        float(values.mean()), measured.interval(values), nulls.values(), n=len(values), scale=scale
    )


def correlations(readings: Array, odds: Array) -> Array:
    """Rank correlation of each row of two tables [scenario, grade]: [scenario]."""
    return np.array([rank_correlation(read, of) for read, of in zip(readings, odds, strict=True)])


MEASURES: dict[str, Callable[[ActMeasurements, Act, Mapping[str, Any]], Effect]] = {
    SLOPE: _slope,
    TOLD_FEELINGS: _told,
    SPREAD: _spread,
    GRADED: _graded,
    READING: _reading,
    DOSE: finite.dose,
    CURVATURE: finite.curvature,
}
"""How each measure of acts is taken."""
