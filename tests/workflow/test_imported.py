"""Vectors of other people in a study: one job for each model that they are of, none without them, and what is wrong said beforehand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from emotion_vectors.stimuli.configuration import imported_fault
from tests.workflow.parsed import ROOT
from tests.workflow.project import MODEL, Project
from tests.workflow.settings import merged

OTHER = "qwen2.5-coder-0.5b-instruct"
RULE, FILE = "compare_imported", "theirs.npz"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project beside which lies a file of vectors, which is not looked into before the job runs."""
    copy = Project.without_results(tmp_path_factory.mktemp("imported")).folder
    (copy / FILE).write_bytes(b"")
    return copy


def jobs_of(folder: Path, settings: Mapping[str, object]) -> list[dict[str, Any]]:
    """Jobs of the quick study under further settings."""
    (folder / "mine.yaml").write_text(yaml.safe_dump({**settings}))
    dump = [
        sys.executable,
        str(Path(__file__).with_name("plan_dump.py")),
        "workflow/config/quick.yaml,mine.yaml",
        "all",
    ]
    done = subprocess.run(dump, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_imported_vectors_are_one_more_job_that_reads_what_the_study_has_anyway(folder: Path):
    two = {"models": [MODEL, OTHER]}
    without = jobs_of(folder, two)
    brought = jobs_of(folder, {**two, "imported": {"theirs": {"file": FILE, "models": [OTHER]}}})
    assert RULE not in {job["rule"] for job in without}
    (job,) = [job for job in brought if job["rule"] == RULE]
    assert job["wildcards"] == {"model": OTHER}
    assert FILE in job["input"]
    assert len(brought) == len(without) + 1
    made = {file for other in without for file in other["output"]}
    results = {file for file in job["input"] if file.startswith("results/")}
    assert len(results) > 10
    assert results <= made
    assert not [file for file in results if "weights" in file]


def test_what_is_wrong_about_them_is_said_before_anything_runs(folder: Path):
    settings = {"imported": {"theirs": {"file": "absent.gguf", "models": [MODEL]}}}
    (folder / "mine.yaml").write_text(yaml.safe_dump(settings))
    status, output = Project(folder).snakemake(
        "-n", "--cores", "1", "--configfile", "workflow/config/quick.yaml", "mine.yaml"
    )
    assert status != 0
    assert "\nimported.theirs.file: no file absent.gguf; correct the path\n" in f"\n{output}\n"


@pytest.mark.parametrize(
    ("name", "file", "models", "fault"),
    [
        ("theirs", FILE, [MODEL], ""),
        ("theirs", "absent.npz", [MODEL], "imported.theirs.file: no file absent.npz; correct the path"),
        (
            "theirs",
            FILE,
            [MODEL, "nobody"],
            "imported.theirs.models: 'nobody' not in `models`; add it there, or correct",
        ),
        (
            "theirs",
            FILE,
            [OTHER],
            f"imported.theirs.models: '{OTHER}' is taken from published tables, without activations",
        ),
        ("study", FILE, [MODEL], "imported.study: rows of the study bear this name; choose another"),
        (MODEL, FILE, [MODEL], f"imported.{MODEL}: rows of the study bear this name"),
    ],
)
def test_files_models_and_names_are_held_against_the_study(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, file: str, models: Sequence[str], fault: str
):
    monkeypatch.chdir(folder)
    said = imported_fault({name: {"file": file, "models": models}}, [MODEL], [OTHER])
    assert said.startswith(fault) if fault else said == ""


@pytest.mark.parametrize(
    ("imported", "fault"),
    [
        ({"theirs": {"file": "theirs.pt", "models": [MODEL]}}, "'theirs.pt' does not match"),
        ({"theirs": {"file": FILE, "models": []}}, "[] should be non-empty"),
        ({"theirs": {"file": FILE}}, "'models' is a required property"),
        ({"theirs": {"file": FILE, "models": [MODEL], "layer": 3}}, "'layer' was unexpected"),
        ({"Their vectors": {"file": FILE, "models": [MODEL]}}, "'Their vectors' does not match"),
    ],
)
def test_the_schema_asks_for_a_readable_file_and_models(imported: Mapping[str, object], fault: str):
    schema = jsonschema.Draft202012Validator(yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text()))
    assert merged("config.yaml")["imported"] == {}
    (error,) = schema.iter_errors({**merged("config.yaml"), "imported": imported})
    assert fault in error.message
