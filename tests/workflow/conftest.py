"""What tests of the whole workflow share."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.workflow.checkout import PYTHON, ROOT, TOOLS, Checkout
from tests.workflow.project import QUICK, Project, kill_after_first_activations
from tests.workflow.settings import merged


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One copy for all tests of the workflow, which none of them edits."""
    return Project.fresh(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def finished(project: Project) -> Path:
    """Results of a quick study that was killed after its first activations and then repeated."""
    kill_after_first_activations(project)
    status, output = project.snakemake(*QUICK)
    assert status == 0, output[-6000:]
    return project.folder / "results/quick"


@pytest.fixture
def edited(project: Project, finished: Path, tmp_path: Path) -> Iterator[Project]:
    """The finished study in a folder of its own, for one test to edit and damage."""
    copy = project.copied_to(tmp_path / "edited")
    yield copy
    shutil.rmtree(copy.folder)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    copy = Checkout(tmp_path / "checkout", tmp_path / "bin")
    (copy.root / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/env", copy.root / "scripts/env")
    shutil.copytree(ROOT / "workflow/envs", copy.root / "workflow/envs")
    copy.bin.mkdir()
    for tool in TOOLS:
        if found := shutil.which(tool):
            (copy.bin / tool).symlink_to(found)
    copy.fake("python3", PYTHON)
    copy.fake("df", "echo header; echo /dev/disk 90000000 1 80000000 1% /")
    copy.fake("id", "echo 1000")
    for tool in ("latexmk", "pdftotext", "bwrap"):
        copy.fake(tool, "true")
    return copy


@pytest.fixture
def common(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Names that the rules share, as Snakemake would make them for the default study on two cores."""
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {
        "config": merged("config.yaml"),
        "workflow": SimpleNamespace(cores=2),
        "WorkflowError": ValueError,
    }
    exec(compile((ROOT / "workflow/rules/common.smk").read_text(encoding="utf-8"), "common.smk", "exec"), names)
    return names
