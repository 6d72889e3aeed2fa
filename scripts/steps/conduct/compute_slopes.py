"""Slopes of every behaviour along every emotion vector, with nulls, by depth, and adjusted for tone (A19-A29)."""

import numpy as np
import pandas as pd
import torch

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import responses
from emotion_vectors.conduct import slopes as slope_statistics
from emotion_vectors.conduct.slopes import Directions, load_directions
from emotion_vectors.models import layers
from emotion_vectors.statistics import random_directions
from emotion_vectors.stimuli.experiments import CONDUCT, TONE, load_experiments

SPANS = 200
"""Random subspaces with which the span of the emotion vectors is compared."""


def effect_table(gradients, adjusted, directions: Directions, bootstraps: int, seed: int) -> pd.DataFrame:
    """Effect of every emotion on one experiment: raw and, where `adjusted` is given, without what tone explains."""
    measures = {"raw": gradients} | ({"adjusted": adjusted} if adjusted is not None else {})
    tables = [directions.effects(each, bootstraps, seed).assign(measure=name) for name, each in measures.items()]
    return pd.concat(tables, ignore_index=True)


def depth_table(gradient, directions: Directions) -> pd.DataFrame:
    """Slope of every emotion at every layer, with the null there; the band is the mean over the middle third."""
    slopes = slope_statistics.slopes_along(gradient, directions.emotions, directions.norms)
    nulls = directions.null_95_by_depth(gradient)
    table = pd.DataFrame(slopes, index=directions.names).rename_axis("emotion").reset_index()
    table = table.melt("emotion", var_name="layer", value_name="slope_nats")
    band = slopes[:, layers.middle_third(slopes.shape[1])].mean(1)
    table["band_slope_nats"] = table["emotion"].map(dict(zip(directions.names, band, strict=True)))
    for kind, values in nulls.items():
        table[f"null_95_{kind.replace('-', '_').lower()}"] = table["layer"].map(dict(enumerate(values)))
    return table


def span_row(gradient, directions: Directions, seed: int) -> dict[str, float]:
    """Share of the mean gradient in the span of the emotion vectors, and in random subspaces of the same dimension."""
    here, generator = gradient[directions.main], torch.Generator().manual_seed(seed)
    basis = directions.emotions[:-1, directions.main]  # The vectors sum to zero: one of them adds no dimension.
    random = [random_directions.gaussian(basis.shape, generator) for _ in range(SPANS)]
    shuffled = [each[:-1] for each in directions.shuffled_main[:SPANS]]
    share = slope_statistics.share_in_span
    return {
        "share": share(here, basis),
        "gaussian_95": float(np.quantile([share(here, each) for each in random], 0.95)),
        "shuffled_95": float(np.quantile([share(here, each) for each in shuffled], 0.95)),
        "dimensions": len(basis),
    }


def item_table(gradients, measured: responses.Responses, experiment, directions: Directions) -> pd.DataFrame:
    """Slope of every item along every emotion vector, main layer."""
    places = [measured.places[row] for row in measured.rows(experiment)]
    slopes = directions.main_slopes(gradients[..., directions.main, :]).reshape(len(places), -1)
    table = pd.DataFrame(slopes, columns=directions.names)
    table = table.assign(scenario=[place.scenario for place in places], variant=[place.variant for place in places])
    return table.melt(["scenario", "variant"], var_name="emotion", value_name="slope_nats")


def main(inputs, outputs, *, sets: list[str], depth: float, directions: int, bootstraps: int, seed: int):
    experiments = load_experiments(inputs.experiments, inputs.schema)
    measured = {name: responses.load(file) for name, file in zip(sets, inputs.responses, strict=True)}
    known = load_directions(inputs, depth, directions, seed)
    gradients = {name: measured[each.items].gradients_of(each) for name, each in experiments.items()}
    toned = [gradients[name].mean((0, 1)) for name, each in experiments.items() if each.kind == TONE]
    tones = torch.stack(toned)[:, known.main]
    effects, depths, items, spans = [], [], [], []
    for name, experiment in experiments.items():
        found = gradients[name]
        here = found[..., known.main, :]
        conduct = experiment.kind == CONDUCT
        adjusted = slope_statistics.without_tone(here, tones, known) if conduct else None
        table = effect_table(here, adjusted, known, bootstraps, seed)
        effects.append(table.assign(experiment=name, kind=experiment.kind))
        depths.append(depth_table(found.mean((0, 1)), known).assign(experiment=name))
        items.append(item_table(found, measured[experiment.items], experiment, known).assign(experiment=name))
        spans.append({"experiment": name, **span_row(found.mean((0, 1)), known, seed)})
    for tables, file in ((effects, outputs.effects), (depths, outputs.by_depth), (items, outputs.by_item)):
        files.write_table(pd.concat(tables, ignore_index=True), file, layer=known.main)
    files.write_table(pd.DataFrame(spans), outputs.spans, layer=known.main)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output, sets=snakemake.params.sets, depth=snakemake.params.depth,
            directions=snakemake.params.directions, bootstraps=snakemake.params.bootstraps,
            seed=snakemake.params.seed,
        )  # fmt: skip
