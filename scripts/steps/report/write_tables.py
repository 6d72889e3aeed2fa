"""Tables of the paper, each a file of its own."""

import json
from itertools import islice
from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import style
from emotion_vectors.report import latex, run_times
from emotion_vectors.report import results as reported
from emotion_vectors.report.tables import claims, expression, measurements, transcripts
from emotion_vectors.report.tables import conduct as conduct_tables
from emotion_vectors.stimuli.experiments import load_experiments
from emotion_vectors.weights import table as weights

LONGEST_STEPS = 12


def robustness(inputs, models: list[str]) -> str:
    files = zip(models, inputs.accuracy, inputs.summaries, inputs.rates, inputs.coherence, inputs.corpora, strict=True)
    return measurements.robustness_table({model: measurements.robustness_rows(*tables) for model, *tables in files})


def conduct(inputs, models: list[str]) -> dict[str, str]:
    """Tables about conduct without sampled replies."""
    table = load_experiments(inputs.experiments, inputs.experiment_schema)
    named = {name: each.emotions for name, each in table.items()}
    choices = iter(map(pd.read_parquet, inputs.choices))
    chosen = {model: pd.concat(islice(choices, len(inputs.choices) // len(models))) for model in models}
    gates, effects, depths, spans = (
        style.read_tables(files, models) for files in (inputs.gates, inputs.effects, inputs.by_depth, inputs.spans)
    )
    return {
        "gates": conduct_tables.gate_table(gates),
        "choices": conduct_tables.choice_table(chosen, named),
        "secondary": conduct_tables.secondary_table({each: (effects[each], depths[each]) for each in models}, named),
        "controls": conduct_tables.control_table(effects),
        "spans": conduct_tables.span_table(spans),
    }


def main(inputs, outputs, *, models: list[str], judge: str, sampled: list[str], benchmark_folders: list[str]):
    results = reported.load(inputs.claims, inputs.schema, inputs.results)
    engine = json.loads(Path(inputs.engine).read_text())
    steps = run_times.summarise(run_times.read(benchmark_folders, models), LONGEST_STEPS)
    rows = weights.read_models(inputs.models)
    cards = [*models, judge] if judge in rows and judge not in models else models
    facts = {model: measurements.model_facts(folder) for model, folder in zip(cards, inputs.weights, strict=True)}
    tables = {
        "claim_table": claims.claim_table(results),
        "overlap_table": claims.overlap_table(inputs.overlap),
        "summary_table": claims.summary_table(results),
        "robustness": robustness(inputs, models),
        "run_times": measurements.run_times_table(steps, measurements.machine_text(engine)),
        "benchmark": measurements.benchmark_table(engine),
        **conduct(inputs, models),
        "transcripts": transcripts.transcript_table(
            transcripts.read(inputs.transcripts, inputs.labels, models, sampled)
        ),
        "validation": transcripts.validation_table(transcripts.agreement_of(inputs.validation)),
        "expression": expression.expression_table(style.read_tables(inputs.expression, models)),
        "emotion_judge": transcripts.emotion_table(*inputs.emotions),
        "model_cards": measurements.model_table([rows[model] for model in cards], facts, judge),
    }
    for file in outputs:
        latex.write(tables.pop(Path(file).stem), file)
    if tables:
        raise ValueError(f"tables without an output file: {', '.join(tables)}; name them in workflow/rules/paper.smk")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output, models=snakemake.params.models, judge=snakemake.params.judge,
            sampled=snakemake.params.sampled, benchmark_folders=snakemake.params.benchmark_folders,
        )  # fmt: skip
