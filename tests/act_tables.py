"""Made-up results on acts in the form in which the rules write them, with one act all of whose gates are open."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from emotion_vectors.acts import sensitivity, tables
from emotion_vectors.claims import registry
from emotion_vectors.stimuli.acts.table import FIRST, SECOND, joint_emotions, load_acts

WORKFLOW = Path(__file__).resolve().parents[1] / "workflow"
ACTS = load_acts(WORKFLOW / "acts.tsv", WORKFLOW / "schemas" / "act.schema.yaml")
CLAIMS = registry.load([WORKFLOW / "claims" / "conduct.yaml"], WORKFLOW / "schemas" / "claim.schema.yaml")
OPEN = "act_agreement"
MENTIONED = 0.4
"""Mean change by a mere mention, of every act, nats per reply."""
HANDS, SCENARIOS = (FIRST, SECOND), ("s1", "s2", "s3")


def effects(generator: np.random.Generator, emotions: Sequence[str]) -> pd.DataFrame:
    rows = [
        (name, hand, measure, direction)
        for name, act in ACTS.items()
        for hand in HANDS
        for measure in (tables.DIFFERENCE, tables.WORDING)
        for direction in [*emotions, *map(tables.called, joint_emotions(CLAIMS, act))]
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
        for change in ("order", tables.MENTION)
        for hand in HANDS
        for scenario, beyond in zip(SCENARIOS, (-0.2, 0.0, 0.2), strict=True)
    ]
    return pd.DataFrame(rows, columns=["experiment", "change", "hand", "scenario", "logodds_nats"])


def tables_of(seed: int, emotions: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Path below the folder of a model -> table."""
    generator = np.random.default_rng(seed)
    return {
        "acts/effects": effects(generator, emotions),
        "acts/changes": changes(),
        "gates/acts": gates(generator),
    }
