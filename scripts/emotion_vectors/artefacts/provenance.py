"""Where a result comes from: which step made it, from which state of the repository, with which settings and libraries.

`step.run` says which step is running; `files` puts the record inside every artefact, so that the two cannot be separated.
"""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import devices

KEY = "provenance"
LIBRARIES = ("torch", "transformers", "numpy", "scipy", "scikit-learn", "pandas", "snakemake")
REPOSITORY = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Run:
    """One execution of one step: what was run, from which state of the repository, with which settings.

    conversations, precisions: digest of the conversation of every model that the step has loaded, and its dtype, by its name.
    """

    rule: str
    config_sha256: str
    seed: int | None = None
    threads: int = 1
    started: float = field(default_factory=time.time)
    conversations: dict[str, str] = field(default_factory=dict)
    precisions: dict[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Seconds since the step started."""
        return time.time() - self.started

    def record(self, **facts: Any) -> dict[str, Any]:
        """Everything to keep beside a result; `facts` adds what only the step knows, such as the digest of a model."""
        return {
            "rule": self.rule,
            "git_commit": git_commit(),
            "config_sha256": self.config_sha256,
            "seed": self.seed,
            "seconds": round(self.seconds, 2),
            "device": devices.in_use(),
            "threads": self.threads,
            "python": platform.python_version(),
            "libraries": {name: metadata.version(name) for name in LIBRARIES},
            **({"conversations": dict(self.conversations)} if self.conversations else {}),
            **({"precisions": dict(self.precisions)} if self.precisions else {}),
            **facts,
        }


OUTSIDE_A_STEP = "no step"
_RUNNING: ContextVar[Run | None] = ContextVar("running", default=None)


def current() -> Run:
    """The step that is running; where a library user or a test writes an artefact, a record that says so."""
    return _RUNNING.get() or Run(rule=OUTSIDE_A_STEP, config_sha256=OUTSIDE_A_STEP)


@contextmanager
def running(run: Run) -> Iterator[None]:
    """Make `run` the current one."""
    token = _RUNNING.set(run)
    try:
        yield
    finally:
        _RUNNING.reset(token)


def loaded_torch() -> Any:
    """PyTorch where the step uses it, else None: loading it takes seconds that a step which draws a figure need not spend."""
    return sys.modules.get("torch")


def git_commit() -> str:
    """Commit of the checkout, with `+changes` when tracked files differ from it; `unknown` outside a checkout."""
    try:
        commit = _git("rev-parse", "HEAD")
        used = ("workflow", "scripts", "Snakefile", ":(exclude)workflow/reference")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", *used)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit + ("+changes" if changed else "")


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(REPOSITORY), *arguments], check=True, capture_output=True, encoding="utf-8"
    ).stdout.strip()


def digest(settings: Mapping[str, Any]) -> str:
    """SHA-256 of settings in a canonical JSON form."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()
