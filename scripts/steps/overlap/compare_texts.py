"""Steps and findings that the texts of both papers share, from the registered reading of them (O07)."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import judging
from emotion_vectors.overlap import texts


def main(overlap_file: str, output_file: str):
    topics = texts.load(overlap_file)
    shared = f"{texts.shared_count(topics)} of {len(topics)} steps and findings are the same or similar"
    guard = f"a reading of texts has neither null nor interval; {shared}"
    table = pd.DataFrame([judging.untested("O07", "same or similar", guard)])
    files.write_table(judging.mark_missing(table), output_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.input.overlap, snakemake.output[0])
