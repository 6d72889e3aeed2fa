"""The description of an archive, loaded again by the library of the standard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from rocrate.rocrate import ROCrate

from emotion_vectors.archive.crate import PROFILE, describe
from emotion_vectors.archive.manifest import CRATE, ArchivedStudy, Member

ROOT = Path(__file__).resolve().parents[3]
STUDY = ArchivedStudy("quick", ("small-model",), "0.1.0", "0123abc")
CONTENTS = {"figures/plane.png": b"PNG", "tables/claims.json": b"{}", "tensors/small-model/vectors.safetensors": b"T"}
MEMBERS = [Member.of(name, content) for name, content in CONTENTS.items()]
JUDGED: dict[str, Any] = {
    "config_sha256": "f" * 64,
    "device": "cpu",
    "python": "3.11.7",
    "libraries": {"torch": "2.13.0", "numpy": "2.4.6"},
}


@pytest.fixture
def citation() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.fixture
def crate(tmp_path: Path, citation: dict[str, Any]) -> ROCrate:
    (tmp_path / CRATE).write_bytes(describe(STUDY, MEMBERS, citation, JUDGED))
    for name, content in CONTENTS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return ROCrate(tmp_path)


def test_every_file_is_described_with_its_digest_and_type(crate: ROCrate):
    described = {entity.id: entity for entity in crate.get_by_type("File")}
    assert {*described} == {*CONTENTS}
    for name, content in CONTENTS.items():
        assert described[name]["sha256"] == Member.of(name, content).sha256
        assert described[name]["contentSize"] == str(len(content))
    assert described["figures/plane.png"]["encodingFormat"] == "image/png"
    assert {part.id for part in crate.root_dataset["hasPart"]} == {*CONTENTS}


def test_the_crate_says_whose_work_it_is_and_what_it_replicates(crate: ROCrate):
    assert crate.root_dataset["version"] == "0.1.0"
    assert {licence["name"] for licence in crate.root_dataset["license"]} == {"MIT", "CC-BY-4.0"}
    assert {paper.id for paper in crate.root_dataset["citation"]} == {
        "https://doi.org/10.48550/arXiv.2604.07729",
        "https://doi.org/10.48550/arXiv.2510.11328",
    }


def test_the_run_names_its_tool_its_libraries_and_what_it_made(crate: ROCrate):
    (run,) = crate.get_by_type("CreateAction")
    assert {made.id for made in run["result"]} == {*CONTENTS}
    assert run["instrument"]["softwareVersion"] == "0.1.0, commit 0123abc"
    assert {tool.id for tool in run["instrument"]["softwareRequirements"]} == {
        "#python-3.11.7",
        "#torch-2.13.0",
        "#numpy-2.4.6",
    }
    assert crate.root_dataset["mentions"].id == run.id
    assert crate.root_dataset["conformsTo"].id == PROFILE


def test_nothing_is_referred_to_that_is_not_described(tmp_path: Path, citation: dict[str, Any]):
    graph = json.loads(describe(STUDY, MEMBERS, citation, JUDGED))["@graph"]
    described = {entity["@id"] for entity in graph}

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            return {value["@id"]} if {*value} == {"@id"} else set().union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    outside = set().union(*map(references, graph)) - described
    assert {name for name in outside if "w3id.org/ro/crate/" not in name} == set()


def test_one_study_has_one_description(citation: dict[str, Any]):
    assert describe(STUDY, MEMBERS, citation, JUDGED) == describe(STUDY, MEMBERS, citation, JUDGED)
