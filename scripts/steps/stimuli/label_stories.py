"""The stories of this study with their emotion labels; the placebo permutes labels within each topic here, and only here."""

from collections.abc import Mapping
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.statistics import placebo
from emotion_vectors.stimuli import tables


def main(norms: Path, labelled: Path, *, folder: str, topics: Mapping[str, int], permuted: bool, seed: int) -> None:
    stories = tables.load_stories(folder, list(topics), topics, emotions=tables.load_emotions(norms))
    if permuted:
        stories = placebo.permute_labels(stories, seed)
    files.write_table(stories, labelled, labels="permuted" if permuted else "registered")


if __name__ == "__main__":
    step.run(main, snakemake)
