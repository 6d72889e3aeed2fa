"""Tables of the paper, each a file of its own."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.report import latex
from emotion_vectors.report import results as reported
from emotion_vectors.report.tables import benchmark as engine_tables
from emotion_vectors.report.tables import claims as claim_tables
from emotion_vectors.report.tables import conduct, conversations, expression, measurements, numbers, transcripts
from emotion_vectors.report.tables import precision as precision_tables
from emotion_vectors.report.tables.measurements import RobustnessFiles

LONGEST_STEPS = 12


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
    validation: list[Path],
    emotions: Path,
    emotions_beside: list[Path],
    expression_slopes: list[Path],
    engine: list[Path],
    precisions: list[Path],
    times: Path,
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
    variants = map(RobustnessFiles, accuracy, summaries, rates, coherence, corpora)
    slopes = of_models(effects)
    sets = len(choices) // len(models)
    chosen = [files.read_tables(choices[start : start + sets]) for start in range(0, len(choices), sets)]
    texts = {
        **{f"numbers_{name}": table for name, table in numbers.number_tables(measured).items()},
        "claim_table": claim_tables.claim_table(measured),
        "overlap_table": claim_tables.overlap_table(overlap),
        "robustness": measurements.robustness_table(
            dict(zip(models, map(measurements.robustness_rows, variants), strict=True))
        ),
        "run_times": measurements.run_times_table(files.read_json(times), LONGEST_STEPS),
        "benchmark": engine_tables.benchmark_table(benchmark),
        "precision": precision_tables.precision_table(precisions_of),
        "gates": conduct.gate_table(of_models(gates)),
        "choices": conduct.choice_table(dict(zip(models, chosen, strict=True)), experiments),
        "secondary": conduct.secondary_table(slopes, of_models(by_depth), experiments),
        "controls": conduct.control_table(slopes),
        "spans": conduct.span_table(of_models(spans)),
        "transcripts": transcripts.transcript_table(files.read_table(replies)),
        "validation": transcripts.validation_table(transcripts.agreement_of(validation)),
        "emotion_judge": transcripts.emotion_table(emotions, emotions_beside),
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
