"""The rules of a study as Snakemake itself has read them. Nothing is planned and nothing is run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def rules_of(*configfiles: str) -> dict[str, dict[str, Any]]:
    """Rules by name, on two cores, with configurations laid over the default."""
    command = [sys.executable, str(Path(__file__).with_name("rule_dump.py")), *configfiles]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    rules = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {rule["name"]: rule for rule in rules}
