"""The part of a CODECHECK configuration that authors write: the paper, and the manifest of files that a check reproduces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from emotion_vectors.archive.manifest import FOLDERS, PROJECT

SPECIFICATION = "https://codecheck.org.uk/spec/config/1.0/"
CHECKED = ("figures", "pages")
"""Folders of an archive whose files a check makes again; who checks, when and with what result, the checker adds."""


def configuration(names: Iterable[str], citation: Mapping[str, Any]) -> bytes:
    """codecheck.yml for the files of an archive.

    Args:
        names: of the files. citation: CITATION.cff.
    """
    manifest = [
        {"file": name, "comment": FOLDERS[folder]}
        for name, folder in ((name, name.partition("/")[0]) for name in names)
        if folder in CHECKED
    ]
    content = {
        "version": SPECIFICATION,
        "source": f"{PROJECT} {citation['version']}",
        "paper": {"title": citation["title"], "authors": [{"name": author["name"]} for author in citation["authors"]]},
        "manifest": manifest,
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True).encode()
