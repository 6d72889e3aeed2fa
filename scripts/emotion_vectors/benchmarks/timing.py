"""Time and memory of a piece of work, and the machine they were measured on."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import torch

Work = Callable[[], object]
WATCH_SECONDS = 0.02


def seconds(work: Work) -> float:
    """Wall-clock time of `work`, queued work of a graphics processor included."""
    begin = time.perf_counter()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - begin


def in_turns(methods: Mapping[str, Work], repetitions: int) -> dict[str, list[float]]:
    """Seconds of each method in every repetition; methods take turns, so that a slow spell of the machine meets all."""
    times: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(repetitions):
        for name, work in methods.items():
            times[name].append(seconds(work))
    return times


def resident_bytes() -> int:
    """Memory of this process that is resident now."""
    return int(psutil.Process().memory_info().rss)


def peak_memory(work: Work) -> int:
    """Largest resident memory of this process while `work` runs, in bytes, looked at every 20 ms."""
    done, peaks = threading.Event(), [resident_bytes()]

    def watch() -> None:
        while not done.wait(WATCH_SECONDS):
            peaks[0] = max(peaks[0], resident_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work()
    finally:
        done.set()
        watcher.join()
    return max(peaks[0], resident_bytes())


def machine() -> dict[str, str | int | None]:
    """Processor, cores, threads in use, memory and device."""
    return {
        "cpu": _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "memory_bytes": int(psutil.virtual_memory().total),
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
