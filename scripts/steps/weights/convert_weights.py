"""The model in the one form that every later step loads: safetensors, dequantised from GGUF or linked."""

from pathlib import Path

from emotion_vectors.artefacts import step
from emotion_vectors.weights import conversion, table


def main(models_file: str, name: str, source_folder: str, folder: str) -> None:
    row = table.read_model(models_file, name)
    conversion.convert(row.path_in(source_folder), Path(folder), row)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.input.models, snakemake.params.name, snakemake.input.source, snakemake.output[0])
