"""Log-odds of a behaviour set under finite strengths of emotion vectors and null directions, main layer (A19-A29)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import directions, doses
from emotion_vectors.conduct.doses import Doses, Dosing
from emotion_vectors.engine import prompts
from emotion_vectors.models import language_model
from emotion_vectors.stimuli import experiments, situations


def main(
    scenarios: Path,
    weights: Path,
    vectors: Path,
    shuffled_main: Path,
    steered: Path,
    *,
    behaviour: str,
    row: Mapping[str, Any],
    rows: list[Mapping[str, Any]],
    depth: float,
    dosing: Dosing,
    batch_tokens: int,
    seed: int,
) -> None:
    on_set = experiments.of_rows(rows)
    known = directions.load(vectors, shuffled_main, depth)
    nulls = known.nulls(dosing.nulls_of_each_kind, seed)
    planned = doses.conditions(on_set, {kind: list(of_kind) for kind, of_kind in nulls.items()}, dosing.strengths)
    added = Doses(known.main, known.additions(planned, nulls), batch_tokens)

    dosed = doses.dosed_items(situations.load_items(scenarios), on_set, dosing.dosed_situations)
    model = language_model.load(weights, **row)
    tables: list[pd.DataFrame] = []
    for item, text in zip(dosed, prompts.encode_all(model, dosed, behaviour), strict=True):
        changes = doses.respond_to_doses(model, item, text, on_set, added)
        tables += doses.changes_of(planned, item, changes, on_set)
    files.write_table(pd.concat(tables, ignore_index=True), steered, layer=known.main)


if __name__ == "__main__":
    step.run(main, snakemake)
