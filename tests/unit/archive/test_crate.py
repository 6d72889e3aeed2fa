"""The description of an archive, loaded again by the library of the standard."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from rocrate.rocrate import ROCrate

from emotion_vectors.archive.crate import PROFILE, describe
from emotion_vectors.archive.manifest import CRATE, ArchivedStudy, Member
from emotion_vectors.archive.publications import Basis

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

ROW = {"format": "gguf", "sha256": "b" * 64, "dtype": "float32", "template": "chat"}
TUNED = {
    "format": "safetensors",
    "sha256": "-",
    "dtype": "float32",
    "template": "chat",
    "sources": ["tuned:small-model"],
}
BASIS = Basis({}, {"workflow/stimuli/stories": "a" * 64}, {"small-model": ROW, "tuned": TUNED})
ENDED = "2026-12-01T13:17:39+00:00"
REFERENCE = {"reference/quick.json": b"{}"}

PROFILE_ASKS = {
    "root": {"MUST": ["conformsTo"], "SHOULD": ["mentions"]},
    "SoftwareApplication": {"MUST": ["@type", "@id"], "SHOULD": ["name", "url", "softwareVersion"]},
    "CreateAction": {
        "MUST": ["@type", "@id", "instrument"],
        "SHOULD": ["name", "description", "endTime", "agent", "result"],
        "MAY": ["object"],
    },
}
"""Properties by name as version 0.5 of the Process Run Crate profile asks for them."""


def description(citation: dict[str, Any], **changes: Any) -> bytes:
    settings: dict[str, Any] = {"members": MEMBERS, "basis": BASIS, "ended": ENDED}
    return describe(STUDY, citation=citation, judged=JUDGED, **(settings | changes))


@pytest.fixture
def citation() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.fixture
def crate(tmp_path: Path, citation: dict[str, Any]) -> ROCrate:
    (tmp_path / CRATE).write_bytes(description(citation))
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
    graph = json.loads(description(citation))["@graph"]
    described = {entity["@id"] for entity in graph}

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            return {value["@id"]} if {*value} == {"@id"} else set().union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    outside = set().union(*map(references, graph)) - described
    assert {name for name in outside if "w3id.org/ro/crate/" not in name} == set()


def test_one_study_has_one_description(citation: dict[str, Any]):
    assert description(citation) == description(citation)


def test_the_run_has_every_property_that_the_profile_asks_for_by_name(citation: dict[str, Any]):
    source = {"repository-code": "https://code.example/replication"}
    graph = json.loads(description({**citation, **source}))["@graph"]
    entities = {"root": [entity for entity in graph if entity["@id"] == "./"]}
    for kind in ("SoftwareApplication", "CreateAction"):
        entities[kind] = [entity for entity in graph if kind in entity["@type"]]
    for kind, asked in PROFILE_ASKS.items():
        assert entities[kind]
        for entity in entities[kind]:
            missing = {name for names in asked.values() for name in names} - {*entity}
            assert missing == set(), entity["@id"]
    (root,), (run,) = entities["root"], entities["CreateAction"]
    by_id = {entity["@id"]: entity for entity in graph}
    assert by_id[root["conformsTo"]["@id"]]["@type"] == "CreativeWork"
    assert root["mentions"] == {"@id": run["@id"]}
    assert by_id[run["agent"]["@id"]]["@type"] in ("Person", "Organization")
    assert not [tool for tool in entities["SoftwareApplication"] if {"version", "softwareVersion"} <= {*tool}]
    assert datetime.fromisoformat(run["endTime"]).tzinfo is not None


def test_the_run_took_inputs_weights_and_settings_each_by_what_identifies_it(crate: ROCrate):
    (run,) = crate.get_by_type("CreateAction")
    taken = {entity["name"]: entity for entity in run["object"]}
    assert taken["workflow/stimuli/stories"]["sha256"] == "a" * 64
    assert taken["weights of small-model"]["sha256"] == "b" * 64
    assert taken["weights of tuned"]["description"] == "safetensors, run in float32, from tuned:small-model"
    assert taken["SHA-256 of the settings"]["value"] == "f" * 64
    assert {entity.type for entity in run["object"]} == {"CreativeWork", "PropertyValue"}


def test_reference_numbers_of_a_checkout_were_not_made_by_the_run(citation: dict[str, Any]):
    members = [*MEMBERS, *(Member.of(name, content) for name, content in REFERENCE.items())]
    graph = json.loads(description(citation, members=members))["@graph"]
    (run,) = [entity for entity in graph if entity["@type"] == "CreateAction"]
    assert {made["@id"] for made in run["result"]} == {*CONTENTS}
    assert {*REFERENCE} <= {entity["@id"] for entity in graph}


def test_an_end_that_was_not_recorded_is_not_made_up(citation: dict[str, Any]):
    assert b"endTime" not in description(citation, ended="")
