"""Holds the results of two runs of one study against each other: compare_results.py FOLDER OTHER [FILE ...] [--record FILE --by WHAT]

Tables and JSON files have to hold the same; numbers may differ by the last digits. What says where, when and how fast a result was made
is left out. `--record` keeps what came of it, with the commit and what ran the other study.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from emotion_vectors.artefacts.provenance import git_commit

TOLERANCE = 1e-6
OF_THE_RUN = {"provenance", "environment", "seconds", "started", "run_times.json", "engine_benchmark.json"}
OF_THE_RUN |= {"scores_per_second", "head_scoring_vs_silencing"}
OUTSIDE_RESULTS = {"logs", "benchmarks"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("names", nargs="*", metavar="FILE")
    parser.add_argument("--record", type=Path, metavar="FILE", help="where to keep what came of it")
    parser.add_argument("--by", default="", metavar="WHAT", help="what ran the other study, for the record")
    asked = parser.parse_args()
    return compare(asked.folder, asked.other, asked.names, asked.record, asked.by)


def compare(folder: Path, other: Path, names: list[str], record: Path | None = None, by: str = "") -> int:
    """Prints the files that differ and keeps a record where one is asked for: 0 where all agree, 1 where not."""
    files = [folder / name for name in names] or sorted(files_below(folder))
    compared = [file.relative_to(folder) for file in files if file.suffix in (".parquet", ".json")]
    if not compared:
        print(f"{folder}: no table and no JSON file to compare")
        return 1
    faults = [fault for name in compared for fault in [fault_of(folder / name, other / name)] if fault]
    print(*faults, f"{len(compared) - len(faults)} of {len(compared)} files of {folder} and {other} agree", sep="\n")
    if record:
        kept = {"commit": git_commit(), "by": by, "whole": not names, "compared": len(compared), "differing": faults}
        record.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
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
    sys.exit(main())
