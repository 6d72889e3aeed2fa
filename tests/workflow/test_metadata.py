"""Files in which services look for what this work is: they say what CITATION.cff, lock and environment say."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.steps.explorer import browser

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def citation() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def recipe() -> list[tuple[str, str]]:
    """Instructions of the container recipe with their arguments, continued lines joined."""
    text = (ROOT / "workflow/envs/Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def arguments_of(recipe: list[tuple[str, str]], instruction: str) -> list[str]:
    return [rest for name, rest in recipe if name == instruction]


def test_a_deposit_says_what_the_citation_says(citation: dict[str, Any]):
    deposit = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    for key, cited in {"title": "title", "version": "version", "keywords": "keywords"}.items():
        assert deposit[key] == citation[cited]
    assert deposit["publication_date"] == str(citation["date-released"])
    assert deposit["description"] == " ".join(citation["abstract"].split())
    assert deposit["creators"] == citation["authors"]
    assert deposit["license"] in citation["license"]
    assert all(licence in deposit["notes"] for licence in citation["license"])
    assert [paper["identifier"] for paper in deposit["related_identifiers"]] == [
        paper["doi"] for paper in citation["references"]
    ]


def test_the_catalog_is_told_that_the_lock_is_the_environment():
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8"))["usage"]
    assert not any(usage["software-stack-deployment"].values())
    assert usage["mandatory-flags"]["flags"] == ""
    named = re.findall(r"[\w./]+/[\w/]+", usage["mandatory-flags"]["desc"])
    assert named
    assert all((ROOT / path).exists() for path in named)
    assert usage["report"] is True


def test_the_container_is_built_from_the_lock_and_nothing_beside_it(recipe: list[tuple[str, str]]):
    assert recipe[0] == ("FROM", "docker.io/library/python:3.11-slim-bookworm")
    assert {name for name, _ in recipe} <= {"FROM", "COPY", "RUN", "ENV", "WORKDIR", "CMD"}
    (copied,) = map(shlex.split, arguments_of(recipe, "COPY"))
    assert all((ROOT / source).is_file() for source in copied[:-1])
    (run,) = arguments_of(recipe, "RUN")
    installs = [shlex.split(command) for command in run.split("&&") if "pip install" in command]
    assert installs == [["pip", "install", "--no-cache-dir", "--requirement", f"{copied[-1]}requirements.lock"]]
    assert f"{copied[-1]}apt.txt" in run


def test_the_container_gets_the_environment_that_the_script_sets(recipe: list[tuple[str, str]]):
    script = (ROOT / "scripts/env").read_text(encoding="utf-8")
    (assigned,) = map(shlex.split, arguments_of(recipe, "ENV"))
    settings = dict(each.split("=", 1) for each in assigned)
    for name, value in settings.items():
        assert f"{name}=" in script
        assert value.removeprefix("/study/") in script
    assert settings["PYTHONPATH"] == "/study/scripts"  # for python -m emotion_vectors
    assert arguments_of(recipe, "WORKDIR") == ["/study"]
    (command,) = arguments_of(recipe, "CMD")
    assert json.loads(command) == ["snakemake", "--cores", "all"]


def test_the_notes_of_releases_begin_with_the_version_that_is_cited(citation: dict[str, Any]):
    notes = (ROOT / "workflow/RELEASING.md").read_text(encoding="utf-8").partition("## Notes")[2]
    headings = re.findall(r"^### (\d+\.\d+\.\d+)", notes, flags=re.MULTILINE)
    assert headings[0] == str(citation["version"])
    assert headings == sorted(headings, key=lambda version: [*map(int, version.split("."))], reverse=True)


def test_the_version_that_is_cited_has_one_date_everywhere_and_no_registration_is_later(citation: dict[str, Any]):
    notes = (ROOT / "workflow/RELEASING.md").read_text(encoding="utf-8")
    (dated,) = re.findall(
        rf"^### {re.escape(str(citation['version']))}, (\S+?)(?:, in preparation)?$", notes, re.MULTILINE
    )
    assert dated == str(citation["date-released"])
    ours = (ROOT / "README.md").read_text(encoding="utf-8").partition("@software{")[2].partition("\n}")[0]
    assert re.findall(r"year += +\{(\d+)\}", ours) == [dated[:4]]
    assert max(map(str, registration_dates())) <= dated


def test_notes_name_the_models_of_the_default_study(citation: dict[str, Any]):
    notes = (ROOT / "workflow/RELEASING.md").read_text(encoding="utf-8")
    of_version = notes.partition(f"### {citation['version']}")[2].partition("\n### ")[0]
    models = yaml.safe_load((ROOT / "workflow/config/config.yaml").read_text(encoding="utf-8"))["models"]
    assert re.findall(r"default \(([^)]*)\)", of_version) == [", ".join(models)]


def test_notes_call_no_claim_unmeasured_that_the_default_study_has_judged(citation: dict[str, Any]):
    judged = json.loads((ROOT / "workflow/reference/default.json").read_text(encoding="utf-8"))["claims"]
    verdicts = {claim["verdict"] for claims in judged.values() for claim in claims.values()}
    notes = (ROOT / "workflow/RELEASING.md").read_text(encoding="utf-8").partition(f"### {citation['version']}")[2]
    assert ("not yet measured" in notes.partition("\n### ")[0]) == ("not yet measured" in verdicts)


def test_package_and_readme_name_the_version_that_is_cited(citation: dict[str, Any]):
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert package["version"] == str(citation["version"])
    named = re.findall(r"version += +\{([^}]*)\}", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert named == [str(citation["version"])]


def test_what_a_browser_needs_is_named_beside_what_is_installed():
    lines = (ROOT / "workflow/envs/apt.txt").read_text(encoding="utf-8").splitlines()
    said = " ".join(line for line in lines if line.startswith("#"))
    needed = browser.PACKAGES
    assert all(package in said for package in needed)
    assert not {*needed} & {*lines}


def test_what_is_to_be_cited_has_notes_for_readers_of_its_results(citation: dict[str, Any]):
    notes = (ROOT / "workflow/RELEASING.md").read_text(encoding="utf-8")
    of_version = notes.partition(f"### {citation['version']}")[2].partition("\n### ")[0]
    assert "*For readers of the results*" in of_version
    registrations = {str(date) for date in registration_dates()}
    assert all(date in of_version for date in registrations), registrations


def registration_dates() -> set[Any]:
    """Days on which some claim was registered."""
    claims = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in (ROOT / "workflow/claims").glob("*.yaml")]
    return {entry["registered"] for entries in claims for entry in entries}
