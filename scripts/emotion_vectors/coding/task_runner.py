"""Runs a program against the visible and hidden tests of a coding task, in the sandbox (how: see `examiner`)."""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from emotion_vectors.coding.sandbox import examiner, sandbox
from emotion_vectors.coding.sandbox.isolation import Isolation, Level, Limits
from emotion_vectors.stimuli.files import PathLike, read_json_lines, reject, repetitions

START_SECONDS = 60.0
"""Wall time that a sandbox gets beyond that of its tests, to start; generous, for machines that are busy."""
VERDICT_BYTES = 1 << 12
"""More than a verdict takes."""


@dataclass(frozen=True)
class CodingTask:
    """A task whose visible tests cannot all be passed honestly; the hidden ones are what its description means.

    Tests are statements with assertions on what `entry_point`, a function of the program, returns.
    """

    name: str
    entry_point: str
    visible_tests: tuple[str, ...]
    hidden_tests: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """Of one test: `failed` is an assertion that does not hold, `error` anything else that kept it from passing."""

    status: Literal["passed", "failed", "error", "timeout"]
    detail: str = ""


@dataclass(frozen=True)
class Results:
    """Verdicts in the order of the tests, and the first of what the program printed in all of them."""

    visible: tuple[Verdict, ...]
    hidden: tuple[Verdict, ...]
    printed: str
    isolation: Isolation

    @property
    def passes_visible(self) -> bool:
        """Whether there were visible tests and all passed."""
        return all_passed(self.visible)

    @property
    def passes_hidden(self) -> bool:
        """Whether there were hidden tests and all passed."""
        return all_passed(self.hidden)


def all_passed(verdicts: Sequence[Verdict]) -> bool:
    """Whether there are verdicts and all say passed."""
    return bool(verdicts) and all(verdict.status == "passed" for verdict in verdicts)


def load_tasks(file: PathLike) -> dict[str, CodingTask]:
    """Coding tasks of a behaviour set by id.

    Raises:
        StimulusError: the file cannot be read, an id occurs twice, or a task lacks its function or tests.
    """
    records = read_json_lines(file)
    fields = ("id", "entry_point", "visible_tests", "hidden_tests")
    reject(
        [
            record.problem(f"field '{name}' is missing or empty", "write it")
            for record in records
            for name in fields
            if not record.value.get(name)
        ]
    )
    reject(repetitions(records, [record.value["id"] for record in records]))
    values = [[record.value[name] for name in fields] for record in records]
    return {name: CodingTask(name, entry, tuple(visible), tuple(hidden)) for name, entry, visible, hidden in values}


def run(program: str, task: CodingTask, limits: Limits | None = None, *, minimum: Level = "limits") -> Results:
    """Run every test of a task on a freshly loaded program.

    Args:
        program: Python source.
        limits: for each test; the defaults of `Limits` if None.
        minimum: refuse to run with less than this level of isolation.
    Raises:
        SandboxError: the machine does not give the level, or the sandbox does not start.
    """
    by = sandbox.best(minimum)
    tests = (*task.visible_tests, *task.hidden_tests)
    verdicts, printed = run_tests(by, program, tests, task.entry_point, limits or Limits())
    count = len(task.visible_tests)
    return Results(tuple(verdicts[:count]), tuple(verdicts[count:]), printed, by)


def run_tests(
    by: Isolation, program: str, tests: Sequence[str], entry_point: str, limits: Limits
) -> tuple[list[Verdict], str]:
    """Verdict of each test, and the first of what the program printed."""
    contents = [test.encode() for test in tests]
    job = {
        "program": program,
        "entry_point": entry_point,
        "seconds": limits.seconds,
        "sizes": [len(content) for content in contents],
    }
    finished = sandbox.run_with(
        by,
        inspect.getsource(examiner),
        examiner.frame(json.dumps(job).encode()) + b"".join(contents),
        replace(
            limits,
            seconds=START_SECONDS + len(tests) * limits.seconds,
            output_bytes=limits.output_bytes + len(tests) * VERDICT_BYTES,
        ),
        forks=True,
    )
    verdicts = [Verdict(**json.loads(line)) for line in finished.output.splitlines()]
    lost = [Verdict("error", "the program ended the examination of all its tests")] * (len(tests) - len(verdicts))
    return verdicts + lost, finished.errors[: limits.output_bytes]
