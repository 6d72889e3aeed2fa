"""Steps and findings that the texts of both papers share, from the registered reading of them (O07)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims.evidence import mark_missing, untested_row
from emotion_vectors.overlap import texts


def main(overlap: Path, evidence: Path) -> None:
    topics = texts.load(overlap)
    shared = f"{texts.shared_count(topics)} of {len(topics)} steps and findings are the same or similar"
    guard = f"a reading of texts has neither null nor interval; {shared}"
    table = pd.DataFrame([untested_row("O07", "same or similar", guard)])
    files.write_table(mark_missing(table), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
