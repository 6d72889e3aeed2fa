"""Examines a program by one test, inside a sandbox of this test alone, with a process between the test and the program.

- The examiner evaluates the test. There, the program's function is a stand-in that sends arguments and waits for a value.
- The host (see `program_host`), forked before the test is read, runs the program and answers calls. It reaches neither test nor
  verdict.

A verdict thus rests on plain data alone: equality, clocks, builtins, exits and files of the program are its own. The host is the
same process in the same folder at every test, and nothing that it leaves is there at the next one. Where there are namespaces the
examiner is their first process, which cannot be stopped or killed from inside. Changes of an argument are seen at its top level.
A test cannot expect an exception.

Standard input holds the job as a frame and then the test; standard output takes the verdict, as JSON; standard error is what the
program prints. Runs inside the sandbox, so it understands Python from 3.9 on.
"""

from __future__ import annotations

import ctypes
import json
import marshal
import os
import resource
import signal
import time
from typing import Any, BinaryIO, NoReturn

from emotion_vectors.coding.sandbox.plain_data import receive, revived, send
from emotion_vectors.coding.sandbox.program_host import described, serve

WORK_SLACK_SECONDS, WAIT_SLACK_SECONDS = 0.005, 1.0
"""Processor time and wall time of a call that are put down to the machine; the clocks of a test show what is beyond."""
DIE_WITH_PARENT = 1  # from <linux/prctl.h>


class Gone(Exception):
    """The program's process ended without an answer."""


class Raised(Exception):
    """The program raised an exception, or returned what is no plain data."""


class OutOfTime(BaseException):
    """The wall time of the test is over."""


def ring(*_: object) -> NoReturn:
    raise OutOfTime


class Function:
    """Stands for the program's function in a test. Clocks of the test leave out the time that arguments and values travel."""

    def __init__(self, process: int, calls: BinaryIO, replies: BinaryIO) -> None:
        self.calls, self.replies = calls, replies
        self.wall_clock = time.perf_counter
        self.work_clock = ~process << 3 | 2  # the kernel's number for the processor time of another process
        self.travelled = 0.0
        for clock in (time.perf_counter, time.monotonic, time.time):
            setattr(time, clock.__name__, lambda clock=clock: clock() - self.travelled)
        time.process_time = (
            time.perf_counter
        )  # the program works elsewhere, where the test's own processor time does not see it

    def __call__(self, *positional: Any, **named: Any) -> Any:
        started = self.wall_clock()
        try:
            send(self.calls, marshal.dumps((positional, named), 2))
            receive(self.replies)
            work, wait = time.clock_gettime(self.work_clock), self.wall_clock()
            send(self.calls, b"go on")
            content = json.loads(receive(self.replies))
            work, wait = time.clock_gettime(self.work_clock) - work, self.wall_clock() - wait
            send(self.calls, b"go on")
            changed = json.loads(receive(self.replies))
        except (ValueError, OSError):
            raise Gone from None
        if "raised" in content:
            raise Raised(content["raised"])
        for number, part in enumerate(changed):
            replace(positional[number], revived(part))
        value = revived(content["value"])
        took = max(work - WORK_SLACK_SECONDS, wait - WAIT_SLACK_SECONDS, 0.0)
        self.travelled += self.wall_clock() - started - took
        return value


def replace(old: Any, new: Any) -> None:
    """Give a list, dictionary or set of the test the content that the program left in it."""
    if isinstance(old, list):
        old[:] = new
    elif isinstance(old, (dict, set)):
        old.clear()
        old.update(new)


def verdict(test: str, name: str, function: Function) -> tuple[str, str]:
    """Status and detail of a test: `failed` is an assertion that does not hold, `error` anything else that kept it from passing."""
    try:
        exec(compile(test, "<test>", "exec"), {"__name__": "test", name: function})
    except OutOfTime:
        return "timeout", "wall time used up"
    except Gone:
        return "error", "the program ended its process"
    except Raised as error:
        return "error", str(error)
    except AssertionError as error:
        return "failed", str(error)[:300]
    except Exception as error:
        return "error", f"the test cannot be evaluated: {described(error)}"
    return "passed", ""


def become_host(job: dict[str, Any], calls: BinaryIO, replies: BinaryIO) -> NoReturn:
    """Leave the examiner's files behind, and the right to start processes and threads; end with the examiner."""
    try:
        for source, target in ((os.open("/dev/null", os.O_RDONLY), 0), (2, 1)):
            os.dup2(source, target)
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        serve(job["program"], job["entry_point"], calls, replies)
    finally:
        os._exit(1)


def start_host(job: dict[str, Any]) -> tuple[int, Function]:
    """Process of the host, and the function that it answers for."""
    (calls, to_host), (from_host, replies) = os.pipe(), os.pipe()
    process = os.fork()
    if process == 0:
        os.close(to_host)
        os.close(from_host)
        become_host(job, os.fdopen(calls, "rb"), os.fdopen(replies, "wb"))
    os.close(calls)
    os.close(replies)
    return process, Function(process, os.fdopen(to_host, "wb"), os.fdopen(from_host, "rb"))


def examine(source: BinaryIO) -> None:
    """Start the host, only then read the test, and say the verdict."""
    job = json.loads(receive(source))
    signal.signal(signal.SIGALRM, ring)
    process, function = start_host(job)
    signal.setitimer(signal.ITIMER_REAL, job["seconds"])
    status, detail = verdict(source.read().decode(), job["entry_point"], function)
    signal.setitimer(signal.ITIMER_REAL, 0)
    os.kill(process, signal.SIGKILL)  # before the verdict is said, so that nothing can come between that and our end
    if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGXCPU and status == "error":
        status, detail = "timeout", "processor time used up"
    os.write(1, json.dumps({"status": status, "detail": detail}).encode())
    os._exit(0)


if __name__ == "__main__":
    with open(0, "rb", buffering=0, closefd=False) as stdin:
        examine(stdin)
