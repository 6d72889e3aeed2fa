"""Where models are put: what a step was given decides, and a GPU that is not there is said in words."""

from types import SimpleNamespace

import pytest
import torch

from emotion_vectors.artefacts import devices
from emotion_vectors.artefacts.devices import Allowance, DeviceError
from emotion_vectors.models import placement


@pytest.fixture
def gpus(monkeypatch, tmp_path):
    """Stand-ins for the GPUs that PyTorch sees; those that a model was put on are noted."""
    chosen: list[int] = []
    monkeypatch.setattr(devices, "_TAKEN", {})
    monkeypatch.setattr(devices, "lock_folder", lambda: tmp_path)

    def see(*identities: str) -> list[int]:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(identities))
        monkeypatch.setattr(torch.cuda, "device_count", lambda: len(identities))
        monkeypatch.setattr(
            torch.cuda, "get_device_properties", lambda number: SimpleNamespace(uuid=identities[number])
        )
        monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
        return chosen

    return see


def test_a_step_without_a_gpu_runs_on_the_processor_even_where_there_is_one(gpus):
    chosen = gpus("a")
    with devices.allowing(Allowance(gpu=False)):
        assert placement.device_for_model() == torch.device("cpu")
    assert chosen == []
    assert devices.in_use() == "cpu"


def test_a_step_with_a_gpu_takes_one_and_makes_it_the_current_one(gpus):
    chosen = gpus("a", "b")
    with devices.allowing(Allowance(gpu=True)):
        assert placement.device_for_model() == torch.device("cuda", 0)
    assert chosen == [0]
    assert devices.in_use() == "cuda"


def test_a_gpu_that_is_not_there_is_no_reason_to_run_on_the_processor(gpus):
    gpus()
    with (
        devices.allowing(Allowance(gpu=True)),
        pytest.raises(DeviceError, match=r"sees none.*set compute\.device to cpu"),
    ):
        placement.device_for_model()


def test_outside_a_step_a_gpu_is_taken_where_there_is_one(gpus):
    gpus()
    assert placement.device_for_model() == torch.device("cpu")
    gpus("a")
    assert placement.device_for_model() == torch.device("cuda", 0)
