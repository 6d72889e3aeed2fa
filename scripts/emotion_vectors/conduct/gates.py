"""Gates: what a model must show without steering before a readout of its conduct is looked at (readouts of the design)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.stats.proportion import proportion_confint

from emotion_vectors.statistics.resampling import bootstrap
from emotion_vectors.statistics.wording import interval
from emotion_vectors.stimuli.experiments import CHOICE, GENERATION, LIKELIHOOD, Experiment

NOT_RUN = "not run"
"""Side of answers whose programs could not be run in the isolation asked for."""


@dataclass(frozen=True)
class GateLimits:
    """What must be kept, `gates` of the configuration.

    situations: at which likelihood is measured; fluency_nats: largest difference between sides; comprehension: least share of right
    answers; order_bias_nats: largest leaning to the first letter; rate: least and largest rate of a side; coherent: least share of
    replies that make sense; kappa: least agreement with hand labels; mirrored: least share of mirrored replies told apart.
    """

    situations: int
    fluency_nats: float
    comprehension: float
    order_bias_nats: float
    rate: Sequence[float]
    coherent: float
    kappa: float
    mirrored: float


@dataclass(frozen=True)
class Agreement:
    """How far the classes of replies agree with hand labels: Cohen's kappa with its 95 % interval, and replies compared."""

    kappa: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Agreement:
        """From what `statistics.agreement.summarise` says of a set."""
        low, high = facts["kappa_interval"]
        return cls(facts["kappa"], low, high, n=facts["replies"])


@dataclass(frozen=True)
class Gate:
    """One condition on a readout: what was measured without steering, beside the limit it must keep.

    value, low, high: estimate with its 95 % interval over situations; n: what it was measured on, named in `of`.
    """

    behaviour: str
    readout: str
    quantity: str
    value: float
    low: float
    high: float
    n: int
    of: str
    limit: str
    passed: bool


def passed(gates: Sequence[Gate]) -> bool:
    """Whether a readout may be looked at: every one of its gates is passed."""
    return all(gate.passed for gate in gates)


def table(gates: Sequence[Gate]) -> pd.DataFrame:
    """Gates as a table, one row each."""
    return pd.DataFrame([asdict(gate) for gate in gates])


def closed(gates: Sequence[Mapping[str, Any]]) -> str:
    """Which gates stopped a readout and what was measured there, in words; empty when all are passed."""
    return "; ".join(
        f"{gate['behaviour']}, {gate['readout']}: {gate['quantity']} {interval(gate, 'value')} of n = {gate['n']}, "
        f"must be {gate['limit']}"
        for gate in gates
        if not gate["passed"]
    )


def likelihood_gates(
    behaviour: str, log_odds: Mapping[str, NDArray[np.float64]], limits: GateLimits, bootstraps: int, seed: int
) -> list[Gate]:
    """Both sides of a contrast must be nearly as fluent as each other.

    Args:
        log_odds: unsteered, of every contrast by its name: [situation], nats per token.
    """
    most = limits.fluency_nats
    return [
        Gate(
            behaviour,
            LIKELIHOOD,
            f"{name}: difference in log-probability per token, nats",
            *_mean(values, bootstraps, seed),
            n=len(values),
            of="situations",
            limit=f"at most {most:g} either way",
            passed=abs(float(values.mean())) <= most,
        )
        for name, values in log_odds.items()
    ]


def choice_gates(behaviour: str, answers: pd.DataFrame, limits: GateLimits, bootstraps: int, seed: int) -> list[Gate]:
    """The model must understand the prompts, and must not choose by the letter.

    Args:
        answers: to the questions about the prompts; scenario, log_odds_nats, order_bias_nats.
    """
    by_scenario = answers.assign(right=answers["log_odds_nats"] > 0).groupby("scenario")
    least, most = limits.comprehension, limits.order_bias_nats
    share = _mean(by_scenario["right"].mean().to_numpy(dtype=float), bootstraps, seed)
    bias = _mean(by_scenario["order_bias_nats"].mean().to_numpy(dtype=float), bootstraps, seed)
    right, leaning = "questions about the prompt answered rightly, share", "leaning to the first letter, nats"
    n, of = len(answers), "questions"
    return [
        Gate(behaviour, CHOICE, right, *share, n, of, f"at least {least:g}", share[0] >= least),
        Gate(behaviour, CHOICE, leaning, *bias, n, of, f"at most {most:g} either way", abs(bias[0]) <= most),
    ]


