"""The sentence encoder of the judge of replies, from the first source that delivers files with the right digests."""

from emotion_vectors.artefacts import step
from emotion_vectors.weights import encoder_files


def main(folder: str) -> None:
    encoder_files.fetch(folder)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.output[0])
