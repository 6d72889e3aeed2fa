"""Tables of the paper, each a file of its own."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.report import latex, placebo
from emotion_vectors.report import results as reported
from emotion_vectors.report.tables import acts, conduct, conversations, expression, measurements, numbers, transcripts
from emotion_vectors.report.tables.benchmark import time_tables
from emotion_vectors.report.tables.claims import claim_tables
from emotion_vectors.report.tables.differences import difference_table
from emotion_vectors.report.tables.precision import precision_table


def main(
    results: Path,
    claims: list[Path],
    schema: Path,
    overlap: Path,
    facts: Path,
    replies: Path,
    accuracy: list[Path],
    summaries: list[Path],
    rates: list[Path],
    coherence: list[Path],
    corpora: list[Path],
    gates: list[Path],
    effects: list[Path],
    by_depth: list[Path],
    spans: list[Path],
    choices: list[Path],
    act_effects: list[Path],
    validation: list[Path],
    emotions: Path,
    emotions_beside: list[Path],
    hands: list[Path],
    expression_slopes: list[Path],
    engine: list[Path],
    precisions: list[Path],
    validity: list[Path],
    differences: Path,
    times: Path,
    model_table: Path,
    deviations: Path,
    tables: list[Path],
    *,
    models: list[str],
    judge: str,
    experiments: dict[str, list[str]],
) -> None:
    def of_models(paths: list[Path]) -> dict[str, pd.DataFrame]:
        return {model: files.read_table(path) for model, path in zip(models, paths, strict=True)}

    measured = reported.load(claims, schema, results)
    benchmark, precisions_of = (files.read_json(one[0]) if one else {} for one in (engine, precisions))
    variants = map(measurements.RobustnessFiles, accuracy, summaries, rates, coherence, corpora)
    robust = map(measurements.robustness_rows, variants)
    sets = len(choices) // len(models)
    chosen = [files.read_tables(choices[start : start + sets]) for start in range(0, len(choices), sets)]
    texts = {
        **{f"numbers_{name}": table for name, table in numbers.number_tables(measured).items()},
        **claim_tables(measured, overlap, deviations),
        "robustness": measurements.robustness_table(dict(zip(models, robust, strict=True))),
        "differences": difference_table(files.read_table(differences)),
        **time_tables(times, benchmark, model_table),
        "precision": precision_table(precisions_of),
        **placebo.validity_tables(validity),
        "gates": conduct.gate_table(of_models(gates)),
        "act_slopes": acts.act_table(measured, of_models(act_effects)),
        "choices": conduct.choice_table(dict(zip(models, chosen, strict=True)), experiments),
        "secondary": conduct.secondary_table(of_models(effects), of_models(by_depth), experiments),
        "controls": conduct.control_table(of_models(effects)),
        "spans": conduct.span_table(of_models(spans)),
        "transcripts": transcripts.transcript_table(files.read_table(replies)),
        "validation": transcripts.validation_table(transcripts.agreement_of(validation)),
        **transcripts.judge_tables(emotions, emotions_beside, hands),
        "expression": expression.expression_table(of_models(expression_slopes)),
        "conversations": conversations.conversation_list(files.read_json(facts)["models"]),
        "model_cards": measurements.model_table(files.read_json(facts)["models"], judge),
    }
    for table in tables:
        latex.write(texts.pop(table.stem), table)
    if texts:
        raise ValueError(f"tables without an output file: {', '.join(texts)}; name them in workflow/rules/report.smk")


if __name__ == "__main__":
    step.run(main, snakemake)
