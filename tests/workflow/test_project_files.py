"""The files that describe the project: lock, citation, and what lies at the top level."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
AGREED = {"Snakefile", "README.md", "environment.yml", "workflow", "scripts", "figures", "paper", "tests"}
AGREED |= {"CITATION.cff", "LICENSE", "pyproject.toml"}


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


def test_the_rules_are_formatted():
    command = [sys.executable, "-m", "snakefmt", "--check", "Snakefile", "workflow/rules"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
