"""A program cannot tell which test it is run in, nor keep its examiner longer than a test may take."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from emotion_vectors.coding import task_runner
from emotion_vectors.coding.sandbox import examiner, sandbox
from emotion_vectors.coding.sandbox.isolation import Limits
from emotion_vectors.coding.sandbox.program_host import loaded
from tests.unit.coding.isolations import AT_HAND, SMALL, isolated_by, statuses

ROOMY = replace(SMALL, output_bytes=4000)
TEST = "assert double(4) == 8"


LOOK_AROUND = """
import ctypes, json, os, resource, sys, threading, zlib
libc = ctypes.CDLL(None)
def attempt(act):
    try:
        return act()
    except Exception as error:
        return type(error).__name__
def frames():
    frame, seen = sys._getframe(), []
    while frame:
        known = [(name, value) for name, value in frame.f_locals.items() if type(value) in (int, str, bytes)]
        seen.append(sorted((name, zlib.crc32(repr(value).encode())) for name, value in known))
        frame = frame.f_back
    return seen
print(json.dumps({
    "processes": [os.getpid(), os.getppid(), os.getpgid(0), os.getsid(0)],
    "folder": os.getcwd(), "files": sorted(os.listdir(".")), "parent": attempt(lambda: sorted(os.listdir(".."))),
    "inode": os.stat(".").st_ino, "links": os.stat(".").st_nlink,
    "arguments": sys.argv, "environment": dict(os.environ), "name": [__name__, __file__],
    "streams": [[os.fstat(fd).st_size, attempt(lambda: os.lseek(fd, 0, 1))] for fd in (0, 1, 2)],
    "descriptors": [fd for fd in range(64) if attempt(lambda: os.fstat(fd) and True) is True],
    "frames": frames(), "threads": threading.active_count(), "umask": os.umask(0o22),
    "limits": [resource.getrlimit(kind) for kind in range(16)],
    "shared memory": libc.shmget(7, 10, 0o1600), "key": libc.syscall(248, b"user", b"mark", b"x", 1, -4),
    "left behind": [attempt(lambda: open("/tmp/mark").read()), attempt(lambda: os.path.exists("mark"))],
}), file=sys.stderr, flush=True)
for path in ("mark", "/tmp/mark", "../mark"):
    attempt(lambda: open(path, "w").write("x"))
def double(x):
    return 2 * x
