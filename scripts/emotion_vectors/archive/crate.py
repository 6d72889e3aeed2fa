"""Description of an archive as a research object crate (RO-Crate): what lies in it, and the run that made it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from emotion_vectors.archive.manifest import PROJECT, ArchivedStudy, Member

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
"""Process Run Crate: a tool, what it made, and when."""
MEDIA_TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".safetensors": "application/octet-stream",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".html": "text/html",
}


def describe(
    study: ArchivedStudy, members: Iterable[Member], citation: Mapping[str, Any], judged: Mapping[str, Any]
) -> bytes:
    """The description as JSON-LD, the same for the same files.

    Args:
        members: files of the archive. citation: CITATION.cff. judged: provenance of the verdicts of the study.
    """
    crate = ROCrate()
    crate.name = f"{citation['title']}: study '{study.tier}' on {', '.join(study.models)}"
    crate.description = " ".join(citation["abstract"].split())
    # The day of the version and not today's, so that one study has one description.
    crate.root_dataset["datePublished"] = str(citation["date-released"])
    crate.root_dataset["version"] = study.version
    crate.root_dataset["keywords"] = ", ".join(citation["keywords"])
    crate.root_dataset["license"] = [
        _entity(crate, f"https://spdx.org/licenses/{name}", "CreativeWork", name=name) for name in citation["license"]
    ]
    crate.root_dataset["author"] = _entity(crate, "#contributors", "Organization", name=citation["authors"][0]["name"])
    crate.root_dataset["citation"] = [
        _entity(crate, f"https://doi.org/{paper['doi']}", "ScholarlyArticle", name=paper["title"])
        for paper in citation["references"]
    ]
    crate.root_dataset["conformsTo"] = _entity(crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    described = [_file(crate, member) for member in members]
    crate.root_dataset["mentions"] = _run(crate, study, judged, described)
    return (json.dumps(crate.metadata.generate(), indent=1, ensure_ascii=False) + "\n").encode()


def _entity(crate: ROCrate, identifier: str, kind: str | list[str], **properties: Any) -> ContextEntity:
    return crate.add(ContextEntity(crate, identifier, properties={"@type": kind, **properties}))


def _file(crate: ROCrate, member: Member) -> Any:
    properties = {
        "name": PurePosixPath(member.name).name,
        "contentSize": str(member.size),
        "sha256": member.sha256,
        "encodingFormat": MEDIA_TYPES.get(PurePosixPath(member.name).suffix, "application/octet-stream"),
    }
    return crate.add_file(io.StringIO(), member.name, properties=properties)


def _run(crate: ROCrate, study: ArchivedStudy, judged: Mapping[str, Any], made: list[Any]) -> ContextEntity:
    """The run as an action: workflow, libraries and settings by digest."""
    libraries = [
        _entity(crate, f"#{name}-{version}", "SoftwareApplication", name=name, softwareVersion=version)
        for name, version in sorted({"python": judged["python"], **judged["libraries"]}.items())
    ]
    workflow = _entity(
        crate,
        f"#{PROJECT}",
        ["SoftwareApplication", "SoftwareSourceCode"],
        name=PROJECT,
        softwareVersion=f"{study.version}, commit {study.commit}",
        programmingLanguage="Snakemake",
    )
    workflow["softwareRequirements"] = libraries
    action = _entity(
        crate,
        "#run",
        "CreateAction",
        name=f"Study of tier {study.tier}",
        description=f"Settings with SHA-256 {judged['config_sha256']}, on {judged['device']}",
    )
    action["instrument"] = workflow
    action["agent"] = crate.root_dataset["author"]
    action["result"] = made
    return action
