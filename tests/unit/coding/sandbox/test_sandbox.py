"""The sandbox against scripts that look around, reach out, or take more than they are given, in every isolation found here."""

from __future__ import annotations

import http.server
import os
import resource
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from emotion_vectors.coding.sandbox import isolation, sandbox
from emotion_vectors.coding.sandbox.isolation import Isolation, Limits, SandboxError
from tests.unit.coding.isolations import AT_HAND, SMALL, isolated_by

REPOSITORY = Path(__file__).resolve().parents[4]


@pytest.fixture(params=["unshare", "bubblewrap"])
def apart(request) -> Isolation:
    """Every isolation by namespaces in turn."""
    return isolated_by(request.param)


def said(by: Isolation, script: str, limits: Limits = SMALL) -> str:
    """What a script prints; its complaints fail the test."""
    finished = sandbox.run_with(by, script, b"", limits)
    assert finished.errors == ""
    return finished.output.strip()


def test_a_script_gets_its_input_and_says_how_it_was_isolated(by):
    finished = sandbox.run_with(by, "import sys\nprint(sys.stdin.read()[::-1])\nsys.exit('done')", b"abc", SMALL)
    assert finished == sandbox.Finished("cba\n", "done\n", False, by)


def test_the_best_isolation_is_taken():
    best = sandbox.best()
    assert sandbox.run("print(1)").isolation == best
    working = [each for each in isolation.candidates() if not sandbox.trouble(each)]
    assert best == working[0]


@pytest.mark.usefixtures("looked_for_anew")
def test_less_than_the_stated_minimum_is_refused(monkeypatch):
    weak = AT_HAND["rlimits"]
    monkeypatch.setattr(isolation, "candidates", lambda: [weak])
    monkeypatch.setattr(sandbox, "trouble", lambda _: "")
    assert sandbox.best() == weak
    with pytest.raises(SandboxError, match=r"level 'namespaces'.*only the level limits.*unshare.*bubblewrap"):
        sandbox.run("print(1)", minimum="namespaces")


@pytest.mark.usefixtures("looked_for_anew")
def test_a_machine_without_any_isolation_is_told_why(monkeypatch):
    monkeypatch.setattr(isolation, "command", lambda *_, **__: ["/bin/sh", "-c", "echo no such thing >&2"])
    with pytest.raises(SandboxError, match=r"no sandbox .* works here .*no such thing.* needs Linux"):
        sandbox.run("print(1)")


def test_without_namespaces_limits_are_left(monkeypatch):
    monkeypatch.setattr(isolation.shutil, "which", lambda _: None)
    assert {candidate.means for candidate in isolation.candidates()} <= {"rlimits"}


def test_limits_are_positive_and_ours_stay_as_they_are(by):
    with pytest.raises(SandboxError, match="limit seconds is 0"):
        Limits(seconds=0)
    before = [resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE)]
    said(by, "print(1)")
    assert before == [
        resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE)
    ]


@pytest.fixture
def server() -> Iterator[int]:
    """Port of a web server on this machine."""
    running = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running.server_port
    running.shutdown()
    running.server_close()


def test_no_network_is_reached(apart, server):
    script = (
        "import socket\n"
        f"for address in (('127.0.0.1', {server}), ('192.0.2.1', 80)):\n"
        "    try:\n        socket.create_connection(address, timeout=2)\n"
        "    except OSError:\n        print('closed')\n"
    )
    assert said(apart, script).split() == ["closed", "closed"]


