"""Weights of one model, from the first of its sources that delivers the right digest."""

from pathlib import Path

from emotion_vectors.artefacts import step
from emotion_vectors.weights import table


def main(models_file: str, name: str, folder: str) -> None:
    table.fetch(table.read_model(models_file, name), Path(folder))


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.input.models, snakemake.params.name, snakemake.output[0])
