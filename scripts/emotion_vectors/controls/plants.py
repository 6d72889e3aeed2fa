"""Planted effects: how often the whole judgement of acts finds a slope that is known to be there, and how often one that is not.

The plant is a neuron that reads the residual stream along a vector and passes what it reads on to the log-odds of the act, in the context
of the act alone. To first order such a neuron adds the vector itself, times a constant, to the gradient of every scenario. That is what is
done here, to the gradients that were stored. The neuron in the weights would stand behind the norm and the nonlinearities of its block,
so that its slope would depend on the positions and the text, and be known from a measurement by the same engine alone.

Every plant is a study drawn anew from the one at hand: scenarios, and topics that make the vectors, with replacement. So scenarios
scatter as they do, vectors are known as badly as they are, and the mean gradient, from which the nulls reach as far as they do, is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from emotion_vectors.acts.overview import as_asked
from emotion_vectors.acts.slopes import SEMANTIC, StoryDirections, act_effect
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.claims.judging import PARTIAL, REPLICATED, judge_part
from emotion_vectors.conduct.kinds import EMOTION, GAUSSIAN, SHUFFLED
from emotion_vectors.conduct.slopes import PER_STRENGTH
from emotion_vectors.controls.shares import SIZES
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.stimuli.acts.table import SLOPE, called

if TYPE_CHECKING:
    from emotion_vectors.acts.slopes import Resamples

SHAMS = (GAUSSIAN, SHUFFLED, SEMANTIC)
"""Kinds of directions along which a sham of the largest size is planted, freed of the vector itself."""


@dataclass(frozen=True)
class Plant:
    """What is planted for one part of a claim about slopes.

    part: as registered; kind: emotion for a plant along the vectors that the part names, else that of a sham; size: in multiples of the
    smallest effect; side: 1 where the claim expects the effect, -1 on the other side; draw: number of the study that is drawn.
    """

    claim: str
    part: Mapping[str, Any]
    registration: int
    kind: str
    size: float
    side: int
    draw: int

    @property
    def asked(self) -> Mapping[str, Any]:
        """How the part is measured."""
        by: Mapping[str, Any] = self.part["measured_by"]
        return by

    @property
    def slope(self) -> float:
        """Slope of adding what the plant lies along, nats per reply at strength 0.1."""
        turned = self.asked.get("turned", False) != (self.part["prediction"] == "negative")
        return float(self.side * self.size * self.part["smallest_effect"] * (-1 if turned else 1))


def planned(claims: Mapping[str, Mapping[str, Any]], draws: int) -> Iterator[Plant]:
    """Plants of every size on both sides, and a sham of each kind, for every part on a slope of an act, in each of some draws."""
    for name, claim in claims.items():
        for part in claim["parts"]:
            if part.get("measured_by", {}).get("measure") != SLOPE:
                continue
            for draw in range(draws):
                common = {"claim": name, "part": part, "registration": claim["registration"], "draw": draw}
                yield from (Plant(kind=EMOTION, size=size, side=side, **common) for size in SIZES for side in (1, -1))
                yield from (Plant(kind=kind, size=max(SIZES), side=1, **common) for kind in SHAMS)


def sow(
    plant: Plant, gradients: Tensor, directions: StoryDirections, generator: np.random.Generator
) -> tuple[Tensor, StoryDirections]:
    """A study drawn anew in which the slope of the part's vector is the planted one, or nothing where a sham is planted.

    Args:
        gradients: [scenario, wording, d_model] at the main layer, of the difference between the contexts of the act.
    Returns:
        Gradients of as many scenarios drawn with replacement, and directions whose vectors are made of topics drawn likewise.
    """
    emotions = plant.asked["emotions"]
    vector = unit(directions.direction(emotions))
    lies_along = vector
    if plant.kind != EMOTION:
        of_kind = directions.nulls(emotions)[plant.kind]
        sham = of_kind[int(generator.integers(len(of_kind)))]
        lies_along = unit(sham - (sham @ vector) * vector)
    scenarios, topics = (generator.integers(0, count, count) for count in (len(gradients), len(directions.cells)))
    without = gradients[scenarios] - (gradients.mean((0, 1)) @ vector) * vector
    planted = without + plant.slope / (PER_STRENGTH * directions.norm) * lies_along
    return planted, replace(directions, cells=directions.cells[topics])


def judged(
    plant: Plant, gradients: Tensor, directions: StoryDirections, resamples: Resamples, generator: np.random.Generator
) -> dict[str, Any]:
    """What the rules of the part make of a plant: a row of what was planted, what was estimated, and whether an effect was found.

    An effect is found where the verdict speaks for the claim, or says that it lies beyond the null on the other side. A plant must be
    found on its own side; of a sham either is a false find. Gates, which know nothing of the vectors, are left out.
    """
    emotions = plant.asked["emotions"]
    planted, drawn = sow(plant, gradients, directions, generator)
    effect = as_asked(act_effect(planted, drawn, emotions, resamples, directions).effect, plant.asked)
    verdict = judge_part(plant.part, evidence_row(plant.claim, plant.part["name"], effect), plant.registration)
    for_claim = verdict.verdict in (PARTIAL, REPLICATED)
    is_found = for_claim or verdict.opposite
    if plant.kind == EMOTION:
        is_found = for_claim if plant.side > 0 else verdict.opposite
    facts = {"claim": plant.claim, "part": plant.part["name"], "experiment": plant.asked["experiment"]}
    sown = {"kind": plant.kind, "size": plant.size, "side": plant.side, "slope_nats": plant.slope, "draw": plant.draw}
    return {
        **facts,
        "direction": called(emotions),
        **sown,
        **vars(effect),
        "verdict": verdict.verdict,
        "found": is_found,
    }