"""


@pytest.mark.parametrize("means", ["unshare", "bubblewrap"])
def test_nothing_differs_between_tests(means):
    tests = [TEST, "assert double(4) == 8  # one that is longer", "assert double(4) == 9", TEST]
    verdicts, printed = task_runner.run_tests(isolated_by(means), LOOK_AROUND, tests, "double", ROOMY)
    assert [verdict.status for verdict in verdicts] == ["passed", "passed", "failed", "passed"]
    first, *others = map(json.loads, printed)
    assert first["processes"][:2] == [2, 1]
    assert first["files"] == []
    assert first["left behind"] == ["FileNotFoundError", False]
    assert first["shared memory"] == first["key"] == -1
    assert others == [first] * 3


def test_calls_cannot_be_counted_across_tests(by):
    program = (
        "CALLS = []\ndef double(x):\n    CALLS.append(x)\n    open('n', 'a').write('x')\n"
        "    return [len(CALLS), len(open('n').read())]\n"
    )
    assert statuses(program, *["assert double(1) == [1, 1]; assert double(1) == [2, 2]"] * 3, by=by) == ["passed"] * 3


def test_tests_are_run_in_an_order_of_their_program(monkeypatch):
    orders = []

    def run_with(by, script, stdin, limits, *, forks):
        orders[-1].append(stdin.rpartition(b"}")[2].decode())
        return sandbox.Finished('{"status": "passed", "detail": ""}', "", False, by)

    monkeypatch.setattr(task_runner.sandbox, "run_with", run_with)
    tests = [f"test {number}" for number in range(6)]
    for program in ("a = 1", "a = 1", *(f"a = {number}" for number in range(2, 9))):
        orders.append([])
        verdicts, _ = task_runner.run_tests(AT_HAND["rlimits"], program, tests, "double", SMALL)
        assert len(verdicts) == len(tests)
        assert sorted(orders[-1]) == tests
    assert orders[0] == orders[1]
    assert len({tuple(order) for order in orders}) > 4


def test_the_test_is_read_when_the_program_cannot_see_it_any_more():
    program = "import gc, os\nSIZE = os.fstat(0).st_size\ndef double(x):\n    return [SIZE, os.lseek(0, 0, 2)]\n"
    assert statuses(program, "assert double(1) == [0, 0]") == ["passed"]


STALLS = {
    "sleep": "time.sleep(1e6)",
    "sleep in pieces": "[time.sleep(0.01) for _ in range(10**9)]",
    "stop the examiner": "os.kill(os.getppid(), signal.SIGSTOP) or time.sleep(1e6)",
    "stop itself": "os.kill(os.getpid(), signal.SIGSTOP)",
    "deaf": "[signal.signal(n, signal.SIG_IGN) for n in (1, 2, 3, 13, 14, 15, 24)] and time.sleep(1e6)",
    "closed pipes": "os.closerange(0, 64) or time.sleep(1e6)",
    "blocked signals": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)) or time.sleep(1e6)",
    "another group": "(libc.setsid(), libc.setpgid(0, 0), libc.prctl(1, 0, 0, 0, 0), time.sleep(1e6))",
    "low priority": "os.nice(19) and os.sched_setaffinity(os.getppid(), [0]) or time.sleep(1e6)",
}


@pytest.mark.parametrize("stall", STALLS)
def test_nothing_takes_longer_than_a_test_may(by, stall, monkeypatch):
    monkeypatch.setattr(task_runner, "ENDING_SECONDS", 2.0)
    program = f"import ctypes, os, signal, time\nlibc = ctypes.CDLL(None)\ndef double(x):\n    {STALLS[stall]}\n    return 9\n"
    started = time.monotonic()
    assert statuses(program, TEST, limits=Limits(seconds=1), by=by)[0] in ("timeout", "error", "failed")
    assert time.monotonic() - started < 1 + 2 + 4


@pytest.mark.parametrize(
    "program",
    [
        "import sys\nwhile True:\n    sys.stderr.write('y' * 10**6)\n",
        "import os\ndef double(x):\n    while True:\n        os.write(1, b'y' * 10**6)\n",
        "import os\nwhile True:\n    os.fork()\n",
        "import os\ndef double(x):\n    for fd in range(3, 64):\n        try: os.write(fd, b'9' * 10**6)\n        except OSError: pass\n",
        "def double(x):\n    return 'y' * 10**9\n",
    ],
)
def test_floods_end_with_their_test(program, by):
    started = time.monotonic()
    assert "passed" not in statuses(
        program, TEST, limits=Limits(seconds=3, cpu_seconds=2, memory_bytes=256 << 20), by=by
    )
    assert time.monotonic() - started < 3 + task_runner.ENDING_SECONDS + 4


# Loading


@pytest.mark.parametrize(
    ("program", "broken"),
    [
        ("def double(x): return 2 * x\nprint(double(3))\nassert double(2) == 5\n", ""),
        ("assert double(2) == 4\ndef double(x): return 2 * x\n", ""),
        ("for x in (1, 2):\n    assert double(x)\ndef double(x): return 2 * x\n", ""),
        ("T = []\nT.extend([1, 2])\nT.append(3)\ndef double(x): return sum(T)\n", ""),
        ("import pytest\ndef double(x): return 2 * x\n@pytest.mark.x\ndef test(): ...\n", ""),
        ("def double(x): return 2 * x\nx = int(input())\nprint(double(x))\n", ""),
        ("def double(x): return 2 * x\nfrom solution import double as d\nimport sys\nsys.exit(0)\n", ""),
        ("from __future__ import annotations\ndef double(x: Unknown) -> Other: return 2 * x\n", ""),
        ("if __name__ == '__main__':\n    raise SystemExit\ndouble = lambda x: 2 * x\n", ""),
        (
            "import no_such_module\ndef double(x): return 2 * x\n",
            "ModuleNotFoundError: No module named 'no_such_module'",
        ),
        ("RATE = 1 / 0\ndef double(x): return RATE * x\n", "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(3)\ndef double(x): return 2 * x\n", "SystemExit: 3"),
        ("def double(x): return 2 * x\nreturn 3\n", "SyntaxError: 'return' outside function (<program>, line 2)"),
        ("def other(x): return 2 * x\n", "NameError: name 'double' is not defined"),
    ],
)
def test_a_program_is_loaded_as_if_it_were_pasted(program, broken, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda: (_ for _ in ()).throw(EOFError()))
    monkeypatch.setitem(__import__("sys").modules, "pytest", None)
    assert loaded(program, "double", {"__name__": "program"}) == broken


def test_what_a_program_prints_for_hidden_tests_is_not_shown():
    task = task_runner.CodingTask("t", "double", (TEST, "assert double(5) == 10"), ("assert double(777) == 1554",))
    results = task_runner.run("print('ready')\ndef double(x):\n    print(x)\n    return 2 * x\n", task, SMALL)
    assert results.printed == "ready\n4\nready\n5\n"
    assert task_runner.run("print('ready')\ndouble = lambda x: 2 * x\n", task, SMALL).printed == "ready\n"


def test_what_runs_inside_is_below_the_length_of_an_argument():
    script = task_runner.bundled(examiner, [task_runner.plain_data, task_runner.program_host])
    assert len(script.encode()) < 1 << 17
