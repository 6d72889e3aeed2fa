"""Check a behaviour set against its schema and rules, and report counts, lengths and digest."""

from pathlib import Path

from emotion_vectors import behaviour_rules, provenance, stimuli
from emotion_vectors.experiments import load_experiments


def main(inputs, report_file: str, run) -> None:
    """Write the report as JSON; stop with the list of all problems of the set when a rule is broken."""
    experiments = load_experiments(inputs.experiments, inputs.schema)
    users = [experiment for experiment in experiments.values() if experiment.items == Path(inputs.situations).stem]
    emotions = stimuli.load_emotions(inputs.norms)
    report = behaviour_rules.check_set(inputs.situations, inputs.item_schema, emotions, users)
    provenance.write_json(report, report_file, run)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(snakemake.input, snakemake.output[0], run)
