"""What `compute.precision` stands for, told from what a machine shows, and which steps bear the rounding."""

import pytest
import torch

from emotion_vectors.artefacts import machine, precision
from emotion_vectors.artefacts.precision import BFLOAT16, FLOAT32

SAPPHIRE = "model name\t: Some Processor\nflags\t\t: fpu avx512f amx_bf16 avx512_bf16 amx_tile amx_int8\n"
COOPER = "model name\t: Some Processor\nflags\t\t: fpu avx2 avx512f avx512_bf16 avx512_vnni\n"
CASCADE = "model name\t: Some Processor\nflags\t\t: fpu avx2 avx512f avx512_vnni not_avx512_bf16\n"
INTEGERS_ALONE = "flags\t\t: fpu amx_tile amx_int8 not_amx_bf16\n"
ARM = "processor\t: 0\nFeatures\t: fp asimd bf16 i8mm\n"


@pytest.fixture
def show(tmp_path, monkeypatch):
    """Makes a machine of what Linux says about its processors."""

    def make(processors):
        (tmp_path / "cpuinfo").write_text(processors)
        monkeypatch.setattr(machine, "INFORMATION", tmp_path / "cpuinfo")

    return make


MACHINES = {
    "AMX": (SAPPHIRE, False, BFLOAT16),
    "bfloat16 without tiles": (COOPER, False, BFLOAT16),
    "vectors without bfloat16": (CASCADE, False, FLOAT32),
    "tiles for integers alone": (INTEGERS_ALONE, False, FLOAT32),
    "ARM": (ARM, False, FLOAT32),
    "nothing said": ("", False, FLOAT32),
    "GPU": (CASCADE, True, BFLOAT16),
    "GPU and AMX": (SAPPHIRE, True, BFLOAT16),
}


@pytest.mark.parametrize(("processors", "on_gpu", "expected"), MACHINES.values(), ids=MACHINES)
def test_auto_takes_bfloat16_where_hardware_multiplies_it(show, processors, on_gpu, expected):
    show(processors)
    assert precision.settled("auto", on_gpu, {}) == expected
    assert precision.settled("float32", on_gpu, {}) == "float32"
    assert precision.settled("bfloat16", on_gpu, {}) == "bfloat16"


def test_jobs_on_other_machines_run_in_the_precision_that_was_planned(show):
    environment = {}
    show(SAPPHIRE)
    planned = precision.settled("auto", False, environment)
    show(CASCADE)
    assert precision.settled("auto", False, environment) == planned == BFLOAT16
    assert precision.settled("float32", False, environment) == FLOAT32
    assert precision.settled("auto", False, {}) == FLOAT32


def test_this_processor_is_told_as_pytorch_tells_it():
    """The library itself is the oracle: it asks the processor."""
    assert not machine.has_amx() or torch.cpu._is_amx_tile_supported()
    with_bfloat16 = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    assert machine.multiplies_bfloat16() == with_bfloat16 or not machine.INFORMATION.exists()


CASES = {
    ("capture_stories", FLOAT32, FLOAT32): FLOAT32,
    ("capture_stories", FLOAT32, BFLOAT16): BFLOAT16,
    ("capture_stories", BFLOAT16, FLOAT32): BFLOAT16,
    ("steer_items", FLOAT32, BFLOAT16): FLOAT32,
    ("check_silencing", FLOAT32, BFLOAT16): FLOAT32,
    ("steer_items", BFLOAT16, FLOAT32): BFLOAT16,
    ("a_step_of_tomorrow", FLOAT32, BFLOAT16): FLOAT32,
}


@pytest.mark.parametrize(("case", "expected"), CASES.items(), ids=map(str, CASES))
def test_a_step_rounds_where_it_bears_it_and_rows_in_bfloat16_stay_so(case, expected):
    assert precision.of_step(*case) == expected


@pytest.mark.parametrize(
    ("dtypes", "fast", "expected"),
    [
        ([FLOAT32, FLOAT32], FLOAT32, "float32"),
        ([FLOAT32], BFLOAT16, "bfloat16 and float32"),
        ([BFLOAT16], FLOAT32, "bfloat16"),
        ([BFLOAT16, FLOAT32], FLOAT32, "bfloat16 and float32"),
    ],
)
def test_a_study_says_every_precision_that_it_runs_in(dtypes, fast, expected):
    assert precision.of_study(dtypes, fast) == expected


def test_a_step_is_declared_once():
    assert not precision.MAY_ROUND & precision.IN_FLOAT32.keys()
