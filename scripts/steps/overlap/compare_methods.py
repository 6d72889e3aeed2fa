"""Story vectors and instruction directions of the same six emotions: cosines, spaces, cross decoding (O01-O03, O01b, O02b)."""

from pathlib import Path

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import emotion_directions, prompt_states
from emotion_vectors.models import layers
from emotion_vectors.overlap import comparison, cross_decoding, methods
from emotion_vectors.statistics.algebra import centred
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.events import EMOTIONS
from emotion_vectors.stimuli.tables import load_emotions
from emotion_vectors.vectors import story_cells


def main(
    activations: Path,
    neutral: Path,
    stories: Path,
    norms: Path,
    fit: Path,
    held_out: Path,
    directions: Path,
    similarity: Path,
    angles: Path,
    decoding: Path,
    evidence: Path,
    *,
    depth: float,
    depth_resamples: int,
    placebo: int | None,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    draws, used = Draws(bootstraps, shuffles, seed), emotion_directions.load(directions).used
    fitted = prompt_states.load(fit, used, permuted=placebo)
    emotions = load_emotions(norms)
    cells = story_cells.load(activations, neutral, stories, emotions)
    six = cells[:, [emotions.index(EMOTIONS[name]) for name in fitted.emotions]]
    texts = cross_decoding.texts_of(six, fitted, prompt_states.load(held_out, permuted=placebo))
    topics, count, last, width = six.shape
    main_layer = layers.main_layer(last, depth)

    by_stories = methods.Method(centred(six, axis=1))
    by_prompts = methods.Method(emotion_directions.scenario_sums(texts.prompts, texts.scenarios))
    random = methods.random_overlaps(shuffles, count - 1, width, seed)
    compared = [
        comparison.compare(
            by_stories.at(layer),
            by_prompts.at(layer),
            random,
            bootstraps if layer == main_layer else depth_resamples,
            seed,
        )
        for layer in range(last)
    ]
    files.write_table(comparison.tabulate(compared), similarity)
    radians = [methods.principal_angles(by_stories.whole(layer), by_prompts.whole(layer)) for layer in range(last)]
    table = pd.DataFrame(np.degrees(radians)).rename_axis("layer").reset_index()
    files.write_table(table.melt("layer", var_name="angle", value_name="degrees"), angles)

    curves = cross_decoding.curves(texts, draws)
    tables = [curve.table(bootstraps, seed).assign(reading=name) for name, curve in curves.items()]
    files.write_table(pd.concat(tables, ignore_index=True), decoding)
    shuffled = methods.shuffled_overlaps(six[:, :, main_layer], texts.prompts[:, :, main_layer], shuffles, seed)
    crossed = methods.shuffled_crossings(by_stories.at(main_layer), by_prompts.at(main_layer), shuffles, seed)
    units = topics + len(set(texts.scenarios))
    rows = [
        *comparison.direction_evidence(compared[main_layer], shuffled, units),
        *comparison.contrast_evidence(compared, main_layer, shuffled, crossed, units),
        *cross_decoding.decoding_evidence(curves, main_layer, count, draws),
    ]
    files.write_table(pd.DataFrame(rows), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
