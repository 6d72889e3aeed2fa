"""Tables of the paper, each a file of its own."""

import json
from pathlib import Path

import pandas as pd

from emotion_vectors import (
    behaviours,
    conduct_tables,
    latex,
    measurement_tables,
    paper_tables,
    provenance,
    reported,
    run_times,
    transcript_tables,
    transcripts,
    weights,
)

LONGEST_STEPS = 12


def robustness(inputs, models: list[str]) -> str:
    files = zip(models, inputs.accuracy, inputs.summaries, inputs.rates, inputs.coherence, inputs.corpora, strict=True)
    return measurement_tables.robustness_table(
        {model: measurement_tables.robustness_rows(*tables) for model, *tables in files}
    )


def choices(inputs, models: list[str]) -> str:
    each = len(inputs.choices) // len(models)
    tables = [pd.read_parquet(file) for file in inputs.choices]
    by_model = {model: pd.concat(tables[place * each : (place + 1) * each]) for place, model in enumerate(models)}
    experiments = behaviours.load_experiments(inputs.experiments, inputs.experiment_schema)
    return conduct_tables.choice_table(by_model, {name: each.emotions for name, each in experiments.items()})


def sampled_replies(inputs, models: list[str], sets: list[str]) -> dict[str, dict[str, pd.DataFrame]]:
    """Transcripts with the class of every reply, unsteered before steered: model -> set -> table."""
    files = zip(inputs.transcripts, inputs.labels, strict=True)
    tables = [transcripts.load(replies).assign(label=pd.read_parquet(labels)["label"]) for replies, labels in files]
    pairs = iter(zip(tables[::2], tables[1::2], strict=True))
    return {model: {name: pd.concat(next(pairs), ignore_index=True) for name in sets} for model in models}


def agreement(inputs) -> dict:
    """Facts about the agreement of classes with hand labels, by set."""
    found = [provenance.of_table(file)["agreement"] for file in inputs.validation]
    return {name: facts for each in found for name, facts in each.items()}


def main(inputs, outputs, *, models: list[str], sampled: list[str], benchmark_folders: list[str], run):
    results = reported.load(inputs.claims, inputs.schema, inputs.results)
    engine = json.loads(Path(inputs.engine).read_text())
    steps = run_times.summarise(run_times.read(benchmark_folders, models), LONGEST_STEPS)
    rows = weights.read_models(inputs.models)
    facts = {
        model: measurement_tables.model_facts(folder) for model, folder in zip(models, inputs.weights, strict=True)
    }
    tables = {
        "claim_table": paper_tables.claim_table(results),
        "overlap_table": paper_tables.overlap_table(inputs.overlap),
        "summary_table": paper_tables.summary_table(results),
        "robustness": robustness(inputs, models),
        "run_times": measurement_tables.run_times_table(steps, measurement_tables.machine_text(engine)),
        "benchmark": measurement_tables.benchmark_table(engine),
        "gates": conduct_tables.gate_table(
            {model: pd.read_parquet(file) for model, file in zip(models, inputs.gates, strict=True)}
        ),
        "choices": choices(inputs, models),
        "transcripts": transcript_tables.transcript_table(sampled_replies(inputs, models, sampled)),
        "validation": transcript_tables.validation_table(agreement(inputs)),
        "model_cards": measurement_tables.model_table([rows[model] for model in models], facts),
    }
    for file in outputs:
        latex.write(tables.pop(Path(file).stem), file, run)
    if tables:
        raise ValueError(f"tables without an output file: {', '.join(tables)}; name them in workflow/rules/paper.smk")


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input, snakemake.output, models=snakemake.params.models, sampled=snakemake.params.sampled,
            benchmark_folders=snakemake.params.benchmark_folders, run=run,
        )  # fmt: skip
