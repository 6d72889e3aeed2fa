"""The filter of system calls: read by an interpreter of our own, and asked by scripts in every isolation."""

from __future__ import annotations

import platform
import struct

import pytest

from emotion_vectors.coding.sandbox import isolation, refused_calls, sandbox
from emotion_vectors.coding.sandbox.isolation import SandboxError
from tests.unit.coding.isolations import SMALL, isolated_by

REFUSED, UNKNOWN, ALLOWED, KILLED = 0x50001, 0x50026, 0x7FFF0000, 0x80000000


def answer(machine: str, mark: int, number: int, argument: int = 0) -> int:
    """What the filter of a machine says to a call, with the meaning of each instruction from the kernel's documentation."""
    data = struct.pack("=IIQ6Q", number, mark, 0, argument, 0, 0, 0, 0, 0)
    code = refused_calls.instructions(machine)
    program = [struct.unpack_from("=HBBI", code, start) for start in range(0, len(code), 8)]
    at, accumulator = 0, 0
    while True:
        kind, if_true, if_false, value = program[at]
        at += 1
        if kind == 0x06:
            return value
        if kind == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[kind]
            at += if_true if holds else if_false


@pytest.mark.parametrize(
    ("machine", "mark", "unshare", "clone", "keyctl", "read"),
    [("x86_64", 0xC000003E, 272, 56, 250, 0), ("aarch64", 0xC00000B7, 97, 220, 219, 63)],
)
def test_each_machine_is_asked_by_its_numbers(machine, mark, unshare, clone, keyctl, read):
    assert answer(machine, mark, unshare) == answer(machine, mark, keyctl) == REFUSED
    assert answer(machine, mark, read) == ALLOWED
    assert answer(machine, mark, 435) == UNKNOWN
    assert answer(machine, mark, clone, 17) == ALLOWED  # a fork
    assert answer(machine, mark, clone, 0x3D0F00) == ALLOWED  # a thread
    for namespace in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert answer(machine, mark, clone, namespace | 17) == REFUSED
    assert answer(machine, mark, read | 0x40000000) == REFUSED
    assert answer(machine, 0x40000003, read) == KILLED


@pytest.mark.parametrize("means", ["unshare", "bubblewrap", "rlimits"])
def test_no_namespace_is_opened(means):
    flags = {"x86_64": 56, "aarch64": 220}[platform.machine()]
    script = (
        "import ctypes, errno\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "def code(result): return errno.errorcode[ctypes.get_errno()] if result == -1 else result\n"
        "print(*(code(libc.unshare(kind)) for kind in (0x10000000, 0x20000, 0x10020000, 0x40000000)))\n"
        f"print(code(libc.syscall({flags}, 0x10000011, 0, 0, 0, 0)), code(libc.syscall(435, None, 0)), code(libc.setsid()))\n"
    )
    finished = sandbox.run_with(isolated_by(means), script, b"", SMALL)
    assert finished.errors == ""
    assert finished.output.splitlines() == ["EPERM EPERM EPERM EPERM", "EPERM ENOSYS EPERM"]


@pytest.mark.usefixtures("looked_for_anew")
def test_a_machine_whose_calls_are_not_known_runs_nothing(monkeypatch):
    monkeypatch.setattr(isolation.platform, "machine", lambda: "riscv64")
    with pytest.raises(SandboxError, match=r"refused on aarch64, x86_64, and this machine is riscv64"):
        sandbox.run("print(1)")
    assert sandbox.available("limits") is None


@pytest.mark.usefixtures("looked_for_anew")
def test_a_kernel_that_takes_no_filter_runs_nothing(monkeypatch):
    monkeypatch.setattr(refused_calls, "instructions", lambda _: b"\xff" * 8)
    with pytest.raises(SandboxError, match=r"(?s)did not start: .*Invalid argument"):
        sandbox.run("print(1)")
