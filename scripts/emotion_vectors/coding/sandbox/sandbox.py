"""Runs Python scripts apart from everything else, and says how far apart (levels: see `isolation`)."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import IO

from emotion_vectors.coding.sandbox import isolation
from emotion_vectors.coding.sandbox.confinement import READY
from emotion_vectors.coding.sandbox.isolation import NOBODY, RANK, REMEDY, Isolation, Level, Limits, SandboxError

log = logging.getLogger(__name__)
ENVIRONMENT = {"LANG": "C.UTF-8"}
START_SECONDS = 60.0
"""Wall time that a sandbox gets to start, beyond that of its script; generous, for machines that are busy."""
POLL_SECONDS = 0.005


@dataclass(frozen=True)
class Finished:
    """What a script left: the first `output_bytes` of both streams, whether wall time ended it, and how it was isolated."""

    output: str
    errors: str
    timed_out: bool
    isolation: Isolation


def run(
    script: str, stdin: bytes = b"", limits: Limits | None = None, *, minimum: Level = "limits", forks: bool = False
) -> Finished:
    """Run a script in an empty temporary folder, with the best isolation that works here.

    Args:
        script: Python source, below 128 kB.
        limits: the defaults of `Limits` if None.
        minimum: refuse to run with less than this level.
        forks: let the script start processes and threads. For scripts of ours alone; what they start has to limit itself.
    Raises:
        SandboxError: the machine does not give the level, or the sandbox does not start.
    """
    return run_with(best(minimum), script, stdin, limits or Limits(), forks=forks)


@cache
def best(minimum: Level = "limits") -> Isolation:
    """The best isolation that works here, found by a trial of each.

    Raises:
        SandboxError: none of at least this level does; the message says why each did not.
    """
    reasons = []
    for candidate in isolation.candidates():
        reason = trouble(candidate)
        if not reason and RANK[candidate.level] >= RANK[minimum]:
            return candidate
        reasons.append(f"{candidate.means}: {reason or f'gives only the level {candidate.level}'}")
    raise SandboxError(
        f"no sandbox of level '{minimum}' works here ({'; '.join(reasons) or 'no candidates'}); it {REMEDY}"
    )


def available(minimum: Level) -> Isolation | None:
    """`best`, or None with a warning that says why: programs of a model never run with less than was asked for."""
    try:
        return best(minimum)
    except SandboxError as error:
        log.warning("no program is run: %s", error)
        return None


def trouble(by: Isolation) -> str:
    """Why an isolation does not work here; empty when it does."""
    try:
        finished = run_with(by, "print('well')", b"", Limits())
    except (SandboxError, OSError) as error:
        return str(error)
    return "" if finished.output == "well\n" else finished.errors.strip() or "a trial printed nothing"


def run_with(by: Isolation, script: str, stdin: bytes, limits: Limits, *, forks: bool = False) -> Finished:
    """`run` by a given isolation."""
    with (
        tempfile.TemporaryDirectory(prefix="sandbox-") as folder,
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
    ):
        if by.level == "limits" and os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        source.write(stdin)
        source.seek(0)
        process = subprocess.Popen(
            isolation.command(by, script, folder, limits, forks=forks),
            stdin=source,
            stdout=output,
            stderr=errors,
            env=ENVIRONMENT,
            start_new_session=True,
            cwd=folder if by.level == "limits" else "/",
        )
        _await_start(process, output)
        timed_out = not _ends_within(process, limits.seconds)
        said, complained = _first(output, len(READY) + limits.output_bytes), _first(errors, limits.output_bytes)
    if not said.startswith(READY.decode()):
        reason = "it took too long" if timed_out else complained.strip()[-300:] or "it said nothing"
        raise SandboxError(f"the sandbox by {by.means} did not start: {reason}")
    return Finished(said.removeprefix(READY.decode()), complained, timed_out, by)


def _await_start(process: subprocess.Popen[bytes], output: IO[bytes]) -> None:
    """Wait until a sandbox says that it is ready, has ended, or its time to start is over: the script's time begins then."""
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end and os.fstat(output.fileno()).st_size < len(READY):
        time.sleep(POLL_SECONDS)


def _ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for a process, then end it and its group; whether it had ended by itself. Namespaces end with their first process."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    else:
        return True
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _first(file: IO[bytes], size: int) -> str:
    file.seek(0)
    return file.read(size).decode(errors="replace")
