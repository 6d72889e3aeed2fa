"""Weights of one model, from the first of its sources that delivers the right digest."""

from pathlib import Path

from emotion_vectors.artefacts import step
from emotion_vectors.weights import table


def main(source: Path, *, weights: table.Weights) -> None:
    table.fetch(weights, source)


if __name__ == "__main__":
    step.run(main, snakemake)
