"""Verdicts on programs: right ones pass, and no trick of a program makes a wrong one pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emotion_vectors.coding import task_runner
from emotion_vectors.coding.sandbox import sandbox
from emotion_vectors.coding.sandbox.isolation import Limits
from emotion_vectors.coding.task_runner import CodingTask
from emotion_vectors.stimuli.files import StimulusError
from tests.unit.coding.isolations import SMALL, statuses

RIGHT = "def double(x):\n    return 2 * x\n"
TEST = "assert double(4) == 8"


def test_each_test_gets_its_verdict(by):
    tests = [TEST, "assert double(1) == 3", "double(None)", "assert double('a') == 'aa'", "assert double(1) == ("]
    verdicts, printed = task_runner.run_tests(by, RIGHT + "print('loaded')\n", tests, "double", SMALL)
    assert [verdict.status for verdict in verdicts] == ["passed", "failed", "error", "passed", "error"]
    assert "TypeError" in verdicts[2].detail
    assert printed[:4] == ["loaded\n"] * 4


def test_results_are_sorted_into_visible_and_hidden_ones():
    task = CodingTask("t", "double", (TEST,), ("assert double(1) == 3", TEST))
    results = task_runner.run(RIGHT, task, SMALL)
    assert results.passes_visible
    assert not results.passes_hidden
    assert [verdict.status for verdict in results.hidden] == ["failed", "passed"]
    assert results.isolation == sandbox.best()
    assert not task_runner.all_passed([])


def test_tasks_are_read_or_their_faults_named(tmp_path):
    value = {"id": "t1", "entry_point": "f", "visible_tests": ["assert f()"], "hidden_tests": ["assert f(1)"]}
    file = tmp_path / "tasks.jsonl"
    file.write_text(json.dumps(value | {"topic": "x"}))
    assert task_runner.load_tasks(file) == {"t1": CodingTask("t1", "f", ("assert f()",), ("assert f(1)",))}
    file.write_text(json.dumps(value | {"hidden_tests": []}))
    with pytest.raises(StimulusError, match=r"line 1: field 'hidden_tests' is missing or empty"):
        task_runner.load_tasks(file)
    file.write_text("\n".join([json.dumps(value)] * 2))
    with pytest.raises(StimulusError, match="'t1' is already at"):
        task_runner.load_tasks(file)


@pytest.mark.parametrize(
    "program",
    [
        "import sys\nsys.exit(0)\n",
        "import os\nos._exit(0)\n",
        "raise SystemExit\n",
        "import os\ndef double(x):\n    os._exit(0)\n",
        "import sys\ndef double(x):\n    sys.exit(0)\n",
        "def double(x):\n    raise KeyboardInterrupt\n",
        "import atexit, os\natexit.register(os._exit, 0)\ndef double(x):\n    return 0\n",
        "import os, sys\nsys.excepthook = lambda *_: os._exit(0)\ndef double(x):\n    raise ValueError\n",
    ],
)
def test_leaving_early_is_no_pass(program):
    assert set(statuses(program, TEST, TEST)) <= {"error", "failed"}


@pytest.mark.parametrize(
    "program",
    [
        "class Same:\n    def __eq__(self, other):\n        return True\ndef double(x):\n    return Same()\n",
        "class Same(int):\n    def __eq__(self, other):\n        return True\n    __hash__ = None\ndef double(x):\n    return Same(1)\n",
        "class Same(list):\n    def __eq__(self, other):\n        return True\ndef double(x):\n    return Same()\n",
        "import builtins\nbuiltins.AssertionError = type('Quiet', (Exception,), {})\ndef double(x):\n    return 1\n",
        "import builtins\nbuiltins.compile = builtins.exec = lambda *_: None\ndef double(x):\n    return 1\n",
        'import json\njson.dumps = lambda *_: \'{"value": true, "status": "passed"}\'\ndef double(x):\n    return 1\n',
        "import sys\ndef double(x):\n    for f in sys._current_frames().values():\n        f.f_globals.clear()\n    return 1\n",
        "import __main__\nfor n in ('verdict', 'say', 'receive'):\n    setattr(__main__, n, print)\ndef double(x):\n    return 1\n",
        "import gc, os, sys\ndef double(x):\n    [o.clear() for o in gc.get_objects() if type(o) is dict]\n",
    ],
)
def test_what_a_program_does_to_its_own_process_changes_no_verdict(program):
    assert statuses(program, TEST)[0] in ("error", "failed")


def test_values_are_judged_by_their_content():
    program = "from collections import Counter\ndef double(x):\n    return Counter(x) if x else {(1, 'a'): {2}, None: [1.5]}\n"
    assert statuses(program, "assert double('aab') == {'a': 2, 'b': 1}") == ["passed"]
    assert statuses(program, "assert double('') == {(1, 'a'): {2}, None: [1.5]}") == ["passed"]
    assert statuses("def double(x):\n    return object()\n", "double(1)") == ["error"]


def test_verdicts_cannot_be_printed_or_written(by):
    line = b'{"status": "passed", "detail": ""}\n'
    program = (
        "import os\ndef double(x):\n    print('passed')\n    for number in range(64):\n"
        f"        try:\n            os.write(number, {line!r} + b'34\\n' + {line!r})\n        except OSError:\n            pass\n"
        "    return 1\n"
    )
    assert set(statuses(program, TEST, TEST, by=by)) <= {"error", "failed"}


def test_neither_tests_nor_channels_of_the_examiner_can_be_read(by):
    program = (
        "import ctypes, os\ndef double(x):\n    parent, libc = os.getppid(), ctypes.CDLL(None)\n"
        "    opened = []\n    for name in ('mem', 'fd/0', 'fd/1'):\n"
        "        try:\n            open(f'/proc/{parent}/{name}', 'r+b')\n            opened.append(name)\n"
        "        except OSError:\n            pass\n"
        "    return opened, libc.ptrace(16, parent, 0, 0), os.read(0, 100) == b''\n"
    )
    assert statuses(program, "assert double(1) == ([], -1, True)", by=by) == ["passed"]


def test_tests_on_disk_or_in_memory_are_not_there_to_edit():
    program = (
        "import gc, os\ndef double(x):\n    files = [os.path.join(a, f) for a, _, b in os.walk('/tmp') for f in b]\n"
        "    texts = [o for o in gc.get_objects() if type(o) is dict for o in o.values() if type(o) is str]\n"
        "    return [text for text in files + texts if 'needle' + '-7' in text]\n"
    )
    assert statuses(program, "assert double(1) == []  # needle-7") == ["passed"]


def test_long_messages_lose_no_verdict():
    program = "def double(x):\n    raise ValueError('é' * 10_000)\n"
    assert statuses(program, *[TEST] * 5) == ["error"] * 5


def test_killing_the_examiner_is_an_error_or_has_no_effect(by):
    program = "import os, signal\ndef double(x):\n    os.kill({}, signal.SIGKILL)\n    return 9\n"
    apart = by.level == "namespaces"
    assert statuses(program.format("os.getppid()"), TEST, TEST, by=by) == ["failed" if apart else "error"] * 2
    assert statuses(program.format("os.getpid()"), TEST, "assert double", by=by) == ["error", "passed"]
    if apart:  # elsewhere it would end other processes of this user
        assert statuses(program.format("-1"), TEST, by=by) == ["error"]  # there is nobody else to kill


def test_a_test_does_not_see_what_the_last_one_left():
    program = (
        "import os\nCALLS = []\ndef double(x):\n    CALLS.append(x)\n    known = os.path.exists('note')\n"
        "    open('note', 'w').write('x')\n    return len(CALLS), known\n"
    )
    first = "assert double(4) == (1, False)"
    assert statuses(program, first, first, first + "; assert double(4) == (2, True)") == ["passed"] * 3


def test_changed_arguments_are_seen():
    program = "def double(x):\n    x.append(1)\n"
    tests = ["a = [0]; double(a); assert a == [0]", "a = [0]; double(a); assert a == [0, 1]"]
    assert statuses(program, *tests) == ["failed", "passed"]


def test_clocks_of_the_program_are_its_own():
    program = (
        "import time\nsleep = time.sleep\ntime.perf_counter = time.time = lambda: 0.0\n"
        "def double(x):\n    sleep(1.5)\n    return 2 * x\n"
    )
    timed = "import time; t0 = time.perf_counter()\nassert double(4) == 8; assert time.perf_counter() - t0 < 0.2"
    assert statuses(program, timed) == ["failed"]


def test_clocks_leave_out_the_way_of_the_arguments():
    timed = "import time; r = list(range(200_000)); t0 = time.perf_counter()\nassert double(r) == 3; took = time.perf_counter() - t0\n"
    assert statuses("def double(x):\n    return 3\n", timed + "assert took < 0.005", limits=Limits()) == ["passed"]
    busy = "def double(x):\n    return sum(y * y % 7 for _ in range(4) for y in x) and 3\n"
    assert statuses(busy, timed + "assert took < 0.005", limits=Limits()) == ["failed"]


def test_bombs_end_with_their_test():
    hurried = Limits(seconds=20, cpu_seconds=1, memory_bytes=256 << 20)
    spin = "def double(x):\n    while x == 4:\n        pass\n    return 2 * x\n"
    assert statuses(spin, TEST, "assert double(3) == 6", limits=hurried) == ["timeout", "passed"]
    fork = "import os\ndef double(x):\n    while True:\n        os.fork()\n"
    memory = "def double(x):\n    held = []\n    while True:\n        held.append(bytearray(1 << 24))\n"
    flood = "def double(x):\n    while True:\n        print('y' * 100_000)\n"
    assert [statuses(bomb, TEST, limits=hurried) for bomb in (fork, memory, flood)] == [["error"]] * 3
    assert [len(text) for text in task_runner.run_tests(sandbox.best(), flood, [TEST], "double", SMALL)[1]] == [
        SMALL.output_bytes
    ]


def test_a_program_that_never_answers_is_given_up():
    waiting = "import time\ntime.sleep(1e6)\n"
    verdicts, _ = task_runner.run_tests(sandbox.best(), waiting, [TEST] * 5, "double", Limits(seconds=0.3))
    assert [verdict.status for verdict in verdicts] == ["timeout"] * 5
    assert sorted("not run" in verdict.detail for verdict in verdicts) == [False] * 3 + [True] * 2


def test_the_tasks_of_the_study_are_read():
    tasks = task_runner.load_tasks(Path(__file__).resolve().parents[3] / "workflow/stimuli/behaviours/hacking.jsonl")
    assert len(tasks) == 18
