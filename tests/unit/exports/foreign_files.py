"""Files as other tools write them."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np


def foreign_control_vector(
    path: Path, directions: dict[str, np.ndarray], architecture: str = "controlvector", **lists: list[object]
) -> Path:
    writer = gguf.GGUFWriter(path, architecture)
    for name, values in lists.items():
        writer.add_array(f"emotion_vectors.{name}", values)
    writer.add_string("controlvector.model_hint", "llama")
    for name, values in directions.items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
