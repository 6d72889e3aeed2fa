"""Figures as files: PDF and PNG with title, caption and provenance inside, the same bytes for the same results."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from emotion_vectors.artefacts import provenance
from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.artefacts.provenance import KEY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UNRELATED = ("seconds",)
"""Facts of a run that differ each time although the figure does not."""


@dataclass(frozen=True)
class Text:
    """Title and caption of a figure, from the register."""

    title: str
    caption: str


def save(figure: Figure, pdf: Path, png: Path, text: Text, **facts: Any) -> None:
    """Write a figure as PDF and PNG; title, caption and provenance go into the document information of both.

    Args:
        facts: join the provenance.
    Raises:
        ArtefactError: a file could not be written.
    """
    versions = {name: metadata.version(name) for name in ("matplotlib", "seaborn")}
    record = provenance.current().record(plotting=versions, **facts)
    known = json.dumps({name: fact for name, fact in record.items() if name not in UNRELATED}, sort_keys=True)
    document = {"Title": text.title, "Subject": text.caption, "Keywords": known, "CreationDate": None}
    try:
        for file in (pdf, png):
            file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(pdf, format="pdf", metadata=document)
        figure.savefig(png, format="png", metadata={"Title": text.title, "Description": text.caption, KEY: known})
    except OSError as error:
        raise ArtefactError(f"{pdf}, {png}: could not be written ({error}); see to space and rights there") from error


def of_figure(path: str | Path) -> dict[str, Any]:
    """Provenance of a figure written by `save`.

    Raises:
        ArtefactError: the file carries none.
    """
    file = Path(path)
    if file.suffix == ".png":
        with Image.open(file) as image:
            known = image.info.get(KEY)
    else:
        keywords = re.search(rb"/Keywords \(((?:\\.|[^\\)])*)\)", file.read_bytes(), flags=re.DOTALL)
        known = re.sub(r"\\(.)", r"\1", keywords[1].decode("ascii")) if keywords else None
    if known is None:
        raise ArtefactError(f"{file}: no provenance inside; draw the figure with its rule again")
    return dict(json.loads(known))
