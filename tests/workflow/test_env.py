"""The environment: scripts/env against stand-ins for Python, df and apt-get.

No package is installed: the program runs in a copy of the repository, with a PATH that holds what the test puts there.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workflow.checkout import ROOT, Checkout


def test_without_a_command_it_explains_itself_and_builds_nothing(checkout: Checkout):
    result = checkout.run()
    assert (result.returncode, result.stdout) == (2, "")
    assert "Usage: ./scripts/env COMMAND" in result.stderr
    assert not (checkout.root / ".venv").exists()


def test_first_use_builds_from_the_lock_and_leaves_stdout_to_the_command(checkout: Checkout):
    result = checkout.run("bash", "-c", "echo out; exit 7")
    assert (result.returncode, result.stdout) == (7, "out\n")
    assert "env: building .venv" in result.stderr
    options = "-m pip install --disable-pip-version-check --no-input --progress-bar off -r"
    assert checkout.calls() == [f"{options} {checkout.lock}"]


def test_all_in_place_is_silent_quick_and_calls_no_pip(checkout: Checkout):
    checkout.run("true")
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        result = checkout.run("bash", "-c", "exit 42")
        seconds.append(time.perf_counter() - start)
        assert (result.returncode, result.stdout, result.stderr) == (42, "", "")
    assert len(checkout.calls()) == 1
    assert min(seconds) < 0.5


def test_the_command_sees_the_environment_and_stays_where_the_caller_is(checkout: Checkout, tmp_path: Path):
    (tmp_path / "link").symlink_to(checkout.root / "scripts/env")
    checkout.run("true")
    script = 'printf "%s\n" "$PWD" "${PATH%%:*}" "$VIRTUAL_ENV" "$PYTHONNOUSERSITE" "${PYTHONPATH-unset}" "$1"'
    result = checkout.run("bash", "-c", script, "-", "a  b", cwd=tmp_path, PYTHONPATH="/elsewhere")
    venv = checkout.root / ".venv"
    library = str(checkout.root / "scripts")
    assert result.stdout.splitlines() == [str(tmp_path), f"{venv}/bin", str(venv), "1", library, "a  b"]
    linked = subprocess.check_output([tmp_path / "link", "printenv", "VIRTUAL_ENV"], env={"PATH": str(checkout.bin)})
    assert linked.decode().strip() == str(venv)
    assert len(checkout.calls()) == 1


@pytest.mark.parametrize("change", ["lock", "python", "place", "interpreter gone"])
def test_a_change_below_the_environment_rebuilds_it(checkout: Checkout, change: str):
    checkout.run("true")
    (checkout.root / ".venv/leftover").touch()
    if change == "lock":
        checkout.lock.write_text(checkout.lock.read_text() + "another==1.0\n")
    elif change == "python":
        (checkout.root / ".venv/pyvenv.cfg").write_text("version = 3.12.9\n")
    elif change == "place":
        checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    else:
        (checkout.root / ".venv/bin/python").unlink()
    assert checkout.run("true").returncode == 0
    assert len(checkout.calls()) == 2
    assert not (checkout.root / ".venv/leftover").exists()


def test_a_killed_install_is_done_again(checkout: Checkout):
    process = checkout.start("true", PIP_SECONDS="60")
    deadline = time.monotonic() + 30
    while not checkout.calls() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert (checkout.root / ".venv/bin/python").exists()
    assert not checkout.stamp.exists()
    result = checkout.run("true")
    assert result.returncode == 0
    assert "removing .venv: it is unfinished" in result.stderr
    assert len(checkout.calls()) == 2


def test_a_failed_install_ends_with_a_remedy_and_is_done_again(checkout: Checkout):
    result = checkout.run("bash", "-c", "echo ran", PIP_STATUS="1")
    assert (result.returncode, result.stdout) == (1, "")
    assert "pip could not install workflow/envs/requirements.lock" in result.stderr
    assert "Remedy: check the network and the disk space" in result.stderr
    assert not checkout.stamp.exists()
    assert checkout.run("true").returncode == 0
    assert len(checkout.calls()) == 2


def test_two_first_uses_at_once_install_once(checkout: Checkout):
    if not shutil.which("flock"):
        pytest.skip("flock is not installed")
    processes = [checkout.start("true", PIP_SECONDS="1") for _ in range(2)]
    errors = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert sum("waiting for another ./scripts/env" in error for error in errors) == 1
    assert len(checkout.calls()) == 1


def test_no_python_names_the_remedy(checkout: Checkout):
    (checkout.bin / "python3").unlink()
    result = checkout.run("true")
    assert result.returncode == 1
    for part in ("3.11 or newer", "python3.11: not found", "python3: not found", "Remedy: ", "python3-venv"):
        assert part in result.stderr


@pytest.mark.parametrize("answer", ["is Python 3.9", "has no module ensurepip"])
def test_an_unfit_python_is_named_with_its_reason(checkout: Checkout, answer: str):
    result = checkout.run("true", PROBE_ANSWER=answer, PROBE_STATUS="1")
    assert result.returncode == 1
    assert f"python3: {answer}" in result.stderr
    assert not (checkout.root / ".venv").exists()


def test_a_real_python_gives_a_real_environment(checkout: Checkout):
    (checkout.bin / "python3").unlink()
    (checkout.bin / "python3").symlink_to(sys.executable)
    checkout.lock.write_text("# nothing to install\n")
    result = checkout.run("python", "-c", "import sys; print(sys.prefix)")
    assert result.stdout.strip() == str(checkout.root / ".venv"), result.stderr
    assert f"building .venv with {Path(sys.executable).resolve()} from" in result.stderr
    assert checkout.run("true").stderr == ""


def test_too_little_disk_is_said_before_anything_is_installed(checkout: Checkout):
    checkout.fake("df", "echo header; echo /dev/disk 90000000 1 2097152 97% /")
    result = checkout.run("true")
    assert result.returncode == 1
    assert "too little disk space: 2048 MiB are free" in result.stderr
    assert "Remedy: free some space" in result.stderr
    assert checkout.calls() == []


@pytest.mark.parametrize("apt_is_there", [True, False])
def test_without_root_missing_tex_is_said_once_and_the_command_runs(checkout: Checkout, apt_is_there: bool):
    (checkout.bin / "latexmk").unlink()
    if apt_is_there:
        checkout.fake("apt-get", 'echo "$*" >>"$APT_LOG"')
    first, second = (checkout.run("bash", "-c", "echo ran") for _ in range(2))
    assert (first.stdout, second.stdout, second.stderr) == ("ran\n", "ran\n", "")
    assert "missing: latexmk\n" in first.stderr
    assert "sudo apt-get install --no-install-recommends latexmk texlive-latex-recommended" in first.stderr
    assert "conda" in first.stderr
    assert checkout.calls("apt") == []


@pytest.mark.parametrize("status", [0, 100])
def test_root_has_the_packages_of_apt_txt_installed_once(checkout: Checkout, status: int):
    (checkout.bin / "latexmk").unlink()
    checkout.fake("id", "echo 0")
    checkout.fake("apt-get", f'echo "$DEBIAN_FRONTEND $*" >>"$APT_LOG"; [[ $1 == update ]] || exit {status}')
    first, second = (checkout.run("bash", "-c", "echo ran") for _ in range(2))
    assert (first.stdout, second.stdout, second.stderr) == ("ran\n", "ran\n", "")
    update, install = checkout.calls("apt")
    lines = (ROOT / "workflow/envs/apt.txt").read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith("#")]
    assert update.startswith("noninteractive update")
    assert install == f"noninteractive install -q -y --no-install-recommends {' '.join(packages)}"
    assert ("apt-get failed" in first.stderr) == (status != 0)


def test_a_path_with_a_space_is_refused_before_anything_is_built(checkout: Checkout, tmp_path: Path):
    shutil.move(checkout.root, tmp_path / "a checkout")
    checkout.root = tmp_path / "a checkout"
    done = checkout.run("true")
    assert done.returncode == 1
    assert re.search(r"holds a space.*/a checkout\nenv: Remedy: move the checkout", done.stderr)
    assert checkout.calls() == []


@pytest.mark.parametrize("home", [None, "", "/nowhere/at/all", "/proc", "/dev/null"])
def test_a_home_that_cannot_be_written_is_replaced(checkout: Checkout, home: str | None):
    done = checkout.run("printenv", "HOME", **{} if home is None else {"HOME": home})
    assert done.stdout.strip() == str(checkout.root / ".snakemake/home")
    assert (checkout.root / ".snakemake/home").is_dir()
    assert checkout.run("printenv", "PYTHONUTF8").stdout.strip() == "1"


@pytest.mark.parametrize("name", ["XDG_CACHE_HOME", "MPLCONFIGDIR", "TMPDIR"])
def test_a_cache_that_cannot_be_written_is_not_used(checkout: Checkout, tmp_path: Path, name: str):
    assert checkout.run("printenv", name, **{name: "/proc"}).stdout == ""
    assert checkout.run("printenv", name, **{name: str(tmp_path)}).stdout.strip() == str(tmp_path)
    assert [file.name for file in tmp_path.iterdir() if "env-" in file.name] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("PYTHONUTF8", "0"), ("PYTHONIOENCODING", "ascii"), ("PYTHONOPTIMIZE", "2"), ("PYTHONWARNINGS", "error")],
)
def test_python_is_told_the_same_on_every_machine(checkout: Checkout, name: str, value: str):
    told = checkout.run("printenv", name, **{name: value, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}).stdout.strip()
    assert told == ("1" if name == "PYTHONUTF8" else "")


def test_a_matplotlibrc_of_the_user_is_not_read(checkout: Checkout, tmp_path: Path):
    (tmp_path / "matplotlibrc").write_bytes(b"\xff savefig.bbox: tight\n")
    told = checkout.run("printenv", "MATPLOTLIBRC", MATPLOTLIBRC=str(tmp_path / "matplotlibrc")).stdout.strip()
    read = "import matplotlib; print(matplotlib.rcParams['savefig.bbox'])"
    environment = {**os.environ, "MATPLOTLIBRC": told, "LC_ALL": "C"}
    assert subprocess.check_output([sys.executable, "-c", read], env=environment, text=True).strip() == "None"


def test_snakemake_starts_only_when_its_command_is_in_order(checkout: Checkout):
    checkout.fake("snakemake", "echo started")
    checkout.run("true")
    checker = checkout.root / ".venv/bin/python"
    checker.write_text("#!/usr/bin/env bash\n[[ $* != *wrong* ]] || { echo 'check: wrong' >&2; exit 1; }\n")
    assert checkout.run("snakemake", "-n").stdout == "started\n"
    refused = checkout.run("snakemake", "wrong")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "check: wrong" in refused.stderr
