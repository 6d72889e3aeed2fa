"""The README is written anew between its markers alone, and writing it twice changes nothing more."""

import json
import re
import shutil
from pathlib import Path

import pytest

from steps.report import write_readme

WORKFLOW = Path("workflow")
CLAIMS = sorted(WORKFLOW.glob("claims/*.yaml"))
BETWEEN = re.compile(r"(<!-- (findings|run-times):begin -->\n).*?(<!-- \2:end -->)", re.DOTALL)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A copy of the README after one and after a second writing, for a study whose results are the reference numbers."""
    folder, texts = tmp_path_factory.mktemp("readme"), []
    shutil.copyfile("README.md", folder / "README.md")
    content = json.loads((WORKFLOW / "reference/default.json").read_text())
    (folder / "claims.json").write_text(json.dumps({**content, "tier": "default"}))
    for _ in range(2):
        write_readme.main(
            folder / "claims.json",
            CLAIMS,
            WORKFLOW / "schemas/claim.schema.yaml",
            WORKFLOW / "report/findings.yaml",
            [WORKFLOW / "reference/placebo.json"],
            WORKFLOW / "reference/run_times.json",
            folder / "README.md",
            tier="default",
        )
        texts.append((folder / "README.md").read_text())
    return texts


def test_what_stands_outside_the_markers_stays(written):
    before, after = Path("README.md").read_text(), written[0]
    assert len(BETWEEN.findall(after)) == 2
    assert BETWEEN.sub(r"\1\3", after) == BETWEEN.sub(r"\1\3", before)


def test_writing_it_twice_changes_nothing_more(written):
    assert written[1] == written[0]


def test_measured_times_are_those_of_the_recorded_studies(written):
    studies = json.loads((WORKFLOW / "reference/run_times.json").read_text())["studies"]
    (table,) = [match[0] for match in BETWEEN.finditer(written[0]) if match[2] == "run-times"]
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(studies)
