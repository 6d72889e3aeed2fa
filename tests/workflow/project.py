"""A private copy of the project in which tests of the whole workflow edit, run and kill; weights are fetched once."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    "Snakefile",
    "README.md",
    "workflow",
    "scripts",
    "tests",
    "paper",
    "CITATION.cff",
    "pyproject.toml",
    "environment.yml",
)
MODEL = "smollm2-135m-instruct"
QUICK = ("--cores", "2", "--configfile", "workflow/config/quick.yaml")
MOST_SECONDS_OF_A_REVIEWER = 600
MOST_SECONDS_OF_A_RESTORE = 180


class Project:
    """A private copy of the project in which a test may edit, run and kill."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def fresh(cls, folder: Path) -> "Project":
        """The project as it is here, without results but with the weights that are fetched."""
        project = cls.without_results(folder)
        shared = ROOT / "results" / "weights"
        shared.mkdir(parents=True, exist_ok=True)
        (folder / "results").mkdir()
        (folder / "results" / "weights").symlink_to(shared)
        return project

    @classmethod
    def without_results(cls, folder: Path) -> "Project":
        """The project as it is here, without results and weights."""
        folder.mkdir(exist_ok=True)
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(
                    source, folder / part, ignore=shutil.ignore_patterns("__pycache__", "generated", "*.pdf")
                )
            else:
                shutil.copy2(source, folder / part)
        return cls(folder)

    def copied_to(self, folder: Path) -> "Project":
        """The same with its results, times of files and what Snakemake recorded, so that nothing is to be done there."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Project(folder)

    def start(self, *arguments: str, output: IO[str] | int = subprocess.PIPE) -> subprocess.Popen[str]:
        """Start Snakemake as a user would, in a process group of its own.

        Give a file as `output` unless the output is read while the process runs: a pipe that nobody empties stops it.
        """
        return subprocess.Popen(
            [sys.executable, "-m", "snakemake", *arguments],
            cwd=self.folder,
            text=True,
            start_new_session=True,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(self.folder),
        )

    def snakemake(self, *arguments: str) -> tuple[int, str]:
        """Run Snakemake to its end: exit status and everything it printed."""
        process = self.start(*arguments)
        output, _ = process.communicate()
        return process.returncode, output


def reasons(output: str) -> list[str]:
    """Why jobs ran or would run, as Snakemake says it, without those that follow from another job."""
    said = re.findall(r"^(?:Job \d+: .*\n)?\s*reason: .*$", output, re.MULTILINE | re.IGNORECASE)
    return [why for why in said if "updated by another job" not in why or "Missing output" in why]


def environment(folder: Path) -> dict[str, str]:
    """Environment in which scripts/env would run a command."""
    return {**os.environ, "SNAKEMAKE_PROFILE": str(folder / "workflow/profiles/local")}


def kill_after_first_activations(project: Project, seconds: float = 1500) -> None:
    """Start the quick study and kill it, with all its jobs, as soon as one file of activations is whole."""
    log = project.folder / "killed.log"
    deadline = time.monotonic() + seconds
    with log.open("w") as output:
        process = project.start(*QUICK, output=output)
        try:
            while not any(project.folder.glob(f"results/quick/{MODEL}/activations/[a-z]*.safetensors")):
                assert process.poll() is None, f"the run ended before its first activations:\n{log.read_text()[-4000:]}"
                assert time.monotonic() < deadline, f"no activations within {seconds} s:\n{log.read_text()[-4000:]}"
                time.sleep(0.5)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
