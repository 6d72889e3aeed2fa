"""The GPU of a process: taken by a lock that the system gives back when the process ends, so that two jobs share none unless allowed.

Locks lie in a folder of the machine and the user, since devices belong to the machine: studies in several checkouts see each other.
Nothing here loads PyTorch; `models.placement` asks it which devices there are.
"""

from __future__ import annotations

import importlib.metadata
import logging
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from emotion_vectors.artefacts.errors import MendableError

log = logging.getLogger(__name__)

CHOICES = ("auto", "cpu", "gpu")
"""Values of `compute.device`."""
SECONDS_BETWEEN_LOOKS = 0.5


class DeviceError(MendableError, RuntimeError):
    """The device that a step was told to use is not there."""


@dataclass(frozen=True)
class Allowance:
    """What a job may use.

    Attributes:
        gpu: whether its model runs on a GPU.
        share: whether that may be one that another job uses.
    """

    gpu: bool
    share: bool = False


_ALLOWED: ContextVar[Allowance | None] = ContextVar("allowed", default=None)
_TAKEN: dict[str, FileLock | None] = {}
"""Device of this process and its lock; none where the device is shared."""


@contextmanager
def allowing(allowance: Allowance) -> Iterator[None]:
    """Make `allowance` that of the step that runs."""
    token = _ALLOWED.set(allowance)
    try:
        yield
    finally:
        _ALLOWED.reset(token)


def allowed() -> Allowance | None:
    """What the step that runs may use; None where a library user or a test loads a model."""
    return _ALLOWED.get()


def wanted(choice: str) -> bool:
    """Whether models run on a GPU.

    Args:
        choice: `gpu`, `cpu`, or `auto`: on a GPU where this machine has one and the PyTorch that is installed can use it.
    """
    if choice == "auto":
        return "+cpu" not in importlib.metadata.version("torch") and bool(visible_gpus())
    return choice == "gpu"


def visible_gpus() -> list[str]:
    """GPUs of this machine as its driver lists them, one line each; none where they are hidden from processes or there is no driver."""
    program = shutil.which("nvidia-smi")
    if program is None or os.environ.get("CUDA_VISIBLE_DEVICES", "all").strip() in ("", "-1"):
        return []
    done = subprocess.run([program, "-L"], capture_output=True, text=True, check=False)
    return [line for line in done.stdout.splitlines() if line.startswith("GPU ")] if done.returncode == 0 else []


def in_use() -> str:
    """Kind of the device that this process runs models on, as provenance keeps it."""
    return "cuda" if _TAKEN else "cpu"


def lock_folder() -> Path:
    """Where locks of this user lie on this machine."""
    return Path(tempfile.gettempdir(), f"emotion-vectors-gpus-{os.getuid()}")


def take(identities: Sequence[str], *, share: bool = False, folder: Path | None = None) -> int:
    """Take a device for this process: the one that it holds already, else the first that is free.

    Args:
        identities: of the devices that this process sees, each the same for every process of the machine.
        share: whether to take one that is in use when all are; otherwise wait until one is free.
        folder: where the locks lie; default `lock_folder()`.
    Returns:
        Position of the device in `identities`. It is held until the process ends, however it ends.
    """
    for position, identity in enumerate(identities):
        if identity in _TAKEN:
            return position
    locks = folder or lock_folder()
    locks.mkdir(parents=True, exist_ok=True, mode=0o700)
    waits = False
    while True:
        for position, identity in enumerate(identities):
            if _locked(identity, locks):
                return position
        if share:
            log.warning("every GPU is in use by another job; sharing one, as compute.share_gpu allows")
            # Jobs that share are spread over the devices.
            position = os.getpid() % len(identities)
            _TAKEN[identities[position]] = None
            return position
        if not waits:
            log.info(
                "waiting: %s is in use by another job (locks in %s); compute.share_gpu: true would share it",
                ", ".join(identities),
                locks,
            )
            waits = True
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _locked(identity: str, folder: Path) -> bool:
    # Without a fallback to a file that merely exists: it would outlive a killed process.
    lock = FileLock(folder / f"{identity}.lock", thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    _TAKEN[identity] = lock
    return True
