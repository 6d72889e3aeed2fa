"""Check a behaviour set against its schema and rules, and report counts, lengths and digest."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.stimuli import tables
from emotion_vectors.stimuli.experiments import load_experiments
from emotion_vectors.stimuli.rules import behaviours


def main(inputs, report_file: str) -> None:
    """Write the report as JSON; stop with the list of all problems of the set when a rule is broken."""
    experiments = load_experiments(inputs.experiments, inputs.schema)
    users = [experiment for experiment in experiments.values() if experiment.items == Path(inputs.situations).stem]
    emotions = tables.load_emotions(inputs.norms)
    report = behaviours.check_set(inputs.situations, inputs.item_schema, emotions, users)
    files.write_json(report, report_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.input, snakemake.output[0])
