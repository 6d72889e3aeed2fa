"""Every verdict under other thresholds, other choices of the analysis where they were judged, and float32 where it was run (all claims)."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.artefacts.precision import FLOAT32
from emotion_vectors.claims import registry
from emotion_vectors.multiverse import comparing


def main(
    results: Path, claims: list[Path], schema: Path, exact: list[Path], table: Path, *, analysed: dict[str, str]
) -> None:
    study, registered = files.read_json(results), registry.load(claims, schema)
    of_choices = {Path(file).parent.name: files.read_json(file) for file in analysed}
    rounded = study["environment"]["precision"] != FLOAT32
    of_float32 = files.read_json(exact[0]) if exact and rounded else {}
    files.write_table(comparing.compare(registered, study, of_choices, of_float32), table)


if __name__ == "__main__":
    step.run(main, snakemake)
