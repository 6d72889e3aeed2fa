"""Typesetting with latexmk: where it looks first, and what it says when it stops."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from emotion_vectors.artefacts.errors import MendableError

PLACE_AND_ERROR = re.compile(r"^(?P<file>[^\s:]+\.\w+):(?P<line>\d+): (?P<error>.+)")
UNDEFINED = re.compile(r"Warning: (?:Citation|Reference) .* undefined")


class TypesettingError(MendableError, RuntimeError):
    """The paper cannot be typeset."""


def environment(study_folder: Path) -> dict[str, str]:
    """Variables for TeX: the study's own generated files before all others, and no date in the output."""
    return os.environ | {
        "TEXINPUTS": f"{study_folder.resolve()}:.:",
        "SOURCE_DATE_EPOCH": "0",
        "FORCE_SOURCE_DATE": "1",
        "max_print_line": "1000",
    }


def first_errors(log: str, count: int = 3) -> list[str]:
    """The first errors of a LaTeX log: file, line and message, with the lines of context that follow."""
    lines = log.splitlines()
    starts = [
        index
        for index, line in enumerate(lines)
        if (PLACE_AND_ERROR.match(line) or line.startswith("! ")) and "==> Fatal error" not in line
    ]
    return [" ".join(part.strip() for part in lines[index : index + 3] if part.strip()) for index in starts[:count]]


def typeset(sources: Path, build: Path) -> str:
    """Run latexmk in the folder of the sources; returns the LaTeX log.

    Raises:
        TypesettingError: latexmk is not installed, LaTeX stops at an error, or a citation or reference leads nowhere.
    """
    if shutil.which("latexmk") is None:
        raise TypesettingError(
            "latexmk is not installed: install the packages named in workflow/envs/apt.txt and run the same command again. "
            "Everything but the PDF of the paper is done."
        )
    build.mkdir(parents=True, exist_ok=True)
    command = [
        "latexmk",
        "-interaction=nonstopmode",
        "-halt-on-error",
        "-g",
        f"-outdir={os.path.relpath(build, sources)}",
        "main.tex",
    ]
    finished = subprocess.run(
        command, cwd=sources, env=environment(build.parent), capture_output=True, encoding="utf-8", errors="replace"
    )
    (build / "latexmk.log").write_text(finished.stdout + finished.stderr, encoding="utf-8")
    log_file = build / "main.log"
    log = (
        log_file.read_text(encoding="utf-8", errors="replace")
        if log_file.exists()
        else finished.stdout + finished.stderr
    )
    if finished.returncode:
        errors = first_errors(log) or finished.stderr.strip().splitlines()[-3:]
        raise TypesettingError("\n  ".join([f"LaTeX stopped; see {log_file} and {build / 'latexmk.log'}:", *errors]))
    if undefined := [line for line in log.splitlines() if UNDEFINED.search(line)]:
        raise TypesettingError("\n  ".join([f"citations or references lead nowhere; see {log_file}:", *undefined[:5]]))
    return log
