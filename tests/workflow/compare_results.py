"""Holds the results of two runs of one study against each other: python compare_results.py FOLDER OTHER [FILE ...]

Tables and JSON files have to hold the same; numbers may differ by the last digits. What says where and when a result was made is left out.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import pandas as pd

TOLERANCE = 1e-6
OF_THE_RUN = {"provenance", "environment", "seconds", "started", "run_times.json", "engine_benchmark.json"}
OUTSIDE_RESULTS = {"logs", "benchmarks"}


def main(folder: Path, other: Path, names: list[str]) -> int:
    files = [folder / name for name in names] or sorted(files_below(folder))
    compared = [file.relative_to(folder) for file in files if file.suffix in (".parquet", ".json")]
    if not compared:
        print(f"{folder}: no table and no JSON file to compare")
        return 1
    faults = [fault for name in compared for fault in [fault_of(folder / name, other / name)] if fault]
    print(*faults, f"{len(compared) - len(faults)} of {len(compared)} files of {folder} and {other} agree", sep="\n")
    return 1 if faults else 0


def files_below(folder: Path) -> list[Path]:
    return [
        file
        for file in folder.rglob("*")
        if file.is_file() and file.name not in OF_THE_RUN and not OUTSIDE_RESULTS & {*file.relative_to(folder).parts}
    ]


def fault_of(one: Path, two: Path) -> str:
    """What two files differ in, in words; empty where they agree."""
    if not two.is_file():
        return f"{two}: missing"
    if one.suffix == ".json":
        first, second = (json.loads(file.read_text(encoding="utf-8")) for file in (one, two))
        return "" if same(first, second) else f"{two}: another content than {one}"
    try:
        pd.testing.assert_frame_equal(pd.read_parquet(one), pd.read_parquet(two), rtol=TOLERANCE, atol=TOLERANCE)
    except AssertionError as error:
        return f"{two}: {str(error).splitlines()[0]}"
    return ""


def same(one: Any, two: Any) -> bool:
    """Whether two values of JSON say the same, apart from what is of the run."""
    if isinstance(one, dict) and isinstance(two, dict):
        keys = {*one, *two} - OF_THE_RUN
        return all(key in one and key in two and same(one[key], two[key]) for key in keys)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(same, one, two))
    if isinstance(one, float) and isinstance(two, float):
        return math.isclose(one, two, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(one == two)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
