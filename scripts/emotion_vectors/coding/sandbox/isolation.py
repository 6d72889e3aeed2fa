"""Ways in which this machine can keep a program apart, and the command that starts a process in each.

- `namespaces`: a read-only root with the interpreter's files alone, an empty /tmp in memory, no network, no other processes,
  no capabilities. Made by `unshare`, else by bubblewrap.
- `limits`: a separate process with limits on its resources, as an unprivileged user when we are root. It can still use the
  network, read what its user may read, leave files where that user may, and signal its user's processes.

In both, the kernel refuses the system calls of `refused_calls`; where it cannot, nothing is run.
"""

from __future__ import annotations

import inspect
import json
import os
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from emotion_vectors.coding.sandbox import confinement, refused_calls

Level = Literal["limits", "namespaces"]
RANK: dict[Level, int] = {"limits": 1, "namespaces": 2}
NOBODY = 65534
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
SYSTEM_LIBRARIES = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/etc/ld.so.cache")
REMEDY = (
    "needs Linux with util-linux (unshare) or bubblewrap installed, and user namespaces allowed: as root, "
    "sysctl user.max_user_namespaces=10000 and, on Ubuntu, kernel.apparmor_restrict_unprivileged_userns=0; "
    "in a container, allow CAP_SYS_ADMIN or user namespaces"
)


class SandboxError(RuntimeError):
    """The machine cannot give the isolation asked for, or the sandbox itself does not work."""


@dataclass(frozen=True)
class Limits:
    """What a script may use. Files in the scratch folder may take four times `file_bytes` together.

    Processor time is the limit for work; wall time is for programs that wait, generous so that a busy machine changes nothing.
    """

    seconds: float = 60.0
    cpu_seconds: int = 10
    memory_bytes: int = 1 << 30
    file_bytes: int = 16 << 20
    open_files: int = 64
    output_bytes: int = 1 << 16

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value <= 0:
                raise SandboxError(f"limit {name} is {value}; give a positive number")


@dataclass(frozen=True)
class Isolation:
    """How a program is kept apart: the level, the means, and the interpreter that runs it."""

    level: Level
    means: Literal["unshare", "bubblewrap", "rlimits"]
    interpreter: str


def candidates() -> list[Isolation]:
    """Ways that this machine may offer, the best first; whether they work only a trial tells."""
    interpreter = os.path.realpath(sys.executable)
    offered: list[Isolation] = []
    if shutil.which("unshare"):
        offered.append(Isolation("namespaces", "unshare", interpreter))
    if shutil.which("bwrap"):
        offered.append(Isolation("namespaces", "bubblewrap", interpreter))
    # as root we become a user without rights, who may not reach an interpreter in a home folder
    usable = (
        [path for path in (interpreter, "/usr/bin/python3") if _open_to_all(Path(path))]
        if os.geteuid() == 0
        else [interpreter]
    )
    return offered + [Isolation("limits", "rlimits", path) for path in usable[:1]]


def _open_to_all(path: Path) -> bool:
    return path.exists() and all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


def command(by: Isolation, script: str, folder: str, limits: Limits, *, forks: bool) -> list[str]:
    """Arguments that start a script in isolation; see `sandbox.run` for `forks`. `folder`: empty, of this run alone."""
    shut_in = inspect.getsource(confinement)
    settings = json.dumps(setting(by, folder, limits, forks=forks))
    python = [by.interpreter, "-I", "-S", "-B", "-u", "-c", shut_in, settings, script]
    if by.means == "unshare":
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        spaces = ["--mount", "--pid", "--net", "--ipc", "--uts", *user]
        return [_path_of("unshare"), *spaces, "--fork", "--kill-child", *python]
    return _bubblewrap(by, limits) + python if by.means == "bubblewrap" else python


def setting(by: Isolation, folder: str, limits: Limits, *, forks: bool) -> dict[str, Any]:
    """What `confinement.confine` is to do.

    Raises:
        SandboxError: it is not known by which numbers this machine's kernel is asked for what must be refused.
    """
    machine = platform.machine()
    if machine not in refused_calls.NUMBERS:
        known = ", ".join(sorted(refused_calls.NUMBERS))
        raise SandboxError(
            f"system calls can be refused on {known}, and this machine is {machine}; run programs on one of those"
        )
    return {
        "refused_calls": refused_calls.instructions(machine).hex(),
        "user": NOBODY if os.geteuid() == 0 else confinement.STAY,
        "root": folder if by.means == "unshare" else "",
        "binds": _binds(by),
        "devices": [path for path in DEVICES if os.path.exists(path)],
        "scratch_bytes": 4 * limits.file_bytes,
        "limits": {
            "RLIMIT_CPU": limits.cpu_seconds,
            "RLIMIT_AS": limits.memory_bytes,
            "RLIMIT_FSIZE": limits.file_bytes,
            "RLIMIT_NOFILE": limits.open_files,
            "RLIMIT_CORE": 0,
            **({} if forks else {"RLIMIT_NPROC": 0}),
        },
    }


def _bubblewrap(by: Isolation, limits: Limits) -> list[str]:
    wrap = [_path_of("bwrap"), "--die-with-parent", "--as-pid-1", "--cap-drop", "ALL"]
    wrap += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    wrap += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if os.geteuid() == 0 else ["--unshare-user"]
    paths = [Path(path) for path in (*_binds(by), *DEVICES)]
    for folder in dict.fromkeys(folder for path in paths for folder in reversed(path.parents[:-1])):
        wrap += ["--perms", "0755", "--dir", str(folder)]  # bubblewrap would close them to others
    for path in _binds(by):
        wrap += ["--ro-bind", path, path]
    for path in DEVICES:
        wrap += ["--dev-bind-try", path, path]
    scratch = ["--perms", "1777", "--size", str(4 * limits.file_bytes), "--tmpfs", "/tmp"]
    return [*wrap, *scratch, "--remount-ro", "/", "--chdir", "/tmp"]


def _path_of(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise SandboxError(f"{name} is not installed")
    return path


def _binds(by: Isolation) -> list[str]:
    """What the interpreter needs to run."""
    paths = [*SYSTEM_LIBRARIES, by.interpreter, os.path.join(os.path.realpath(sys.base_prefix), "lib")]
    return [path for path in dict.fromkeys(paths) if os.path.exists(path)]
