"""The paper is typeset beside its sources and copied as a whole; where LaTeX stops, no paper is left behind."""

import os
from pathlib import Path

import pytest

from emotion_vectors.report.typesetting import TypesettingError
from steps.report import typeset_paper

LATEXMK = """#!/bin/sh
for argument in "$@"; do case "$argument" in -outdir=*) out="${argument#-outdir=}";; esac; done
cat main.tex > "$out/main.pdf"
printf '%s' "$LOG" > "$out/main.log"
exit "$STATUS"
"""


@pytest.fixture
def typeset(tmp_path, monkeypatch):
    """Typesets a paper with a stand-in for latexmk that writes the log and ends with the status asked for."""
    for folder in ("bin", "sources", "study"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bin/latexmk").write_text(LATEXMK)
    (tmp_path / "bin/latexmk").chmod(0o755)
    (tmp_path / "sources/main.tex").write_text("a paper")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")

    def run(log: str = "", status: int = 0) -> Path:
        monkeypatch.setenv("LOG", log)
        monkeypatch.setenv("STATUS", str(status))
        typeset_paper.main(tmp_path / "sources/main.tex", tmp_path / "study/main.pdf")
        return tmp_path / "study"

    return run


def test_the_paper_stands_above_its_build_folder(typeset):
    study = typeset()
    assert (study / "main.pdf").read_text() == "a paper"
    assert sorted(path.name for path in study.iterdir()) == ["build", "main.pdf"]


@pytest.mark.parametrize(
    ("log", "status", "message"),
    [
        ("./sections/a.tex:12: Undefined control sequence.\nl.12 \\nonsense\n", 12, r"a\.tex:12: Undefined control"),
        ("LaTeX Warning: Citation `nobody2020' on page 1 undefined\n", 0, "citations or references lead nowhere"),
    ],
)
def test_where_latex_stops_the_place_is_named_and_no_paper_is_left(typeset, tmp_path, log, status, message):
    with pytest.raises(TypesettingError, match=message):
        typeset(log, status)
    assert not (tmp_path / "study/main.pdf").exists()
