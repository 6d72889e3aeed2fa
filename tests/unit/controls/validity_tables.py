"""Tables of planted effects, arrangements and circuits, and of exchanged sides, of one model."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files

SOWN = pd.DataFrame(
    {
        "kind": ["plant", "sham"],
        "size": [2.0, 2.0],
        "draw": [0, 0],
        "claim": "A06b",
        "part": "valence",
        "verdict": ["replicated", "inconclusive"],
        "found": [True, False],
    }
)
ACTS = pd.DataFrame(
    {"kind": ["emotion"] * 3 + ["Gaussian"], "size": [0.5, 1.0, 2.0, 2.0], "found": [False, True, True, False]}
)
JUDGED = pd.DataFrame(
    {
        "seed": [7, 7, 8, 8],
        "claim": "S04b",
        "part": ["one", "two"] * 2,
        "verdict": ["replicated", "inconclusive", "not replicated", "inconclusive"],
    }
)


def write(folder: Path) -> list[list[Path]]:
    """Files of each kind, as the step that writes the file on validity takes them."""
    tables = {"planted": ACTS, "structures": SOWN, "writers": SOWN.assign(claim="W05b"), "exchanged": JUDGED}
    for name, table in tables.items():
        files.write_table(table, folder / f"{name}.parquet")
    return [[folder / f"{name}.parquet"] for name in tables]
