"""Top-3 rate on implicit messages by depth with its null, mean readings for the heat map, and the evidence on A02."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.decoding import decoding_evidence, implicit_messages
from emotion_vectors.models.layers import main_layer
from emotion_vectors.vectors import emotion_vectors


def main(
    messages: Path,
    vectors: Path,
    shuffled_all: Path,
    shuffled_main: Path,
    ranks: Path,
    words: Path,
    rates: Path,
    heatmap: Path,
    evidence: Path,
    *,
    depth: float,
    bootstraps: int,
    seed: int,
) -> None:
    story_vectors, measured = emotion_vectors.load(vectors), implicit_messages.load(messages)
    layer = main_layer(measured.reply_token.shape[1], depth)
    columns = measured.columns(story_vectors.emotions)
    shuffled = [emotion_vectors.load_shuffled(path)[:, columns] for path in (shuffled_all, shuffled_main)]
    null = decoding_evidence.permuted_messages(measured, *shuffled, layer)

    by_vectors, by_words = files.read_table(ranks), files.read_table(words)
    table = implicit_messages.top_rates(pd.concat([by_vectors, by_words], ignore_index=True), bootstraps, seed)
    files.write_table(table.assign(null_95=table["layer"].map(null.bands())), rates)
    files.write_table(implicit_messages.mean_readings(measured, story_vectors, layer), heatmap, layer=layer)

    judged = implicit_messages.top_table(implicit_messages.before_reply(by_vectors, "vectors", layer), 3)
    baseline = implicit_messages.top_table(by_words, 3)
    row = decoding_evidence.on_messages(judged, baseline, null, bootstraps, seed)
    files.write_table(pd.DataFrame([row]), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
