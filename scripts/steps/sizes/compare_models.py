"""Each model of the study against the next larger one: differences in the parts of claims, with intervals."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import registry
from emotion_vectors.sizes.differences import COLUMNS, Compared, difference_table, neighbours, slopes_by_scenario


def main(
    results: Path,
    claims: list[Path],
    schema: Path,
    acts: list[Path],
    mirrored: list[Path],
    differences: Path,
    *,
    millions: Mapping[str, int],
    bootstraps: int,
    seed: int,
) -> None:
    parts, registered = files.read_json(results)["parts"], registry.load(claims, schema)
    compared = {
        model: Compared(model, parts[model], slopes_by_scenario(files.read_table(of_acts), files.read_table(of_items)))
        for model, of_acts, of_items in zip(millions, acts, mirrored, strict=True)
    }
    tables = [
        difference_table(compared[smaller], compared[larger], registered, bootstraps, seed)
        for smaller, larger in neighbours(millions)
    ]
    # A study of one model has a table without rows: figures and texts that read it say that there is nothing to compare.
    files.write_table(pd.concat([pd.DataFrame(columns=COLUMNS), *tables], ignore_index=True), differences)


if __name__ == "__main__":
    step.run(main, snakemake)
