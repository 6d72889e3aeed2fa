"""Isolations of this machine, and programs that are tried in them."""

from __future__ import annotations

import pytest

from emotion_vectors.coding import task_runner
from emotion_vectors.coding.sandbox import isolation, sandbox
from emotion_vectors.coding.sandbox.isolation import Isolation, Limits

SMALL = Limits(seconds=30, cpu_seconds=2, memory_bytes=256 << 20, file_bytes=1 << 20, output_bytes=2000)
AT_HAND = {candidate.means: candidate for candidate in isolation.candidates()}


def isolated_by(means: str) -> Isolation:
    """An isolation by its means; where it does not work the test is skipped."""
    if means not in AT_HAND or sandbox.trouble(AT_HAND[means]):
        pytest.skip(f"{means} does not work on this machine")
    return AT_HAND[means]


def statuses(program: str, *tests: str, limits: Limits = SMALL, by: Isolation | None = None) -> list[str]:
    """Status of a program that defines `double` in each test."""
    verdicts, _ = task_runner.run_tests(by or sandbox.best(), program, tests, "double", limits)
    return [verdict.status for verdict in verdicts]
