"""Emotion in context: order by meaning by depth, vectors of two speakers, vectors of hidden emotions (A13, A14, A31)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.context import hiding, order, states, two_speakers, words
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.vectors import emotion_vectors, story_cells


def main(
    contexts: Path,
    negations: Path,
    prefixes: Path,
    speakers: Path,
    hidden: Path,
    vectors: Path,
    shuffled_all: Path,
    activations: Path,
    neutral: Path,
    stories: Path,
    ordered: Path,
    compared: Path,
    blocks: Path,
    shares: Path,
    evidence: Path,
    *,
    placebo: int | None,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    sets = states.ContextFiles(negations, prefixes, speakers, hidden)
    read, known = states.load(contexts, sets, neutral), emotion_vectors.load(vectors)
    shuffled, labels = emotion_vectors.load_shuffled(shuffled_all), files.read_table(stories)
    draws, rows, tables = Draws(bootstraps, shuffles, seed), [], []
    for pairs in (
        order.read_negations(read.negations, read.negation_pairs, known.emotions),
        order.read_prefixes(read.prefixes, read.prefix_pairs, known.emotions),
    ):
        orders = order.measure(pairs, known.values, shuffled, draws)
        by_words = words.ordered_by_words(pairs, labels, known.emotions)
        rows.append(order.evidence_on_order(orders, by_words, draws))
        tables.append(order.order_table(orders, draws))
    files.write_table(pd.concat(tables, ignore_index=True), ordered)

    two = two_speakers.dialogues_of(read.speakers, read.of_speakers, placebo)
    measured = two_speakers.comparisons(two, draws)
    rows.append(two_speakers.evidence_on_speakers(two, measured, draws))
    files.write_table(two_speakers.comparison_table(measured), compared)
    files.write_table(two_speakers.cosine_blocks(two), blocks)

    cells = story_cells.load(activations, neutral, stories, known.emotions)[:, :, read.layer]
    kept = hiding.hiding_of(read.hidden, read.of_hidden, cells, known.emotions, placebo)
    outside = hiding.measure(kept, hiding.held_out_stories(cells, kept.numbers, draws), draws)
    rows.append(hiding.evidence_on_hiding(kept, outside, draws))
    files.write_table(hiding.share_table(kept, outside), shares)
    files.write_table(pd.DataFrame(rows), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
