"""The machine that a step runs on, as far as numbers and times depend on it."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psutil  # type: ignore[import-untyped]

INFORMATION = Path("/proc/cpuinfo")


def processor() -> str:
    """Model of the processor; where the system does not say, its architecture."""
    return _entry("model name") or platform.processor() or platform.machine()


def has_amx() -> bool:
    """Whether the processor multiplies whole tiles of bfloat16 (AMX)."""
    return "amx_bf16" in _entry("flags").split()


def multiplies_bfloat16() -> bool:
    """Whether the processor has instructions that multiply bfloat16: on tiles (AMX), or on vectors (AVX-512)."""
    return not {"amx_bf16", "avx512_bf16"}.isdisjoint(_entry("flags").split())


def cores() -> int:
    """Cores that the system shows."""
    return os.cpu_count() or 1


def memory_bytes() -> int:
    """Memory of the machine."""
    return int(psutil.virtual_memory().total)


def _entry(key: str) -> str:
    """First entry of that name in what Linux says about its processors; empty elsewhere."""
    lines = INFORMATION.read_text(encoding="utf-8", errors="replace").splitlines() if INFORMATION.exists() else []
    values = [line.split(":", 1)[1].strip() for line in lines if line.split(":")[0].strip() == key]
    return values[0] if values else ""
