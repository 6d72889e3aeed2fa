"""A view of what a study has stored: links to its files, and the few that a choice of the analysis changes in their place.

The study's own files are never written: a run that reads the view can only replace links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.provenance import KEY
from emotion_vectors.multiverse.choices import UNPROJECTED, WHOLE_TEXT

Tensors = dict[str, Tensor]
STORIES, NEUTRAL = "stories.safetensors", "neutral.safetensors"


def lay(stored: Iterable[Path], root: Path, view: Path, edit: str) -> None:
    """Lay a view of stored files, each where it lies below the root; a view that is there already keeps what is still valid.

    Args:
        stored: files, of which those outside the root are left where they are; view: folder; edit: what is changed, or nothing.
    """
    changes = EDITS[edit] if edit else {}
    for file in stored:
        if not (file.is_file() and file.is_relative_to(root)):
            continue
        seen = view / file.relative_to(root)
        seen.parent.mkdir(parents=True, exist_ok=True)
        if file.name in changes:
            if not seen.is_file() or seen.stat().st_mtime < file.stat().st_mtime:
                _write_changed(file, seen, changes[file.name])
        elif not seen.is_symlink():
            seen.symlink_to(file.resolve())


def from_the_first_token(tensors: Tensors) -> Tensors:
    """Story activations whose main window is the whole text; stories of the second hand, stored over the main window alone, stay."""
    return tensors | {"late": tensors["early"].clone()}


def without_components(tensors: Tensors) -> Tensors:
    """Neutral components [component, d_model] of each layer, of which none is left."""
    return {name: basis[:0] for name, basis in tensors.items()}


EDITS: Mapping[str, Mapping[str, Callable[[Tensors], Tensors]]] = {
    WHOLE_TEXT: {STORIES: from_the_first_token},
    UNPROJECTED: {NEUTRAL: without_components},
}
"""What is changed, by the name of the file, for every edit; the twin's files have the same names."""


def _write_changed(file: Path, seen: Path, change: Callable[[Tensors], Tensors]) -> None:
    with files.open_tensors(file) as opened:
        tensors = {name: opened.tensor(name) for name in opened.names}
        facts = {name: text for name, text in (opened.file.metadata() or {}).items() if name != KEY}
    files.write_tensors(change(tensors), seen, **facts)
