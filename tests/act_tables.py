"""Made-up results on acts in the form in which the rules write them, with one act all of whose gates are open."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emotion_vectors.acts import conditions, odds, sensitivity
from emotion_vectors.claims import registry
from emotion_vectors.controls import plants
from emotion_vectors.controls.shares import SIZES
from emotion_vectors.controls.sown import OPPOSITE, PLANT, SHAM, Sown
from emotion_vectors.stimuli.acts.table import FIRST, SECOND, called, joint_emotions, load_acts

WORKFLOW = Path(__file__).resolve().parents[1] / "workflow"
ACTS = load_acts(WORKFLOW / "acts.tsv", WORKFLOW / "schemas" / "act.schema.yaml")
CLAIMS = registry.load([WORKFLOW / "claims" / "conduct.yaml"], WORKFLOW / "schemas" / "claim.schema.yaml")
OPEN = "act_agreement"
MENTIONED = 0.4
"""Mean change by a mere mention, of every act, nats per reply."""
MEASURES = (conditions.DIFFERENCE, conditions.WORDING, conditions.LEFT, conditions.CONTROL)
HANDS, SCENARIOS = (FIRST, SECOND), ("s1", "s2", "s3")


def effects(generator: np.random.Generator, emotions: Sequence[str]) -> pd.DataFrame:
    rows = [
        (name, hand, measure, direction)
        for name, act in ACTS.items()
        for hand in HANDS
        for measure in MEASURES
        for direction in [*emotions, *map(called, joint_emotions(CLAIMS, act))]
    ]
    table = pd.DataFrame(rows, columns=["experiment", "hand", "measure", "direction"])
    values = generator.normal(0, 0.5, len(table))
    return table.assign(estimate=values, low=values - 0.2, high=values + 0.3, null_95=0.6, reference=0.0)


def gates(generator: np.random.Generator) -> pd.DataFrame:
    others = ("scenarios that the order moves, share", "mere mention less 0.5 of it", "slope along the mean gradient")
    rows = [
        (name, quantity, generator.normal(1, 1), name == OPEN or number > 2)
        for name, act in ACTS.items()
        for number, quantity in enumerate((sensitivity.ORDERED, sensitivity.contrast(act), *others))
    ]
    table = pd.DataFrame(rows, columns=["behaviour", "quantity", "value", "passed"])
    return table.assign(readout=sensitivity.ACTS, low=table["value"] - 0.3, high=table["value"] + 0.3)


def changes() -> pd.DataFrame:
    rows = [
        (name, change, hand, scenario, MENTIONED + beyond)
        for name in ACTS
        for change in ("order", odds.MENTION)
        for hand in HANDS
        for scenario, beyond in zip(SCENARIOS, (-0.2, 0.0, 0.2), strict=True)
    ]
    return pd.DataFrame(rows, columns=["experiment", "change", "hand", "scenario", "logodds_nats"])


def planted(generator: np.random.Generator) -> pd.DataFrame:
    """Plants of which more are found the larger they are, and shams of which few are."""
    rows = [
        {
            "kind": plant.kind,
            "size": plant.size,
            "side": plant.side,
            "slope_nats": plant.slope,
            "found": generator.random() < (plant.size / 2 if plant.kind == "emotion" else 0.03),
        }
        for plant in plants.planned(CLAIMS, 1)
    ]
    return pd.DataFrame(rows)


def structures(generator: np.random.Generator, claims: Sequence[str]) -> pd.DataFrame:
    """Plants in emptied studies of which more are found the larger they are, beside shams and opposites."""
    sown = [*((PLANT, size) for size in SIZES), (SHAM, max(SIZES)), (OPPOSITE, max(SIZES))]
    rows = [
        Sown("made up", kind, size, draw).row(
            claim, part, 0.1, "made up", is_found=generator.random() < (size / 2 if kind == PLANT else 0.03)
        )
        for claim in claims
        for draw in range(4)
        for part in ("one", "two")
        for kind, size in sown
    ]
    return pd.DataFrame(rows)


def exchanged(generator: np.random.Generator) -> pd.DataFrame:
    """Verdicts with the sides of replies exchanged, of which few are replicated."""
    rows = [
        (seed, measure, "replicated" if generator.random() < 0.05 else "inconclusive")
        for seed in range(20)
        for measure in ("act_slope", "act_slope", "act_graded", "act_spread")
    ]
    return pd.DataFrame(rows, columns=["seed", "measure", "verdict"])


def tables_of(seed: int, emotions: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Path below the folder of a model -> table."""
    generator = np.random.default_rng(seed)
    return {
        "acts/effects": effects(generator, emotions),
        "acts/changes": changes(),
        "acts/planted": planted(generator),
        "controls/structures": structures(generator, ("A06b", "A07b", "A09b")),
        "controls/exchanged": exchanged(generator),
        "controls/writers": structures(generator, ("W04b", "W05b")),
        "gates/acts": gates(generator),
    }


def parts_of(seed: int) -> dict[str, dict[str, dict[str, Any]]]:
    """Leading parts of the claims about acts as in claims.json, estimates on the predicted side; the first model's gates are closed."""
    parts = {}
    for claim, entry in CLAIMS.items():
        part = entry["parts"][0]
        side = -1 if part["prediction"] == "negative" else 1
        ends = sorted((side * 0.2, side * (0.6 + seed)))
        numbers = {
            "verdict": "not replicated",
            "estimate": side * (0.3 + seed),
            "low": ends[0],
            "high": ends[1],
            "null_95": 0.25,
            "reference": 0.0,
        }
        parts[claim] = {part["name"]: numbers | {"guard": "" if seed else "act: order, closed"}}
    return parts
