"""GPUs taken by lock, with stand-ins for devices: processes that hold one, wait, share, end, and are killed."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emotion_vectors.artefacts import devices
from emotion_vectors.artefacts.devices import Allowance

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
JOB = """
import sys
from pathlib import Path
from emotion_vectors.artefacts import devices
folder, share, *identities = sys.argv[1:]
print(devices.take(identities, share=share == "share", folder=Path(folder)), devices.in_use(), flush=True)
sys.stdin.read()
"""
"""A job: takes a device, says which, and holds it until it is told to end."""


class Jobs:
    """Processes that take devices from the same folder of locks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *identities: str, share: bool = False) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", JOB, str(self.folder), "share" if share else "alone", *identities]
        job = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(SCRIPTS)},
        )
        self.started.append(job)
        return job


@pytest.fixture
def jobs(tmp_path):
    running = Jobs(tmp_path / "locks")
    yield running
    for job in running.started:
        job.kill()
        job.wait()
        job.stdout.close()


def said(job, seconds=30.0):
    """Position and kind of the device that a job has taken; None when it has taken none in that time."""
    ready, _, _ = select.select([job.stdout], [], [], seconds)
    if not ready:
        return None
    position, kind = job.stdout.readline().split()
    return int(position), kind


def end(job):
    job.stdin.close()
    assert job.wait(30) == 0


WAITED = 3 * devices.SECONDS_BETWEEN_LOOKS


def test_two_jobs_on_a_machine_with_two_devices_get_one_each(jobs):
    first, second = jobs.start("a", "b"), jobs.start("a", "b")
    assert {said(first), said(second)} == {(0, "cuda"), (1, "cuda")}


def test_the_second_job_waits_for_the_only_device_until_the_first_has_ended(jobs):
    first = jobs.start("a")
    assert said(first) == (0, "cuda")
    second = jobs.start("a")
    assert said(second, WAITED) is None
    end(first)
    assert said(second) == (0, "cuda")


def test_a_killed_job_gives_its_device_back(jobs):
    first = jobs.start("a")
    assert said(first) == (0, "cuda")
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert said(jobs.start("a")) == (0, "cuda")


def test_three_jobs_and_two_devices_leave_one_waiting(jobs):
    started = [jobs.start("a", "b") for _ in range(2)]
    assert {said(job)[0] for job in started} == {0, 1}
    third = jobs.start("a", "b")
    assert said(third, WAITED) is None
    end(started[1])
    assert said(third) is not None


def test_a_device_is_the_same_whatever_number_a_process_gives_it(jobs):
    """As with CUDA_VISIBLE_DEVICES, which renumbers devices."""
    assert said(jobs.start("a", "b")) == (0, "cuda")
    assert said(jobs.start("b", "a")) == (0, "cuda")
    assert said(jobs.start("a"), WAITED) is None


def test_devices_are_shared_only_where_that_is_allowed_and_none_is_free(jobs):
    assert said(jobs.start("a", "b")) == (0, "cuda")
    sharing = [jobs.start("a", "b", share=True) for _ in range(3)]
    positions = [said(job)[0] for job in sharing]
    assert 1 in positions
    # Those that share hold no lock: the devices are free once those that do have ended.
    for job in jobs.started:
        end(job)
    assert said(jobs.start("a", "b")) == (0, "cuda")


@pytest.fixture
def nothing_taken(monkeypatch):
    monkeypatch.setattr(devices, "_TAKEN", {})


@pytest.mark.usefixtures("nothing_taken")
def test_a_second_model_of_a_process_goes_onto_the_device_of_the_first(tmp_path):
    assert devices.in_use() == "cpu"
    assert devices.take(["a", "b"], folder=tmp_path) == 0
    assert devices.take(["a", "b"], folder=tmp_path) == 0
    assert devices.take(["b", "a"], folder=tmp_path) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["a.lock"]
    assert devices.in_use() == "cuda"


def test_locks_of_a_user_lie_in_one_folder_of_the_machine(monkeypatch, tmp_path):
    monkeypatch.setattr(devices.tempfile, "gettempdir", lambda: str(tmp_path))
    assert devices.lock_folder() == tmp_path / f"emotion-vectors-gpus-{os.getuid()}"


def test_what_a_step_may_use_is_known_while_it_runs():
    assert devices.allowed() is None
    with devices.allowing(Allowance(gpu=True)):
        assert devices.allowed() == Allowance(gpu=True, share=False)
    assert devices.allowed() is None


# What a configuration asks for ---------------------------------------------------------------------------------------


@pytest.fixture
def driver(monkeypatch, tmp_path):
    """Puts a stand-in for the driver's program on the PATH."""

    def put(script: str, version: str = "2.13.0") -> None:
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        monkeypatch.setattr(devices.importlib.metadata, "version", lambda name: version)

    return put


TWO = "echo 'GPU 0: NVIDIA T4 (UUID: GPU-1)'; echo 'GPU 1: NVIDIA T4 (UUID: GPU-2)'"


def test_a_machine_with_gpus_uses_one_unless_told_otherwise(driver):
    driver(TWO)
    assert [devices.wanted(choice) for choice in devices.CHOICES] == [True, False, True]
    assert len(devices.visible_gpus()) == 2


@pytest.mark.parametrize("script", ["exit 9", "echo 'No devices were found'", "echo 'GPU 0: broken'; exit 9"])
def test_a_driver_that_shows_no_gpu_means_none(driver, script):
    driver(script)
    assert [devices.wanted(choice) for choice in devices.CHOICES] == [False, False, True]


@pytest.mark.parametrize("hidden", ["", "-1", " "])
def test_gpus_hidden_from_a_process_are_none(driver, monkeypatch, hidden):
    driver(TWO)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    assert not devices.wanted("auto")


def test_a_library_made_for_processors_alone_uses_none(driver):
    driver(TWO, version="2.13.0+cpu")
    assert not devices.wanted("auto")
    assert devices.wanted("gpu")


def test_a_machine_without_a_driver_has_none(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert devices.visible_gpus() == []
