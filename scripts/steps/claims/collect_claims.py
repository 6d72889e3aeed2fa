"""Claims of all models of the study as one JSON file: the object behind the tables of README, report and paper."""

from pathlib import Path

from emotion_vectors.artefacts import files, machine, step
from emotion_vectors.claims import judging, records


def main(judged: list[Path], parts: list[Path], results: Path, *, tier: str, precision: str) -> None:
    verdicts, verdicts_on_parts = files.read_tables(judged), files.read_tables(parts)
    replicated, measured = judging.measured_share_replicated(verdicts)
    content = {
        "tier": tier,
        "claims": {model: records.claim_records(rows) for model, rows in verdicts.groupby("model", sort=False)},
        "parts": {model: records.part_records(rows) for model, rows in verdicts_on_parts.groupby("model", sort=False)},
        "measured": measured,
        "replicated": replicated,
        "environment": {"processor": machine.processor(), "precision": precision},
    }
    files.write_json(content, results)


if __name__ == "__main__":
    step.run(main, snakemake)
