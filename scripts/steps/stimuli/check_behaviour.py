"""Check a behaviour set against its schema and rules, and report counts, lengths and digest."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.stimuli import tables
from emotion_vectors.stimuli.experiments import Experiment
from emotion_vectors.stimuli.rules import behaviours


def main(situations: Path, schema: Path, norms: Path, report: Path, *, experiments: Sequence[dict[str, Any]]) -> None:
    """Write the report as JSON; stop with the list of all problems of the set when a rule is broken."""
    users = [Experiment(**row) for row in experiments]
    files.write_json(behaviours.check_set(situations, schema, tables.load_emotions(norms), users), report)


if __name__ == "__main__":
    step.run(main, snakemake)
