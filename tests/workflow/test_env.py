"""The environment: scripts/env against stand-ins for Python, df and apt-get, and the files that describe the project.

No package is installed: the program runs in a copy of the repository, with a PATH that holds what the test puts there.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ["awk", "bash", "cat", "cp", "dirname", "env", "flock", "mkdir", "mv", "printenv", "readlink", "rm", "sleep"]
TOOLS += ["sha256sum", "shasum", "true"]
AGREED = {"Snakefile", "README.md", "environment.yml", "workflow", "scripts", "figures", "paper", "tests"}
AGREED |= {"CITATION.cff", "LICENSE", "pyproject.toml"}

# Answers the probe, makes an environment whose python is a copy of itself, and logs each pip call.
PYTHON = """#!/usr/bin/env bash
case "$1 $2" in
    "-m venv") mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; echo "version = 3.12.1" >"$3/pyvenv.cfg" ;;
    "-m pip") echo "$*" >>"$PIP_LOG"; echo "pip talks"; sleep "${PIP_SECONDS:-0}"; exit "${PIP_STATUS:-0}" ;;
    *) echo "${PROBE_ANSWER:-$0}"; exit "${PROBE_STATUS:-0}" ;;
esac
"""


@dataclass
class Checkout:
    """A copy of scripts/env and workflow/envs, and the only folder on its PATH."""

    root: Path
    bin: Path

    @property
    def lock(self) -> Path:
        return self.root / "workflow/envs/requirements.lock"

    @property
    def stamp(self) -> Path:
        return self.root / ".venv/.lock-sha256"

    def fake(self, name: str, script: str) -> None:
        """Puts a bash program on the PATH."""
        file = self.bin / name
        file.write_text(script if script.startswith("#!") else f"#!/usr/bin/env bash\n{script}\n")
        file.chmod(0o755)

    def calls(self, log: str = "pip") -> list[str]:
        """Lines that a stand-in logged."""
        file = self.bin.parent / f"{log}.log"
        return file.read_text().splitlines() if file.exists() else []

    def start(self, *command: str, cwd: Path | None = None, **variables: str) -> subprocess.Popen[str]:
        logs = {f"{log.upper()}_LOG": str(self.bin.parent / f"{log}.log") for log in ("pip", "apt")}
        return subprocess.Popen(
            [self.root / "scripts/env", *command],
            env={"PATH": str(self.bin), **logs, **variables},
            cwd=cwd or self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*command, cwd=cwd, **variables)
        try:
            out, err = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return subprocess.CompletedProcess(command, process.returncode, out, err)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    copy = Checkout(tmp_path / "a checkout", tmp_path / "bin")
    (copy.root / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/env", copy.root / "scripts/env")
    shutil.copytree(ROOT / "workflow/envs", copy.root / "workflow/envs")
    copy.bin.mkdir()
    for tool in TOOLS:
        if found := shutil.which(tool):
            (copy.bin / tool).symlink_to(found)
    copy.fake("python3", PYTHON)
    copy.fake("df", "echo header; echo /dev/disk 90000000 1 80000000 1% /")
    copy.fake("id", "echo 1000")
    for tool in ("latexmk", "pdftotext", "bwrap"):
        copy.fake(tool, "true")
    return copy


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
    assert result.stdout.splitlines() == [str(tmp_path), f"{venv}/bin", str(venv), "1", "unset", "a  b"]
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


def test_the_lock_pins_every_package_and_names_no_url():
    lines = (ROOT / "workflow/envs/requirements.lock").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert not [line for line in lines if "://" in line]
    assert not [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", pin)]
    assert pins == sorted(pins, key=str.upper)
    assert len({pin.split("==")[0].lower() for pin in pins}) == len(pins)


def test_the_lock_holds_each_direct_dependency_at_an_allowed_version():
    read = {name: (ROOT / f"workflow/envs/requirements.{name}").read_text().splitlines() for name in ("in", "lock")}
    pins = dict(line.lower().replace("_", "-").split("==") for line in read["lock"] if not line.startswith("#"))
    direct = [line.lower().partition("==") for line in read["in"] if line and not line.startswith("#")]
    for name, _, version in direct:
        assert pins[name].startswith(version.removesuffix("*")), name


def test_the_citation_file_is_valid_and_credits_both_replicated_papers():
    file = ROOT / "CITATION.cff"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format", file]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    references = yaml.safe_load(file.read_text(encoding="utf-8"))["references"]
    found = [(paper["authors"][0]["family-names"], len(paper["authors"]), paper["doi"]) for paper in references]
    assert found == [("Sofroniew", 16, "10.48550/arXiv.2604.07729"), ("Wang", 11, "10.48550/arXiv.2510.11328")]


def test_the_top_level_holds_only_what_was_agreed():
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    command = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z"]
    top = {path.split("/")[0] for path in subprocess.check_output(command, text=True).split("\0") if path}
    assert {entry for entry in top if not entry.startswith(".")} <= AGREED
