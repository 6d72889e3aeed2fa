"""What the run through a real SLURM is held by, and what was found when the whole quick study went through one (slurm.sh)."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from tests.workflow import compare_results
from tests.workflow.parsed import ROOT

RECORD = ROOT / "workflow/reference/slurm.json"


def test_the_whole_quick_study_gave_the_same_through_slurm():
    kept = json.loads(RECORD.read_text(encoding="utf-8"))
    assert re.fullmatch("[0-9a-f]{40}", kept["commit"]), "run slurm.sh again in a clean clone"
    assert kept["by"].startswith("slurm")
    assert kept["whole"]
    assert kept["differing"] == []
    published = [*(ROOT / "workflow/reference/quick/results").rglob("*.parquet")]
    assert kept["compared"] >= len(published) > 50


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """Two runs with the same results, of which one took longer."""
    for name, seconds in (("one", 1.0), ("two", 2.0)):
        folder = tmp_path / name
        folder.mkdir()
        pd.DataFrame({"estimate": [0.5, 0.25]}).to_parquet(folder / "evidence.parquet")
        (folder / "check.json").write_text(json.dumps({"difference": 0.125, "seconds": seconds}))
    return tmp_path / "one", tmp_path / "two"


def test_runs_agree_whatever_time_they_took_and_the_record_says_so(runs: tuple[Path, Path], tmp_path: Path):
    assert compare_results.compare(*runs, [], tmp_path / "record.json", "something") == 0
    kept = json.loads((tmp_path / "record.json").read_text())
    assert (kept["by"], kept["whole"], kept["compared"], kept["differing"]) == ("something", True, 2, [])


@pytest.mark.parametrize("spoilt", ["evidence.parquet", "check.json"])
@pytest.mark.parametrize("how", ["missing", "another"])
def test_a_file_that_is_missing_or_another_is_named(runs: tuple[Path, Path], tmp_path: Path, spoilt: str, how: str):
    file = runs[1] / spoilt
    if how == "missing":
        file.unlink()
    elif spoilt.endswith(".json"):
        file.write_text(json.dumps({"difference": 0.126, "seconds": 1.0}))
    else:
        pd.DataFrame({"estimate": [0.5, 0.2500001 + 1e-5]}).to_parquet(file)
    assert compare_results.compare(*runs, [], tmp_path / "record.json") == 1
    (named,) = json.loads((tmp_path / "record.json").read_text())["differing"]
    assert spoilt in named
