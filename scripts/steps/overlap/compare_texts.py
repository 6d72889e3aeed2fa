"""Steps and findings that the texts of both papers share, from two registered readings of them (O07, O07b)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims.evidence import evidence_row, mark_missing, untested_row
from emotion_vectors.overlap import texts
from emotion_vectors.statistics.resampling import Draws


def main(overlap: Path, second: Path, evidence: Path, *, bootstraps: int, shuffles: int, seed: int) -> None:
    topics = texts.load(overlap)
    verdicts = texts.load_second(second, topics)
    shared = f"{texts.shared_count(topics)} of {len(topics)} steps and findings are the same or similar"
    guard = f"a reading of texts has neither null nor interval; {shared}"
    agree = texts.agreement_of_readings(
        [topic.verdict for topic in topics], verdicts, Draws(bootstraps, shuffles, seed)
    )
    beside = texts.apart_in_words(topics, verdicts)
    rows = [
        untested_row("O07", "same or similar", guard),
        evidence_row("O07b", "agreement of two readings", agree, beside=beside),
    ]
    files.write_table(mark_missing(pd.DataFrame(rows)), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
