"""The sentence encoder of the judge of replies, from the first source that delivers files with the right digests."""

from collections.abc import Mapping
from pathlib import Path

from emotion_vectors.artefacts import step
from emotion_vectors.weights import encoder_files


def main(encoder: Path, *, digests: Mapping[str, str]) -> None:
    encoder_files.fetch(encoder, files=digests)


if __name__ == "__main__":
    step.run(main, snakemake)
