"""Check every behaviour set against its schema and rules, and report counts, lengths and digests."""

from pathlib import Path

from emotion_vectors import behaviour_rules, behaviours, provenance, stimuli


def main(inputs, report_file: str, run) -> None:
    """Write the report as JSON; stop with the list of all problems of a set when a rule is broken."""
    emotions = stimuli.load_emotions(inputs.norms)
    experiments = behaviours.load_experiments(inputs.experiments, inputs.schema)
    report = {}
    for file in inputs.sets:
        users = [experiment for experiment in experiments.values() if experiment.items == Path(file).stem]
        report[Path(file).stem] = behaviour_rules.check_set(file, inputs.item_schema, emotions, users)
    provenance.write_json({"sets": report}, report_file, run)


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(snakemake.input, snakemake.output[0], run)
