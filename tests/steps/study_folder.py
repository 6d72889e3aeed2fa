"""A study in a folder of its own, for tests of steps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class StudyFolder:
    """The study in a folder; a name of a file is a path below it."""

    folder: Path

    def file(self, name: str) -> Path:
        """A file of the study; its folder exists."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def files(self, *names: str) -> list[Path]:
        """Several files of the study, in the order of their names."""
        return [self.file(name) for name in names]

    def written(self, name: str) -> pd.DataFrame:
        """A table that a step has written, by its name without the ending."""
        return pd.read_parquet(self.file(f"{name}.parquet"))
