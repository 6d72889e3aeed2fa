"""The model in the one form that every later step loads: safetensors, dequantised from GGUF or linked."""

from pathlib import Path

from emotion_vectors.artefacts import step
from emotion_vectors.weights import conversion, table


def main(source: Path, converted: Path, *, weights: table.Weights) -> None:
    conversion.convert(weights.path_in(source), converted, weights)


if __name__ == "__main__":
    step.run(main, snakemake)
