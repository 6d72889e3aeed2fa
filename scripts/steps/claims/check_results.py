"""Assertions on the finished study (tests/results), with what they said."""

import json
import os
import subprocess
import sys
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.artefacts.errors import MendableError


class CheckError(MendableError, RuntimeError):
    """The finished study breaks an assertion of tests/results."""


def main(checks: Path, *, study: dict[str, object]) -> None:
    environment = {**os.environ, "FINISHED_STUDY": json.dumps(study)}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--durations=0", "tests/results"]
    outcome = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8")
    if outcome.returncode != 0:
        raise CheckError(f"the finished study breaks an assertion of tests/results:\n{outcome.stdout}{outcome.stderr}")
    files.write_text(outcome.stdout, checks)


if __name__ == "__main__":
    step.run(main, snakemake)
