"""Shuts a process in from inside: a root of its own, no rights, refused system calls, limits; then runs a script there.

It is handed to the interpreter as text (`python -c`), so it imports nothing of ours and understands Python from 3.9 on.
Its arguments are the setting as JSON, made by `isolation.setting`, and the script.
"""

import contextlib
import ctypes
import json
import os
import resource
import sys
from collections.abc import Mapping, Sequence
from typing import Any

READY = b"confined\n"
"""Written to standard output before the script begins: without it nothing was run."""
STAY = -1
"""In place of a user: keep the one we are."""

# From <sys/mount.h>, <linux/prctl.h>, <linux/seccomp.h> and <linux/capability.h>.
READ_ONLY, NO_SUID, NO_DEVICES, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
DETACH = 2
SET_DUMPABLE, SET_FILTER, DROP_FROM_BOUNDING_SET, NO_NEW_PRIVILEGES = 4, 22, 24, 38
BY_PROGRAM = 2
CAPABILITY_VERSION = 0x20080522


def system(name: str, *arguments: object) -> None:
    """Call a function of the C library.

    Raises:
        OSError: the call failed.
    """
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    encoded = [text.encode() or None for text in (source, target, kind, options)]
    system("mount", *encoded[:3], ctypes.c_ulong(flags), encoded[3])


def build_root(root: str, binds: Sequence[str], devices: Sequence[str], scratch_bytes: int) -> None:
    """Make a root that holds `binds` read-only, devices, an empty /tmp in memory and nothing else; the working folder is /tmp."""
    os.umask(0o022)
    mount("", "/", "", RECURSIVE | PRIVATE)
    mount("tmpfs", root, "tmpfs", NO_SUID | NO_DEVICES, "mode=755,size=1m")
    for path in [*binds, *devices]:
        target = root + path
        if os.path.isdir(path):
            os.makedirs(target, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
        mount(path, target, "", BIND | RECURSIVE)
        if path in binds:
            mount("", target, "", BIND | REMOUNT | READ_ONLY | NO_SUID | NO_DEVICES)
    os.makedirs(root + "/tmp", exist_ok=True)
    scratch = f"mode=1777,size={scratch_bytes},nr_inodes=4096"
    mount("tmpfs", root + "/tmp", "tmpfs", NO_SUID | NO_DEVICES, scratch)
    mount("", root, "", BIND | REMOUNT | READ_ONLY | NO_SUID | NO_DEVICES)
    os.chdir(root)
    system("pivot_root", b".", b".")
    system("umount2", b".", DETACH)
    os.chdir("/tmp")


def give_up_rights(user: int) -> None:
    """Become `user`, without capabilities and without a way to gain any."""
    if os.geteuid() == 0:
        libc, capability = ctypes.CDLL(None), 0
        while libc.prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0) == 0:
            capability += 1
    if user != STAY:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    system("capset", (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)())
    system("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    # processes of the same user must not read our memory or open our files through /proc
    system("prctl", SET_DUMPABLE, 0, 0, 0, 0)


class Filter(ctypes.Structure):
    """Instructions as the kernel takes them: 8 bytes each."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def refuse_calls(instructions: bytes) -> None:
    """Let the kernel refuse system calls to this process and all that it starts, for good."""
    system("prctl", SET_FILTER, BY_PROGRAM, ctypes.byref(Filter(len(instructions) // 8, instructions)), 0, 0)


def set_limits(limits: Mapping[str, int]) -> None:
    """Set resource limits by name; one that is stricter already stays as it is."""
    for name, value in limits.items():
        number = getattr(resource, name)
        hard = resource.getrlimit(number)[1]
        soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # the signal at the soft limit of processor time tells running out of time from other deaths
        spare = 1 if name == "RLIMIT_CPU" and soft != hard else 0
        resource.setrlimit(number, (soft, soft + spare))


def confine(setting: Mapping[str, Any]) -> None:
    """Shut this process in, for good.

    Raises:
        OSError: the kernel does not allow it.
    """
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # when memory runs out, we go first
    if setting["root"]:
        build_root(setting["root"], setting["binds"], setting["devices"], setting["scratch_bytes"])
    give_up_rights(setting["user"])
    refuse_calls(bytes.fromhex(setting["refused_calls"]))
    set_limits(setting["limits"])


if __name__ == "__main__":
    confine(json.loads(sys.argv[1]))
    os.write(1, READY)
    exec(compile(sys.argv[2], "<script>", "exec"), {"__name__": "__main__"})
