"""A study in a folder of its own, for tests of steps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class StudyFolder:
    """The study in a folder; a name of a file is a path below it."""

    folder: Path

    def file(self, name: str) -> Path:
        """A file of the study; its folder exists."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path
