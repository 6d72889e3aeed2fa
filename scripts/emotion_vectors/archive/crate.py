"""Description of an archive as a research object crate (RO-Crate): what lies in it, and the run that made it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import metadata
from pathlib import PurePosixPath
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from emotion_vectors.archive.manifest import PROJECT, ArchivedStudy, Member
from emotion_vectors.archive.publications import Basis

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
"""Process Run Crate: a tool, what it took and made, and when."""
PYTHON = "python"
NOT_OF_THE_RUN = "reference/"
"""Files of the checkout that the archive was made in; all others the study has made."""
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
    study: ArchivedStudy,
    members: Iterable[Member],
    citation: Mapping[str, Any],
    judged: Mapping[str, Any],
    basis: Basis,
    ended: str,
) -> bytes:
    """The description as JSON-LD, the same for the same files.

    Args:
        members: files of the archive. citation: CITATION.cff. judged: provenance of the verdicts of the study.
        basis: inputs and models that the study rests on.
        ended: when its last job ended, in ISO 8601; empty where that was not recorded.
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
    described = {member.name: _file(crate, member) for member in members}
    run = _entity(
        crate,
        "#run",
        "CreateAction",
        name=f"Study of tier {study.tier}",
        description=f"Settings with SHA-256 {judged['config_sha256']}, on {judged['device']}",
        **({"endTime": ended} if ended else {}),
    )
    run["instrument"] = _workflow(crate, study, citation, judged)
    run["agent"] = crate.root_dataset["author"]
    run["object"] = _taken(crate, basis, judged)
    run["result"] = [made for name, made in described.items() if not name.startswith(NOT_OF_THE_RUN)]
    crate.root_dataset["mentions"] = run
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


def _workflow(
    crate: ROCrate, study: ArchivedStudy, citation: Mapping[str, Any], judged: Mapping[str, Any]
) -> ContextEntity:
    """What was run, with the libraries below it."""
    source = citation.get("repository-code")
    workflow = _entity(
        crate,
        f"#{PROJECT}",
        ["SoftwareApplication", "SoftwareSourceCode"],
        name=PROJECT,
        softwareVersion=f"{study.version}, commit {study.commit}",
        programmingLanguage="Snakemake",
        **({"url": source} if source else {}),
    )
    workflow["softwareRequirements"] = [
        _entity(crate, f"#{name}-{version}", "SoftwareApplication", name=name, softwareVersion=version, url=_home(name))
        for name, version in sorted({PYTHON: judged["python"], **judged["libraries"]}.items())
    ]
    return workflow


def _home(library: str) -> str:
    """Page of a library, as its own installed description names it: the home page, else the first of its addresses."""
    if library == PYTHON:
        return "https://www.python.org/"
    described = metadata(library)
    addresses = [entry.partition(", ")[2] for entry in described.get_all("Project-URL") or []]
    return str(next(address for address in [described["Home-page"], *addresses] if address))


def _taken(crate: ROCrate, basis: Basis, judged: Mapping[str, Any]) -> list[ContextEntity]:
    """What the run took, none of which lies in the archive: inputs of the repository, weights, and settings, each by its digest."""
    inputs = [
        _entity(crate, f"#{name}", "CreativeWork", name=name, sha256=digest)
        for name, digest in sorted(basis.inputs.items())
    ]
    weights = [
        _entity(crate, f"#weights-{model}", "CreativeWork", name=f"weights of {model}", **_told_by(row))
        for model, row in basis.rows.items()
    ]
    settings = _entity(
        crate, "#settings", "PropertyValue", name="SHA-256 of the settings", value=judged["config_sha256"]
    )
    return [*inputs, *weights, settings]


def _told_by(row: Mapping[str, Any]) -> dict[str, str]:
    """What identifies weights: their digest, or where there is none what they were made from."""
    form = f"{row['format']}, run in {row['dtype']}"
    if "sources" in row:
        return {"description": f"{form}, from {', '.join(row['sources'])}"}
    return {"description": form, "sha256": row["sha256"]}
