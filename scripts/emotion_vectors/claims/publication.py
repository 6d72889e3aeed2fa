"""Small tables of a full run, copied into the repository."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from emotion_vectors.artefacts.errors import ArtefactError

LISTED = 5


def publish(files: Sequence[Path], roots: Sequence[Path], folder: Path, largest_megabytes: float) -> list[Path]:
    """Copy files to the places below `folder` that they have below their root; what lay there before goes.

    Args:
        roots: folders below which the files lie, in any order.
        largest_megabytes: what all files together may take.
    Returns:
        The copies.
    Raises:
        ArtefactError: together they are too large (the largest ones are named), or one lies below none of the roots.
    """
    sizes = {file: file.stat().st_size for file in files}
    total = sum(sizes.values()) / 1e6
    if total > largest_megabytes:
        largest = sorted(sizes, key=lambda file: -sizes[file])[:LISTED]
        named = ", ".join(f"{file} ({sizes[file] / 1e6:.1f} MB)" for file in largest)
        raise ArtefactError(
            f"{folder}: {total:.1f} MB of tables, at most {largest_megabytes:g} MB may be committed; the largest are {named}. "
            "Let figures and texts read a smaller table in place of the largest one"
        )
    copies = {file: folder / below(file, roots) for file in files}
    shutil.rmtree(folder, ignore_errors=True)
    for file, copy in copies.items():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, copy)
    return list(copies.values())


def below(file: Path, roots: Iterable[Path]) -> Path:
    """Name of a file below the innermost of the roots that it lies in.

    Raises:
        ArtefactError: it lies below none of them.
    """
    for root in sorted(roots, key=lambda root: -len(root.parts)):
        if file.is_relative_to(root):
            return file.relative_to(root)
    raise ArtefactError(
        f"{file} lies below none of {', '.join(map(str, roots))}; figures and texts may only read results"
    )
