"""What is wrong in a Snakemake command is said in one line that names file and remedy."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "scripts/check_command.py"
FINE = ["verify", "--cores", "2", "--configfile", "workflow/config/quick.yaml", "mine.yaml", "-n"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with a default and two further configurations."""
    (tmp_path / "workflow/config").mkdir(parents=True)
    (tmp_path / "Snakefile").touch()
    for name in ("workflow/config/config.yaml", "workflow/config/quick.yaml", "mine.yaml"):
        (tmp_path / name).write_text("tier: mine\nmodels: [a, b]\n", encoding="utf-8")
    return tmp_path


def check(folder: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, PROGRAM, "/the/project", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    return done.returncode, done.stderr.strip()


def test_a_command_in_order_passes_in_silence(folder):
    assert check(folder, *FINE) == (0, "")
    assert check(folder, "--cores", "2") == (0, "")
    assert check(folder, "verify", "--configfile=mine.yaml") == (0, "")


def test_a_file_with_a_byte_order_mark_and_other_line_ends_is_read(folder):
    (folder / "mine.yaml").write_bytes("\ufefftier: mine\r\n".encode())
    assert check(folder, *FINE) == (0, "")


SPOILT = {
    "no file": (None, "mine.yaml: No such file or directory; correct the path behind --configfile"),
    "syntax": (b"tier: mine\nmodels: [a\n", "mine.yaml line 3: not valid YAML (expected ',' or ']'"),
    "tab": (b"tier: mine\nmodels:\n\t- a\n", "mine.yaml line 3: not valid YAML (found character"),
    "Latin-1": ("tier: mine\n# caf\u00e9\n".encode("latin-1"), "mine.yaml line 2: not UTF-8; save the file in UTF-8"),
    "binary": (b"\x00\x01", "mine.yaml: not valid YAML ("),
    "empty": (b"", "mine.yaml: holds no settings; write them as"),
    "a list": (b"- a\n", "mine.yaml: holds no settings; write them as"),
}


@pytest.mark.parametrize(("content", "message"), SPOILT.values(), ids=SPOILT)
def test_a_configuration_that_cannot_be_used_is_named_with_its_remedy(folder, content, message):
    (folder / "mine.yaml").unlink()
    if content is not None:
        (folder / "mine.yaml").write_bytes(content)
    status, said = check(folder, *FINE)
    assert status == 1
    assert said.startswith(message)
    assert len(said.splitlines()) == 1


def test_a_folder_in_place_of_a_file_is_named(folder):
    status, said = check(folder, "--configfile", "workflow")
    assert (status, said.split(";")[0]) == (1, "workflow: Is a directory")


def test_a_spoilt_default_configuration_is_named_too(folder):
    (folder / "workflow/config/config.yaml").write_text("tier: [", encoding="utf-8")
    assert check(folder, "--cores", "2")[1].startswith("workflow/config/config.yaml line 1: not valid YAML")


def test_a_target_behind_configfile_is_told_where_it_belongs(folder):
    status, said = check(folder, "--cores", "2", "--configfile", "workflow/config/quick.yaml", "verify")
    assert status == 1
    assert said.startswith("'verify' follows --configfile")
    assert "put targets first: snakemake verify --cores" in said


def test_another_folder_is_told_where_the_command_belongs(folder):
    status, said = check(folder / "workflow", "--cores", "2")
    assert (status, said) == (1, f"no Snakefile in {folder / 'workflow'}; run the command in /the/project")
    assert check(folder / "workflow", "--cores", "2", "--directory", "..", "-s", "../Snakefile") == (0, "")
