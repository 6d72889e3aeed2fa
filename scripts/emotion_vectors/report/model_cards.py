"""Cards of models: what a row of the table of models says, the size of its converted weights, and its conversation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files
from emotion_vectors.models.language_model import read_conversation
from emotion_vectors.statistics.wording import number


def card(name: str, row: Mapping[str, str], folder: Path, date: str) -> dict[str, Any]:
    """What the paper prints about a model; `conversation` says how it is spoken to.

    Args:
        row: licence, dtype, template, tier and first source of the model, as its row of the table says.
        folder: its converted weights. date: that its chat template takes for the day.
    """
    config = files.read_json(folder / "config.json")
    config = config.get("text_config", config)
    origin = files.read_json(folder / "weights.json")
    return {
        "name": name,
        **row,
        "parameters": f"{number(parameters(folder) / 1e6, 0)} million",
        "shape": f"{config['num_hidden_layers']} × {config['hidden_size']}",
        "file": str(origin["source"]),
        "sha256": str(origin["sha256"]),
        "conversation": read_conversation(folder, template=row["template"], date=date).facts(),
    }


def parameters(folder: Path) -> int:
    """Number of parameters in the files of converted weights; only shapes are read."""
    total = 0
    for path in sorted(folder.glob("*.safetensors")):
        with files.open_tensors(path, "weights") as file:
            total += sum(math.prod(file.slices(name).get_shape()) for name in file.names)
    return total
