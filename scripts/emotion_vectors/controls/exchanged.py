"""Placebo of the items: both sides of the replies exchanged in scenarios drawn at random, and what the rules of acts make of the rest.

Whatever a model thinks of an act changes its sign in about half of the scenarios, and with it the gradients. What is still replicated is
not about the act. Labels of emotions stay as they are: permuted ones cannot see what the items alone do.

Told feelings are left out: both sides of their correlation, what telling adds to the log-odds and the slopes, would turn together, and
what holds in every scenario would stand as it did. Turned on one side alone it would be another null than that of the other measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import torch

from emotion_vectors.acts.evidence import MEASURES
from emotion_vectors.acts.measurements import ActMeasurements
from emotion_vectors.acts.overview import as_asked
from emotion_vectors.acts.slopes import Resamples, act_effect
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.claims.judging import verdict_on
from emotion_vectors.statistics.effects import Effect
from emotion_vectors.statistics.placebo import generator_of
from emotion_vectors.stimuli.acts.table import FIRST, GRADED, READING, SLOPE, SPREAD

EXCHANGED = (SLOPE, GRADED, READING, SPREAD)
"""Measures that follow of stored replies or gradients, so that sides can be exchanged in them, and that change where these are."""


def signs(items: str, scenarios: Sequence[str], seed: int) -> list[int]:
    """1 for scenarios of a set that stay as they are, -1 for those whose sides are exchanged, whatever other scenarios there are."""
    return [1 - 2 * int(generator_of(seed, f"{items} {scenario}").integers(2)) for scenario in scenarios]


def exchange(measured: ActMeasurements, seed: int) -> ActMeasurements:
    """The same measurements with both sides of every act exchanged in some scenarios, drawn by a seed.

    Log-odds and their gradients change their sign there, since each is that of one side minus that of the other.
    """
    gradients, replies = {}, {}
    for items, known in measured.gradients.items():
        turned = torch.tensor(signs(items, known.scenarios, seed)).to(known.values)
        gradients[items] = replace(known, values=known.values * turned.reshape(-1, *[1] * (known.values.ndim - 1)))
    for items, table in measured.replies.items():
        names = [str(name) for name in table["scenario"].unique()]
        of_rows = table["scenario"].map(dict(zip(names, signs(items, names, seed), strict=True)))
        replies[items] = table.assign(logprob_nats=table["logprob_nats"] * of_rows)
    return replace(measured, gradients=gradients, replies=replies)


@cache
def resamples_of(scenarios: int, wordings: int, topics: int, bootstraps: int, seed: int) -> Resamples:
    """Draws of one act, the same for all its parts and all exchanges, which take longer to draw than to use."""
    return Resamples.draw(scenarios, wordings, topics, bootstraps, seed)


def effect_of(measured: ActMeasurements, by: Mapping[str, Any]) -> Effect:
    """What a part asks for, measured anew: slopes from the gradients, everything else as evidence is made."""
    act = measured.acts[by["experiment"]]
    if by["measure"] != SLOPE:
        return as_asked(MEASURES[by["measure"]](measured, act, by), by)
    gradients = measured.gradients[act.items].difference(act, FIRST)[:, :, measured.main]
    scenarios, wordings = gradients.shape[:2]
    topics = len(measured.directions.cells)
    resamples = resamples_of(scenarios, wordings, topics, measured.bootstraps, measured.seed)
    return as_asked(act_effect(gradients, measured.directions, by["emotions"], resamples).effect, by)


def verdicts(measured: ActMeasurements, claims: Mapping[str, Mapping[str, Any]], seed: int) -> Iterator[dict[str, Any]]:
    """Verdicts on every part on an act whose sides can be exchanged: seed, claim, part, measure, estimate, verdict.

    Gates, finite strengths and lexical controls are left out: they can only withdraw a verdict.
    """
    exchanged = exchange(measured, seed)
    for name, claim in claims.items():
        for part in claim["parts"]:
            by = part.get("measured_by", {})
            if by.get("measure") not in EXCHANGED:
                continue
            effect = effect_of(exchanged, by)
            verdict = verdict_on(claim, part, evidence_row(name, part["name"], effect)).verdict
            facts = {"seed": seed, "claim": name, "part": part["name"], "measure": by["measure"]}
            yield facts | {"estimate": effect.estimate, "verdict": verdict}