def test_files_of_the_user_and_the_machine_are_not_there(apart, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s")
    paths = [
        "/etc/passwd",
        "/etc/shadow",
        "/proc/1/environ",
        "/sys",
        str(secret),
        str(REPOSITORY / "README.md"),
        __file__,
    ]
    assert all(os.path.exists(path) for path in paths)
    assert said(apart, f"import os\nprint([path for path in {paths!r} if os.path.exists(path)])") == "[]"


def test_the_interpreter_is_all_there_is(apart):
    setting = isolation.setting(apart, "", SMALL, forks=False)
    script = (
        f"import os\nknown = {[*setting['binds'], *setting['devices']]!r}\nfound = []\n"
        "for folder, folders, files in os.walk('/'):\n"
        "    folders[:] = [name for name in folders if os.path.join(folder, name) not in known]\n"
        "    found += [name for name in files if os.path.join(folder, name) not in known]\n"
        "print(found)\n"
    )
    assert said(apart, script) == "[]"


def test_as_root_even_limits_keep_files_of_root_closed(tmp_path):
    by = isolated_by("rlimits")
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    secret = tmp_path / "secret"
    secret.write_text("s")
    secret.chmod(0o600)
    script = f"import os\nprint(os.getuid(), os.getgroups())\ntry:\n    open({str(secret)!r})\nexcept OSError:\n    print('closed')"
    assert said(by, script).splitlines() == ["65534 []", "closed"]


def test_nothing_outside_the_scratch_folder_is_written(apart):
    library = os.path.dirname(os.path.realpath(os.__file__))
    script = (
        f"import os\nfor folder in ('/', '/usr/lib', '/dev', {library!r}):\n"
        "    try:\n        open(folder + '/mark-of-sandbox', 'w')\n        print(folder)\n"
        "    except OSError:\n        pass\n"
        "open('here', 'w').write('x')\nprint(os.listdir('.'))\n"
    )
    assert said(apart, script) == "['here']"


def test_every_run_begins_in_an_empty_folder_and_leaves_none(by, tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox.tempfile, "tempdir", str(tmp_path))
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o755)
    wild = "import os\nprint(os.listdir('.'))\nos.makedirs('a/b')\nopen('a/b/c', 'w').write('x')\nos.chmod('a', 0)\n"
    assert [said(by, wild), said(by, wild)] == ["[]", "[]"]
    assert list(tmp_path.iterdir()) == []


def test_the_environment_is_clean(by, monkeypatch):
    monkeypatch.setenv("PRIVATE_KEY_OF_OURS", "s")
    names = said(by, "import os\nprint(*os.environ)").split()
    assert set(names) <= {"LANG", "LC_CTYPE", "PWD"}


def test_no_rights_are_left(by):
    script = (
        "import ctypes\nlibc = ctypes.CDLL(None)\ndata = (ctypes.c_uint32 * 6)()\n"
        "libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), data)\n"
        "print(any(data), libc.prctl(39, 0, 0, 0, 0), libc.mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None))\n"
    )
    assert said(by, script) == "False 1 -1"


def test_a_fork_bomb_does_not_start(by):
    bomb = (
        "import os, threading\nstarted = 0\nfor _ in range(100):\n"
        "    try:\n        if os.fork() == 0:\n            os._exit(0)\n        started += 1\n"
        "    except OSError:\n        pass\n"
        "try:\n    threading.Thread(target=print).start()\n    started += 1\nexcept RuntimeError:\n    pass\nprint(started)\n"
    )
    assert said(by, bomb) == "0"


def test_processes_of_others_are_out_of_reach(apart):
    script = (
        "import os, signal\nfor process in (-1, 1, 2, os.getppid(), " + str(os.getpid()) + "):\n"
        "    try:\n        os.kill(process, signal.SIGKILL)\n    except OSError:\n        pass\nprint('still here')\n"
    )
    assert said(apart, script) == "still here"


def test_memory_is_limited(by):
    bomb = "held = []\ntry:\n    while True:\n        held.append(bytearray(1 << 24))\nexcept MemoryError:\n    print(len(held) < 16)"
    assert said(by, bomb) == "True"


def test_files_are_limited(by):
    script = (
        "try:\n    open('big', 'wb').write(bytes(3 << 20))\nexcept OSError:\n    print('size')\n"
        "try:\n    held = [open('big', 'rb') for _ in range(1000)]\nexcept OSError:\n    print('number')\n"
    )
    assert said(by, script).split() == ["size", "number"]


def test_files_together_are_limited(apart):
    script = "try:\n    for i in range(8):\n        open(str(i), 'wb').write(bytes(1 << 20))\nexcept OSError:\n    print(i < 5)"
    assert said(apart, script) == "True"


def test_endless_output_is_cut_and_ends_the_script(by):
    finished = sandbox.run_with(by, "while True:\n    print('y' * 10_000)", b"", SMALL)
    assert len(finished.output) == SMALL.output_bytes
    assert "File too large" in finished.errors
    assert not finished.timed_out


def test_endless_work_ends(by):
    finished = sandbox.run_with(by, "while True:\n    pass", b"", Limits(seconds=60, cpu_seconds=1))
    assert not finished.timed_out


def test_endless_waiting_ends():
    script = "import time\nprint('begun', flush=True)\ntime.sleep(1e6)"
    finished = sandbox.run(script, limits=Limits(seconds=8))
    assert finished.timed_out
    assert finished.output == "begun\n"
