"""What the figures of a study share: its models and settings, and one table for each model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files


@dataclass(frozen=True)
class Study:
    """Models of the study, in the order in which figures show them, and the settings that figures draw.

    millions: parameters of each model.
    main_depth: depth of the main layer as a part of all layers; guard_nats: fall of neutral text up to which it counts as coherent,
    nats per token; expression_gate: share of prompted replies from which a model counts as able to voice emotions; order_nats: least
    change of an act under an order from which its readout is looked at, per reply; seed: of the bootstraps that figures make themselves.
    """

    models: list[str]
    millions: list[int]
    main_depth: float
    bootstraps: int
    guard_nats: float
    expression_gate: float
    order_nats: float
    seed: int

    def tables(self, paths: Sequence[Path]) -> dict[str, pd.DataFrame]:
        """One table for each model, in the order of the study."""
        return tables_of(paths, self.models)

    def joined(self, paths: Sequence[Path]) -> pd.DataFrame:
        """Tables of all models, equally many of each and in the order of the study, as one with the column `model`."""
        count = len(paths) // len(self.models)
        tables = [files.read_table(path).assign(model=self.models[at // count]) for at, path in enumerate(paths)]
        return pd.concat(tables, ignore_index=True)


def tables_of(paths: Sequence[str | Path], models: Sequence[str]) -> dict[str, pd.DataFrame]:
    """One table for each model, in the order of the study.

    Raises:
        ValueError: numbers of files and models differ.
    """
    if len(paths) != len(models):
        raise ValueError(
            f"{len(paths)} tables ({', '.join(map(str, paths))}) for {len(models)} models; give one for each"
        )
    return {model: files.read_table(path) for model, path in zip(models, paths, strict=True)}


def evidence_of(*tables: pd.DataFrame) -> pd.DataFrame:
    """Evidence of one model from several steps, by claim and part."""
    return pd.concat(tables).set_index(["claim", "part"])
