"""Slopes of every behaviour along every emotion vector, with nulls, by depth, and adjusted for tone (A19-A29)."""

from pathlib import Path

import pandas as pd
import torch

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import directions, responses, slope_tables, slopes
from emotion_vectors.stimuli.experiments import CONDUCT, TONE, load_experiments
from emotion_vectors.vectors import emotion_vectors


def main(
    experiments: Path,
    schema: Path,
    measured: list[Path],
    vectors: Path,
    shuffled_all: Path,
    shuffled_main: Path,
    effects: Path,
    by_depth: Path,
    by_item: Path,
    spans: Path,
    *,
    depth: float,
    nulls: int,
    bootstraps: int,
    seed: int,
) -> None:
    table = load_experiments(experiments, schema)
    of_set = {file.stem: responses.load(file) for file in measured}
    known = directions.load(vectors, shuffled_main, depth)
    gaussian = known.gaussian(nulls, seed)
    null = slope_tables.NullDirections(gaussian, emotion_vectors.load_shuffled(shuffled_all))
    gradients = {name: of_set[row.items].gradients_of(row) for name, row in table.items()}
    toned = [gradients[name].mean((0, 1)) for name, row in table.items() if row.kind == TONE]
    tones = torch.stack(toned)[:, known.main]
    tables: dict[Path, list[pd.DataFrame]] = {file: [] for file in (effects, by_depth, by_item)}
    shares = []
    for name, experiment in table.items():
        mean, at_main = gradients[name].mean((0, 1)), gradients[name][..., known.main, :]
        measures = {"raw": at_main}
        if experiment.kind == CONDUCT:
            measures["adjusted"] = slopes.without_tone(at_main, tones, known)
        for measure, of_items in measures.items():
            slopes_of_set = slopes.effects(known, gaussian, of_items, bootstraps, seed)
            tables[effects].append(slopes_of_set.assign(measure=measure, experiment=name, kind=experiment.kind))
        tables[by_depth].append(slope_tables.by_depth(mean, known, null).assign(experiment=name))
        items = slope_tables.by_item(at_main, of_set[experiment.items], experiment, known)
        tables[by_item].append(items.assign(experiment=name))
        shares.append({"experiment": name, **slope_tables.span(mean[known.main], known, seed)})
    for file, parts in tables.items():
        files.write_table(pd.concat(parts, ignore_index=True), file, layer=known.main)
    files.write_table(pd.DataFrame(shares), spans, layer=known.main)


if __name__ == "__main__":
    step.run(main, snakemake)
