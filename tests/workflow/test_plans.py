"""Every study that a configuration names can be planned from weights to paper in a fresh clone. No job is run."""

from pathlib import Path

import pytest

from tests.workflow.parsed import ROOT
from tests.workflow.project import Project

STUDIES = sorted(file.name for file in (ROOT / "workflow/config").glob("*.yaml"))


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project as a reader gets it: without results, and without weights."""
    return Project.without_results(tmp_path_factory.mktemp("clone"))


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_is_planned_as_a_whole(clone: Project, name: str):
    file = Path("workflow/config") / name
    chosen = () if name == "config.yaml" else ("--configfile", str(file))
    status, output = clone.snakemake("all", "-n", "--cores", "2", *chosen)
    assert status == 0, output[-3000:]
    jobs = {line.split()[0] for line in output.splitlines() if line.startswith(("typeset_paper ", "judge_claims "))}
    assert jobs == {"typeset_paper", "judge_claims"}
