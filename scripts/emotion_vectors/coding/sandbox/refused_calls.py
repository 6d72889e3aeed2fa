"""System calls that the sandbox refuses, as a filter that the kernel asks before each of them.

Refused is what a script needs for no work of its own: namespaces of its own (in a new user namespace it would hold every right over
kernel code that is closed to it otherwise), the memory and files of other processes, queues that go past the filter, traces that
outlive a process (keys, shared memory, semaphores, message queues), and leaving the group in which it is ended.
"""

from __future__ import annotations

import errno
import platform
import struct

CALLS = {
    "clone": (56, 220),
    "clone3": (435, 435),
    "unshare": (272, 97),
    "setns": (308, 268),
    "setsid": (112, 157),
    "setpgid": (109, 154),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "io_uring_setup": (425, 425),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
}
"""Numbers of the refused calls: of x86_64, and of aarch64."""
NUMBERS = {
    machine: {name: numbers[column] for name, numbers in CALLS.items()}
    for column, machine in enumerate(("x86_64", "aarch64"))
}
"""Numbers of the refused calls by machine."""
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""The kernel's mark of each machine, from <linux/audit.h>."""
OTHER_TABLE = 0x40000000
"""From this number on, x86_64 keeps a second table of the same calls."""
NEW_NAMESPACE = 0x7E020000
"""Flags of `clone` that ask for any new namespace."""

# From <linux/bpf_common.h>, <linux/filter.h> and <linux/seccomp.h>.
LOAD, IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT, ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16
ALLOW, FAIL_WITH, KILL = 0x7FFF0000, 0x00050000, 0x80000000
REFUSE, UNKNOWN = FAIL_WITH | errno.EPERM, FAIL_WITH | errno.ENOSYS


def instructions(machine: str | None = None) -> bytes:
    """The filter as the kernel reads it: 8 bytes an instruction.

    Args:
        machine: name of the processor's family as `uname -m` says it; this machine's if None.
    Raises:
        KeyError: the numbers of its system calls are not listed.
    """
    name = machine or platform.machine()
    numbers = dict(NUMBERS[name])
    clone = numbers.pop("clone")
    # `clone3` keeps its flags in memory, where no filter can read them; told that it is unknown, libraries take `clone`
    clone3 = numbers.pop("clone3")
    program = [(LOAD, 0, 0, MACHINE), *_unless(IF_EQUAL, MACHINES[name], KILL), (LOAD, 0, 0, NUMBER)]
    program += _when(IF_AT_LEAST, OTHER_TABLE, REFUSE)
    for number in numbers.values():
        program += _when(IF_EQUAL, number, REFUSE)
    program += _when(IF_EQUAL, clone3, UNKNOWN)
    program += [*_unless(IF_EQUAL, clone, ALLOW), (LOAD, 0, 0, FIRST_ARGUMENT)]
    program += [*_when(IF_ANY_BIT, NEW_NAMESPACE, REFUSE), (ANSWER, 0, 0, ALLOW)]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def _when(condition: int, value: int, answer: int) -> list[tuple[int, int, int, int]]:
    """Give an answer where a condition holds, else go on."""
    return [(condition, 0, 1, value), (ANSWER, 0, 0, answer)]


def _unless(condition: int, value: int, answer: int) -> list[tuple[int, int, int, int]]:
    """Give an answer where a condition does not hold, else go on."""
    return [(condition, 1, 0, value), (ANSWER, 0, 0, answer)]