def generation_gates(
    experiment: Experiment, labels: pd.DataFrame, agreement: Agreement, limits: GateLimits, bootstraps: int, seed: int
) -> list[Gate]:
    """The unsteered rate must be able to rise and fall, replies must make sense, and their classes must be right.

    Args:
        experiment: whose target's rate it is.
        labels: unsteered replies; scenario, side, coherent.
    """
    least, most = limits.rate
    behaviour, target, n = experiment.items, experiment.target, len(labels)
    rate = _share(labels["side"] == target, labels["scenario"], bootstraps, seed)
    sense = _share(labels["coherent"], labels["scenario"], bootstraps, seed)
    target_share, sense_share = f"replies that are {target}, share", "replies that make sense, share"
    within, enough = least <= rate[0] <= most, sense[0] >= limits.coherent
    return [
        *_run_gates(behaviour, labels),
        Gate(behaviour, GENERATION, target_share, *rate, n, "replies", f"{least:g} to {most:g}", within),
        Gate(behaviour, GENERATION, sense_share, *sense, n, "replies", f"at least {limits.coherent:g}", enough),
        agreement_gate(behaviour, "agreement of the classes with hand labels, kappa", agreement, limits.kappa),
    ]


def agreement_gate(behaviour: str, quantity: str, agreement: Agreement, least: float | None) -> Gate:
    """Classes must agree with hand labels; without a limit the agreement is shown and closes nothing."""
    limit, passed = ("none", True) if least is None else (f"at least {least:g}", agreement.kappa >= least)
    return Gate(
        behaviour,
        GENERATION,
        quantity,
        agreement.kappa,
        agreement.low,
        agreement.high,
        n=agreement.n,
        of="hand-labelled replies",
        limit=limit,
        passed=passed,
    )


def mirrored_gate(experiment: Experiment, counts: Mapping[str, Mapping[str, int]], limits: GateLimits) -> Gate:
    """The classes must tell replies apart that mirror each other and differ in the act alone, not in how a thing is said.

    Args:
        counts: side of the prepared replies -> class given -> count; whatever gives the classes has not seen these replies.
    """
    target, alternative = experiment.target, experiment.alternative
    hits = counts[target].get(target, 0)
    right = hits + sum(count for given, count in counts[alternative].items() if given != target)
    total = sum(sum(counts[side].values()) for side in (target, alternative))
    low, high = proportion_confint(right, total, method="wilson")
    return Gate(
        experiment.items,
        GENERATION,
        f"mirrored replies told apart, {target} or {alternative}, share",
        right / total,
        float(low),
        float(high),
        n=total,
        of="prepared replies",
        limit=f"at least {limits.mirrored:g}",
        passed=right / total >= limits.mirrored,
    )


def _run_gates(behaviour: str, labels: pd.DataFrame) -> list[Gate]:
    """Programs must have been run; nothing to say where all were, or where there are none."""
    run = 1 - float((labels["side"] == NOT_RUN).mean())
    quantity = "answers whose programs this machine can run in isolation, share"
    apart = Gate(behaviour, GENERATION, quantity, run, run, run, len(labels), "replies", "1", passed=False)
    return [apart] if run < 1 else []


def _share(hits: pd.Series[bool], scenarios: pd.Series[str], bootstraps: int, seed: int) -> tuple[float, float, float]:
    """Mean over scenarios of the share of hits, with its interval."""
    return _mean(np.asarray(hits.astype(float).groupby(scenarios).mean(), dtype=np.float64), bootstraps, seed)


def _mean(values: NDArray[np.float64], bootstraps: int, seed: int) -> tuple[float, float, float]:
    """Mean over scenarios with its 95 % interval."""
    low, high = bootstrap(values, lambda rows: float(values[rows].mean()), bootstraps, seed)
    return float(values.mean()), low, high
