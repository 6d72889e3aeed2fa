"""The library as a wheel, built without network from what is in the repository: every module, and the mark that it is typed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.workflow.parsed import ROOT

PACKAGE = "emotion_vectors"


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Files of the library in the wheel."""
    folder = tmp_path_factory.mktemp("package")
    for file in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / file, folder)
    shutil.copytree(
        ROOT / "scripts" / PACKAGE, folder / "scripts" / PACKAGE, ignore=shutil.ignore_patterns("__pycache__")
    )
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "wheel", *offline, "--wheel-dir", str(folder / "made"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (wheel,) = (folder / "made").glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        return {name for name in opened.namelist() if name.startswith(f"{PACKAGE}/")}


def test_the_wheel_says_that_the_library_is_typed(packed: set[str]):
    assert f"{PACKAGE}/py.typed" in packed


def test_the_wheel_holds_every_module_and_nothing_else(packed: set[str]):
    modules = {file.relative_to(ROOT / "scripts").as_posix() for file in (ROOT / "scripts" / PACKAGE).rglob("*.py")}
    assert packed - {f"{PACKAGE}/py.typed"} == modules
