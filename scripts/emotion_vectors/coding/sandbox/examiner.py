"""Examines a program by tests, inside the sandbox, with a process between each test and the program.

- The supervisor starts one examiner after the other.
- An examiner evaluates its test. There, the program's function is a stand-in that sends arguments and waits for a value.
- The host, forked before the test is read, runs the program and answers calls. It reaches neither test nor verdict.

A verdict thus rests on plain data alone: equality, clocks, builtins, exits and files of the program are its own. Plain data are
None, booleans, numbers, text, and lists, tuples, sets and dictionaries of them; subclasses are judged by their content.
Changes of an argument are seen at its top level. A test cannot expect an exception.

Handed to the sandbox as text, so it imports nothing of ours. Standard input holds the job as a frame and then the tests; standard
output takes a verdict a line, as JSON; standard error is what the program prints.
"""

import ctypes
import json
import marshal
import os
import resource
import signal
import sys
import time
import types
from typing import Any, BinaryIO, NoReturn

WORK_SLACK_SECONDS, WAIT_SLACK_SECONDS = 0.005, 1.0
"""Processor time and wall time of a call that are put down to the machine; the clocks of a test show what is beyond."""
PATIENCE = 3
"""After so many tests that ran out of time, the rest count as out of time without a run."""
DIE_WITH_PARENT = 1  # from <linux/prctl.h>
LATE = 2


class Gone(Exception):
    """The program's process ended without an answer."""


class Raised(Exception):
    """The program raised an exception, or returned what is no plain data."""


class OutOfTime(BaseException):
    """The wall time of the test is over."""


def ring(*_: object) -> NoReturn:
    raise OutOfTime


def frame(content: bytes) -> bytes:
    """A message with its length on a line before it."""
    return b"%d\n" % len(content) + content


def send(target: BinaryIO, content: bytes) -> None:
    target.write(frame(content))
    target.flush()


def receive(source: BinaryIO) -> bytes:
    """The content of a frame; ValueError when the other side is gone."""
    return source.read(int(source.readline()))


def plain(value: Any) -> Any:
    """A value as JSON, by its built-in type: what a class of the program overrides is left behind."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {"dict": [[plain(key), plain(part)] for key, part in value.items()]}
    for kind in (tuple, set):
        if isinstance(value, kind):
            return {kind.__name__: [plain(part) for part in value]}
    raise TypeError(f"a value of type {type(value).__name__} is not plain data")


def revived(value: Any) -> Any:
    """The inverse of `plain`."""
    if isinstance(value, list):
        return [revived(part) for part in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "dict":
        return {revived(key): revived(part) for key, part in content}
    return {"tuple": tuple, "set": set}[kind](map(revived, content))


def host(program: str, entry_point: str, calls: BinaryIO, replies: BinaryIO) -> NoReturn:
    """Load the program and answer calls of its function, until the examiner is gone."""
    trouble = b""
    try:
        module = sys.modules["program"] = types.ModuleType("program")
        exec(compile(program, "<program>", "exec"), module.__dict__)
        function = getattr(module, entry_point)
    except BaseException as error:
        trouble = json.dumps({"raised": f"while loading, {described(error)}"}).encode()
    while True:
        arguments = marshal.loads(receive(calls))
        before = marshal.dumps(arguments, 2)
        send(replies, b"ready")
        receive(calls)
        send(replies, trouble or answer(function, arguments))
        receive(calls)
        changed = marshal.dumps(arguments, 2) != before
        send(replies, json.dumps([plain(part) for part in arguments[0]] if changed else []).encode())


def answer(function: Any, arguments: Any) -> bytes:
    try:
        return json.dumps({"value": plain(function(*arguments[0], **arguments[1]))}).encode()
    except BaseException as error:
        return json.dumps({"raised": described(error)}).encode()


def described(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:300]
    except BaseException:  # of its own __str__
        return type(error).__name__


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
    """Leave the examiner's files behind, and the right to start processes and threads."""
    try:
        for source, target in ((os.open("/dev/null", os.O_RDONLY), 0), (2, 1)):
            os.dup2(source, target)
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        end_with_parent()
        host(job["program"], job["entry_point"], calls, replies)
    finally:
        os._exit(1)


def end_with_parent() -> None:
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)


def examine(job: dict[str, Any], size: int, position: int) -> NoReturn:
    """Start the host, only then read the test, say the verdict, and end with 0, or with LATE when time ran out."""
    end_with_parent()
    (calls, to_host), (from_host, replies) = os.pipe(), os.pipe()
    process = os.fork()
    if process == 0:
        os.close(to_host)
        os.close(from_host)
        become_host(job, os.fdopen(calls, "rb"), os.fdopen(replies, "wb"))
    os.close(calls)
    os.close(replies)
    function = Function(process, os.fdopen(to_host, "wb"), os.fdopen(from_host, "rb"))
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, job["seconds"])
    status, detail = verdict(os.pread(0, size, position).decode(), job["entry_point"], function)
    os.kill(process, signal.SIGKILL)  # before the verdict is said, so that nothing can come between that and our end
    if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGXCPU and status == "error":
        status, detail = "timeout", "processor time used up"
    say(status, detail)
    os._exit(LATE if status == "timeout" else 0)


def say(status: str, detail: str) -> None:
    os.write(1, json.dumps({"status": status, "detail": detail}).encode() + b"\n")


def supervise() -> None:
    """Examine by one test after the other, each in a folder of its own."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    with open(0, "rb", buffering=0, closefd=False) as stdin:
        job = json.loads(receive(stdin))
    position, late = os.lseek(0, 0, os.SEEK_CUR), 0
    for number, size in enumerate(job["sizes"]):
        if late == PATIENCE:
            say("timeout", "not run: the program ran out of time too often")
            continue
        examiner = os.fork()
        if examiner == 0:
            os.makedirs(str(number), exist_ok=True)
            os.chdir(str(number))
            examine(job, size, position)
        code = os.waitstatus_to_exitcode(os.waitpid(examiner, 0)[1])
        if code not in (0, LATE):
            say("error", "the program ended its examination")
        position, late = position + size, late + (code == LATE)


if __name__ == "__main__":
    supervise()
