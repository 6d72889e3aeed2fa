"""Published tables of a model laid beside the results of the models that are run, every one held against its digest."""

from pathlib import Path
from typing import Any

from emotion_vectors.archive import publications
from emotion_vectors.artefacts import files, step
from emotion_vectors.claims.publication import below


def main(
    told: Path, tables: list[Path], *, facts: dict[str, Any], digests: dict[str, str], folder: str, roots: list[str]
) -> None:
    copies = {below(table, map(Path, roots)).as_posix(): table for table in tables}
    publications.copy_tables(digests, Path(folder), copies)
    files.write_json(facts, told)
    print(
        f"{facts['model']}: {len(copies)} tables from {folder}, measured at commit {facts['origin']['commit']}",
        flush=True,
    )


if __name__ == "__main__":
    step.run(main, snakemake)
