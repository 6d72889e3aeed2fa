"""Verdict on every registered claim for every model of the study: the object behind the tables of README, report and paper."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, machine, step
from emotion_vectors.claims import judging, nonmodels, records, registry
from emotion_vectors.claims.evidence import NOT_OF_LABELS, close_unlabelled, unmark, with_unmeasured
from emotion_vectors.expression.gates import ignored_orders


def main(
    evidence: list[Path],
    of_nonmodels: list[Path],
    orders: list[Path],
    claims: list[Path],
    schema: Path,
    results: Path,
    *,
    models: list[str],
    permuted: bool,
    labels_alone: bool,
    tier: str,
    precision: str,
) -> None:
    registered, steps = registry.load(claims, schema), len(evidence) // len(models)
    beside = len(of_nonmodels) // len(models)
    verdicts, parts, entered = {}, {}, {}
    replicated = measured = 0
    for number, model in enumerate(models):
        brought = evidence[number * steps : (number + 1) * steps]
        rows = pd.concat([unmark(files.read_table(file)).assign(step=file.stem) for file in brought], ignore_index=True)
        rows = with_unmeasured(registered, rows) if labels_alone else rows
        tested = close_unlabelled(registered, rows) if permuted else rows
        ignored = ignored_orders(files.read_table(orders[number]))
        judged, of_parts = judging.judge(registered, tested, ignored)
        parts[model] = of_parts[of_parts["guard"] != NOT_OF_LABELS]
        others = files.read_tables(of_nonmodels[number * beside : (number + 1) * beside])
        entered[model] = nonmodels.records(registered, others)
        verdicts[model] = nonmodels.cap(registered, judged, entered[model])
        of_model = judging.measured_share_replicated(verdicts[model], of_parts)
        replicated, measured = replicated + of_model[0], measured + of_model[1]
    content = {
        "tier": tier,
        "claims": {model: records.claim_records(rows) for model, rows in verdicts.items()},
        "parts": {model: records.part_records(rows) for model, rows in parts.items()},
        "nonmodels": entered,
        "measured": measured,
        "replicated": replicated,
        "environment": {"processor": machine.processor(), "precision": precision},
    }
    files.write_json(content, results)


if __name__ == "__main__":
    step.run(main, snakemake)
