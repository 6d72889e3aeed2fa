"""What a job asks for: threads, memory, time and, where a model runs, a GPU; from the kind of step and the size of the model.

Amounts are generous: a job that asks for too much waits a little longer on a cluster, one that asks for too little is killed. On a
machine of one's own memory and time limit nothing unless Snakemake is told how much there is, as with `--resources mem_mb=16000`.
"""

from __future__ import annotations

from dataclasses import dataclass

BYTES = {"float32": 4, "bfloat16": 2}
"""Of one parameter, by the precision of a row of the table of models."""


@dataclass(frozen=True)
class Size:
    """How large a model is: parameters in millions, and the bytes of each in memory."""

    millions: int
    bytes_each: int

    @property
    def weights_mb(self) -> int:
        return self.millions * self.bytes_each


NO_MODEL = Size(0, 0)
ENCODER = Size(23, BYTES["float32"])
"""The sentence encoder of the judges."""


@dataclass(frozen=True)
class Kind:
    """What steps of one kind need.

    Attributes:
        cores: share of the cores of the study; 0 for a single thread.
        base_mb: memory without a model: Python, its libraries, tables and activations.
        weights: memory for a model, in sizes of its weights.
        minutes: time without a model. minutes_per_billion: further time for each 1e9 parameters, on a processor.
        runs_model: whether the step has a use for a GPU. gpu_weights: memory of the GPU for its model, in sizes of its weights.
    """

    cores: float
    base_mb: int
    weights: float
    minutes: int
    minutes_per_billion: int = 0
    runs_model: bool = False
    gpu_weights: float = 1.5
    """The weights with what is derived from them."""


KINDS = {
    # Draws, writes or checks tables.
    "table": Kind(cores=0, base_mb=4_000, weights=0, minutes=60),
    # Computes from activations and tables; activations grow with the model.
    "statistics": Kind(cores=0.5, base_mb=8_000, weights=1, minutes=120, minutes_per_billion=60),
    "single_core_statistics": Kind(cores=0, base_mb=8_000, weights=1, minutes=120, minutes_per_billion=60),
    "download": Kind(cores=0, base_mb=2_000, weights=0, minutes=120, minutes_per_billion=30),
    # Quantised tensors are unpacked into float32, and written once more.
    "conversion": Kind(cores=0.5, base_mb=4_000, weights=3, minutes=30, minutes_per_billion=10),
    # Two model steps side by side with half of the cores each finish sooner than one after the other with all of them: products of
    # this size lose more to waiting at barriers than they gain from a second core.
    "model": Kind(cores=0.5, base_mb=6_000, weights=2, minutes=90, minutes_per_billion=360, runs_model=True),
    # All cores, so that no other step runs while times are taken; the model is loaded once more in float32, which is twice as large as
    # weights in bfloat16.
    "benchmark": Kind(
        cores=1, base_mb=6_000, weights=4, minutes=120, minutes_per_billion=720, runs_model=True, gpu_weights=3.5
    ),
}

GPU_SPEED = 8
"""How much less time than on a processor is asked for on a GPU: what is safe, not what it reaches."""
GPU_BASE_MB = 4_000
"""Memory of the GPU without a model: activations of a batch and the libraries."""


def threads(kind: str, cores: int) -> int:
    """Threads of a step of this kind in a study on so many cores, at least one."""
    return max(1, int(cores * KINDS[kind].cores))


def resources(kind: str, size: Size = NO_MODEL, *, on_gpu: bool = False, attempt: int = 1) -> dict[str, int]:
    """What one job asks for, by the names that Snakemake and its executors know.

    Args:
        kind: key of `KINDS`.
        size: of the model that the step loads, or whose activations it reads.
        on_gpu: whether steps that run a model do so on a GPU.
        attempt: 1, and more when a job is sent again, perhaps because it needed more: memory and time grow with it.
    Returns:
        mem_mb (memory in MB), runtime (minutes); where a model runs gpu (how many: 0 or 1) and vram_mb (memory of the GPU in MB).
    """
    needed = KINDS[kind]
    uses_gpu = on_gpu and needed.runs_model
    scaled = size.millions / 1_000 * needed.minutes_per_billion / (GPU_SPEED if uses_gpu else 1)
    asked = {
        "mem_mb": attempt * round(needed.base_mb + needed.weights * size.weights_mb),
        "runtime": attempt * round(needed.minutes + scaled),
    }
    if needed.runs_model:
        asked["gpu"] = int(uses_gpu)
        asked["vram_mb"] = round(GPU_BASE_MB + needed.gpu_weights * size.weights_mb) if uses_gpu else 0
    return asked
