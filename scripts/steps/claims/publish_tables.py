"""What figures, README and paper are made from, copied to where it is committed, so that they can be made again without a model."""

from pathlib import Path

from emotion_vectors.artefacts import step
from emotion_vectors.claims import publication


def main(tables: list[Path], folder: Path, *, roots: list[str], largest_megabytes: float) -> None:
    publication.publish(tables, [Path(root) for root in roots], folder, largest_megabytes)


if __name__ == "__main__":
    step.run(main, snakemake)
