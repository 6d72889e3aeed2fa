"""Runs a program against the visible and hidden tests of a coding task, in the sandbox (how: see `examiner`)."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from emotion_vectors.coding.sandbox import examiner, plain_data, program_host, sandbox
from emotion_vectors.coding.sandbox.bundle import bundled
from emotion_vectors.coding.sandbox.isolation import Isolation, Level, Limits
from emotion_vectors.coding.sandbox.plain_data import frame
from emotion_vectors.stimuli.files import PathLike, read_json_lines, reject, repetitions

ENDING_SECONDS = 5.0
"""Wall time beyond that of a test in which its examiner starts and says the verdict; then its sandbox is ended from outside."""
PATIENCE = 3
"""A program that runs out of time in so many tests, the first that it is run in, is given up."""
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
class ExaminedTest:
    """Of one test: `failed` is an assertion that does not hold, `error` anything else that kept it from passing."""

    status: Literal["passed", "failed", "error", "timeout"]
    detail: str = ""


@dataclass(frozen=True)
class Examination:
    """Verdicts in the order of the tests, and the first of what the program printed in the visible ones, repetitions left out."""

    visible: tuple[ExaminedTest, ...]
    hidden: tuple[ExaminedTest, ...]
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


def all_passed(verdicts: Sequence[ExaminedTest]) -> bool:
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


def run(program: str, task: CodingTask, limits: Limits | None = None, *, minimum: Level = "limits") -> Examination:
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
    seen = "".join(dict.fromkeys(printed[:count]))
    return Examination(tuple(verdicts[:count]), tuple(verdicts[count:]), seen, by)


def run_tests(
    by: Isolation, program: str, tests: Sequence[str], entry_point: str, limits: Limits
) -> tuple[list[ExaminedTest], list[str]]:
    """Verdict of each test, and the first of what the program printed in it.

    Each test gets a sandbox of its own, and they are run in an order drawn from all that is asked: a program cannot tell in which of
    them it is run, nor count them. One that runs out of time in the first `PATIENCE` of them is run in no further one.
    """
    script = bundled(examiner, [plain_data, program_host])
    job = {"program": program, "entry_point": entry_point, "seconds": limits.seconds}
    asked = frame(json.dumps(job).encode())
    order = random.Random(asked).sample(range(len(tests)), len(tests))
    results: dict[int, tuple[ExaminedTest, str]] = {}
    for number in order:
        if len(results) >= PATIENCE and all(verdict.status == "timeout" for verdict, _ in results.values()):
            results[number] = ExaminedTest("timeout", "not run: the program ran out of time too often"), ""
        else:
            results[number] = _run_test(by, script, asked + tests[number].encode(), limits)
    return [results[number][0] for number in range(len(tests))], [results[number][1] for number in range(len(tests))]


def _run_test(by: Isolation, script: str, stdin: bytes, limits: Limits) -> tuple[ExaminedTest, str]:
    patient = replace(limits, seconds=limits.seconds + ENDING_SECONDS, output_bytes=limits.output_bytes + VERDICT_BYTES)
    finished = sandbox.run_with(by, script, stdin, patient, forks=True)
    printed = finished.errors[: limits.output_bytes]
    if finished.output:
        return ExaminedTest(**json.loads(finished.output)), printed
    if finished.timed_out:
        return ExaminedTest("timeout", "wall time used up, and the examiner was kept from saying so"), printed
    return ExaminedTest("error", "the program ended its examination"), printed
