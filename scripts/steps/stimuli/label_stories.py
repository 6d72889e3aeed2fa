"""The stories of this study with their emotion labels; the placebo permutes labels within each topic here, and only here."""

from collections.abc import Mapping
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.statistics import placebo
from emotion_vectors.stimuli import tables


def main(
    norms: Path,
    labelled: Path,
    second_labelled: Path,
    *,
    folder: str,
    topics: Mapping[str, int],
    second: int,
    permuted: bool,
    seed: int,
) -> None:
    emotions = tables.load_emotions(norms)
    stories = tables.load_stories(folder, list(topics), topics, emotions=emotions)
    of_second_hand = tables.load_second_hand(folder, second, emotions=emotions)
    for table, file in ((stories, labelled), (of_second_hand, second_labelled)):
        labels = placebo.permute_labels(table, seed) if permuted else table
        files.write_table(labels, file, labels="permuted" if permuted else "registered")


if __name__ == "__main__":
    step.run(main, snakemake)
