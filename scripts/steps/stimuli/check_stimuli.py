"""Check every stimulus set against its schema and rules, and report counts, digests and lexical statistics."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.stimuli.rules import all_sets


def main(folder: str | Path, norms: str | Path, report_file: str | Path) -> None:
    """Write the report as JSON; stop with the list of all problems when a rule is broken."""
    report = all_sets.check_all(folder, norms)
    files.write_json(report, report_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.params.folder, snakemake.input.norms, snakemake.output[0])
