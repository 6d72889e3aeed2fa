"""What planted effects, exchanged sides and permuted labels say of the rules: the file on the validity of the study."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.controls import shares
from emotion_vectors.controls.validity import as_committed, placebo_with
from emotion_vectors.placebos import counting


def main(
    planted: list[Path],
    structures: list[Path],
    writers: list[Path],
    exchanged: list[Path],
    validity: Path,
    *,
    models: list[str],
    run: list[str],
    committed: str,
    placebos: dict[str, str],
    bootstraps: int,
    seed: int,
) -> None:
    known = as_committed(Path(committed))
    acts, arranged, circuits, sides = (
        {model: files.read_table(file) for model, file in zip(models, tables, strict=True)}
        for tables in (planted, structures, writers, exchanged)
    )
    together = {model: pd.concat([arranged[model], circuits[model]]) for model in models}
    parts = {
        "planted": shares.summary(acts),
        "structures": shares.structures_summary(together),
        "exchanged": shares.exchanged_summary(sides, counting.Pool(bootstraps, seed)),
    }
    for counted in placebos:
        parts["placebo"] = placebo_with(known.get("placebo", {}), files.read_json(Path(counted)), run)
    files.write_json(known | parts, validity)


if __name__ == "__main__":
    step.run(main, snakemake)
