"""Check every stimulus set against its schema and rules, and report counts, digests and lexical statistics."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.stimuli.rules import all_sets


def main(norms: Path, report: Path, *, folder: str) -> None:
    """Write the report as JSON; stop with the list of all problems when a rule is broken."""
    files.write_json(all_sets.check_all(folder, norms), report)


if __name__ == "__main__":
    step.run(main, snakemake)
