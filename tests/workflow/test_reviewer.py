"""What the README tells a reviewer to do in ten minutes: from a fresh clone, without weights, from tables that lie in the repository."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from emotion_vectors.archive import publications
from tests.steps.explorer.browser import browsing, missing
from tests.workflow.project import MOST_SECONDS_OF_A_REVIEWER, ROOT, Project

OURS = "./scripts/env snakemake "
QUICK = ["--configfile", "workflow/config/quick.yaml"]
STUDIES = {"default": ([], "results", "paper"), "quick": (QUICK, "results/quick", "results/quick/paper")}
"""Of each study whose tables are committed: what its commands are told beside those of the README, its results and its paper."""


def section() -> str:
    return (
        (ROOT / "README.md")
        .read_text(encoding="utf-8")
        .partition("## Check it in ten minutes\n")[2]
        .partition("\n## ")[0]
    )


def commands(further: list[str]) -> list[list[str]]:
    """Arguments of Snakemake as the README has them, with those of another study ahead of its settings."""
    (block,) = re.findall(r"^```bash\n(.*?)^```$", section(), flags=re.DOTALL | re.MULTILINE)
    said = [shlex.split(line.removeprefix(OURS), comments=True) for line in block.splitlines()]
    return [[*words[: words.index("--config")], *further, *words[words.index("--config") :]] for words in said]


@pytest.mark.parametrize("tier", STUDIES)
def test_a_reviewer_is_through_in_ten_minutes(
    tier: str, tmp_path: Path, record_property: Callable[[str, object], None]
):
    further, results, paper = STUDIES[tier]
    reader = Project.without_results(tmp_path / "reader")
    seconds: dict[str, float] = {}
    rebuild, verify = commands(further)
    for name, command in {"rebuild": rebuild, "verify": verify}.items():
        begun = time.monotonic()
        status, output = reader.snakemake(*command)
        seconds[name] = time.monotonic() - begun
        assert status == 0, output[-4000:]
    assert "reference numbers reproduced within tolerance" in output
    assert not [*reader.folder.rglob("weights.json")]
    seconds["explorer"] = seconds_to_read(reader.folder / results / "explorer.html", tmp_path)
    assert (reader.folder / paper / "main.pdf").is_file()
    macros = (reader.folder / paper / "generated/macros.tex").read_text(encoding="utf-8")
    published = publications.load(ROOT / f"workflow/reference/{tier}/published.json")
    assert rf"\csname ev@study@resultsdigest\endcsname{{{published.digests['claims.json']}}}" in macros
    assert (reader.folder / "README.md").read_bytes() == (ROOT / "README.md").read_bytes()
    for name, taken in seconds.items():
        record_property(f"{name}_seconds", round(taken, 1))
    assert sum(seconds.values()) <= MOST_SECONDS_OF_A_REVIEWER, f"too long for a reviewer, in seconds: {seconds}"


def seconds_to_read(explorer: Path, folder: Path) -> float:
    """Until a browser, where there is one, shows the verdicts without a word in its console; the page is there in any case."""
    assert explorer.is_file()
    if missing():
        return 0.0
    begun = time.monotonic()
    with browsing(folder / "profile") as browser:
        browser.open(explorer.as_uri())
        assert browser.texts("h1") == ["Verdict on every claim, by model"]
        assert browser.said() == []
    return time.monotonic() - begun


def test_files_that_a_reviewer_is_told_of_are_there_or_made():
    (_, results, paper), told = STUDIES["default"], section()
    assert {f"{results}/explorer.html", f"{paper}/main.pdf"} < {*re.findall(r"`([\w./-]+)`", told)}
    assert (ROOT / "workflow/reference/default/results/claims.json").is_file()
    assert "workflow/reference/default/results/claims.json" in told


def test_verifying_where_nothing_was_run_names_both_ways_without_a_run(tmp_path: Path):
    status, output = Project.without_results(tmp_path / "reader").snakemake("verify", "--cores", "1")
    assert status != 0
    assert "no study of tier 'default' has been finished here (finished under results/: none)" in output
    assert "./scripts/env snakemake verify --cores 1 --config rebuild=True" in output
    assert "`restore` and then `verify`, both with --config archive=PATH_OR_URL" in output
