"""Verdict on every registered claim for every model of the study: the object behind the tables of README, report and paper."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, machine, step
from emotion_vectors.claims import judging, records, registry
from emotion_vectors.claims.evidence import close_unlabelled, unmark


def main(
    evidence: list[Path],
    claims: list[Path],
    schema: Path,
    results: Path,
    *,
    models: list[str],
    permuted: bool,
    tier: str,
    precision: str,
) -> None:
    registered, steps = registry.load(claims, schema), len(evidence) // len(models)
    verdicts, parts = {}, {}
    for number, model in enumerate(models):
        brought = evidence[number * steps : (number + 1) * steps]
        rows = pd.concat([unmark(files.read_table(file)).assign(step=file.stem) for file in brought], ignore_index=True)
        verdicts[model], parts[model] = judging.judge(
            registered, close_unlabelled(registered, rows) if permuted else rows
        )
    replicated, measured = judging.measured_share_replicated(pd.concat(verdicts.values()))
    content = {
        "tier": tier,
        "claims": {model: records.claim_records(rows) for model, rows in verdicts.items()},
        "parts": {model: records.part_records(rows) for model, rows in parts.items()},
        "measured": measured,
        "replicated": replicated,
        "environment": {"processor": machine.processor(), "precision": precision},
    }
    files.write_json(content, results)


if __name__ == "__main__":
    step.run(main, snakemake)
