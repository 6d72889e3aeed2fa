"""Acts under pressure with the emotion subspace clamped to what it holds without, where pressure has an effect at all (S06)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from emotion_vectors.acts import conditions
from emotion_vectors.artefacts import files, step
from emotion_vectors.models import language_model
from emotion_vectors.models.layers import main_layer
from emotion_vectors.removal import pressure, pressure_evidence, subspaces
from emotion_vectors.removal.questions import RemovalPlan
from emotion_vectors.stimuli.acts import items as act_items
from emotion_vectors.stimuli.acts.table import FIRST, Act
from emotion_vectors.vectors import emotion_vectors


def main(
    scenes: list[Path],
    evidence_on_acts: Path,
    weights: Path,
    vectors: Path,
    shuffled_main: Path,
    clamped: Path,
    *,
    row: Mapping[str, Any],
    rows: list[Mapping[str, Any]],
    depth: float,
    plan: RemovalPlan,
    batch_tokens: int,
    seed: int,
) -> None:
    reasons = pressure_evidence.without_effect(files.read_table(evidence_on_acts))
    acts = [act for act in (Act(**named) for named in rows) if act.name not in reasons]
    by_set = {file.stem: file for file in scenes}
    tables = [pd.DataFrame(columns=pressure_evidence.CLAMPED_COLUMNS)]
    if acts:
        known, model = emotion_vectors.load(vectors), language_model.load(weights, **row)
        layer = main_layer(model.layers, depth)
        shuffled = emotion_vectors.load_shuffled(shuffled_main)
        basis = subspaces.emotion_subspace(known.values, plan.components)[layer]
        of_shuffled = subspaces.shuffled_subspaces(shuffled, plan.components, plan.subspaces)[:, 0]
        bases = torch.cat([basis[None], of_shuffled])
        clamps = pressure.ClampPlan(layer, plan.subspaces, seed, batch_tokens)
        tables = []
        for act in acts:
            items = act_items.load_act_items({FIRST: by_set[act.items]})
            some = [*conditions.scenes(act_items.some_scenarios(items, plan.scenarios))]
            tables.append(pressure.clamp(model, act, some, bases, clamps))
    files.write_table(pd.concat(tables, ignore_index=True), clamped)


if __name__ == "__main__":
    step.run(main, snakemake)
