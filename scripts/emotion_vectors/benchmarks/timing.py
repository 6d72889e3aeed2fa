"""Time and memory of a piece of work, and the machine they were measured on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

import psutil  # type: ignore[import-untyped]
import torch

from emotion_vectors.artefacts import devices, machine

Work = Callable[[], object]
WATCH_SECONDS = 0.02


def seconds(work: Work) -> float:
    """Wall-clock time of `work`, queued work of a graphics processor included."""
    begin = time.perf_counter()
    work()
    if devices.in_use() == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - begin


def processor_seconds(work: Work) -> float:
    """Processor time of `work` over all threads of this process; what a graphics processor does is not in it."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


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


def machine_in_use() -> dict[str, str | int]:
    """Processor, cores, threads in use, memory and device."""
    return {
        "cpu": machine.processor(),
        "cores": machine.cores(),
        "threads": torch.get_num_threads(),
        "memory_bytes": machine.memory_bytes(),
        "device": torch.cuda.get_device_name() if devices.in_use() == "cuda" else "cpu",
    }
