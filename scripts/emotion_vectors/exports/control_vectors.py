"""Vectors as control vectors of llama.cpp, in GGUF files.

Such a file holds one vector: tensors `direction.N` of [d_model], float32, which are added to the residual stream after block N, at every
position, times the scale given on the command line. N counts blocks from 0, as layers do throughout this library, so that layer l is
`direction.l`; only N >= 1 is read, so nothing can be added after the first block. Several directions act together.

What is written is `norms[l] * v / |v|`: a scale of s in llama.cpp is then strength s. Keys: `general.architecture` is `controlvector`,
`controlvector.model_hint` the architecture of the model, `controlvector.layer_count` the number of directions; `general.name` the name of
the vector; `emotion_vectors.norms`, `.layers`, `.layer_convention`, `.strength_convention` and further facts are this library's.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf import GGUFReader, GGUFWriter

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.files import PathLike
from emotion_vectors.exports.named_arrays import of_arrays
from emotion_vectors.exports.parts import layers_of, norms_of
from emotion_vectors.exports.vector_set import STRENGTH_CONVENTION, VectorSet
from emotion_vectors.statistics.algebra import VectorError, unit
from emotion_vectors.vectors.emotion_vectors import LAYER_CONVENTION

ARCHITECTURE, OURS, FLOAT32 = "controlvector", "emotion_vectors", "F32"
DIRECTION = re.compile(r"direction\.[0-9]+")
_UNREADABLE = (OSError, EOFError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, MemoryError)
"""What the reader raises on files that are cut short or of another kind."""


def save(vectors: VectorSet, path: PathLike, *, architecture: str, **facts: str) -> None:
    """Write one vector at one layer or more.

    Args:
        architecture: of the model's GGUF files, as in "llama". facts: further entries under `emotion_vectors.`.
    Raises:
        VectorError: not one vector, no norms, or layer 0, which these files cannot hold.
        ArtefactError: the file cannot be written.
    """
    if len(vectors.names) != 1:
        raise VectorError(
            f"{path}: a GGUF control vector holds one vector, not {len(vectors.names)}; write a file each"
        )
    if vectors.norms is None:
        raise VectorError(f"{vectors.source}: no norms, by which a control vector is scaled; take a file that has them")
    if 0 in vectors.layers:
        raise VectorError(f"{path}: llama.cpp adds nothing after block 0; choose layers from 1 on")
    with tempfile.TemporaryDirectory() as folder:
        temporary = Path(folder, "vector.gguf")
        _write(vectors, vectors.norms, temporary, architecture, facts)
        files.write_bytes(temporary.read_bytes(), path)


def _write(vectors: VectorSet, norms: torch.Tensor, file: Path, architecture: str, facts: dict[str, str]) -> None:
    writer: Any = GGUFWriter(file, ARCHITECTURE)
    writer.add_name(vectors.names[0])
    writer.add_description(f"{LAYER_CONVENTION}; direction.N acts after block N, at scale s as strength s")
    writer.add_string(f"{ARCHITECTURE}.model_hint", architecture)
    writer.add_uint32(f"{ARCHITECTURE}.layer_count", len(vectors.layers))
    writer.add_array(f"{OURS}.layers", vectors.layers)
    writer.add_array(f"{OURS}.norms", norms.tolist())
    words = {"layer_convention": LAYER_CONVENTION, "strength_convention": STRENGTH_CONVENTION, **facts}
    for key, text in words.items():
        writer.add_string(f"{OURS}.{key}", text)
    for layer, direction in zip(vectors.layers, norms[:, None] * unit(vectors.values[0]), strict=True):
        writer.add_tensor(f"direction.{layer}", direction.numpy().astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def load(path: PathLike) -> VectorSet:
    """A control vector of any tool; its name is `general.name`, or that of the file.

    Raises:
        VectorError: no GGUF file, one of another kind, or directions that are no float32 vectors after blocks from 1 on.
    """
    try:
        reader = GGUFReader(path)
        fields = {key: field.contents() for key, field in reader.fields.items()}
        tensors = [(one.name, one.tensor_type.name, np.array(one.data)) for one in reader.tensors]
    except _UNREADABLE as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise VectorError(f"{path}: truncated or no GGUF file ({reason}); make it again") from error
    if (kind := fields.get("general.architecture")) != ARCHITECTURE:
        raise VectorError(
            f"{path}: holds '{kind}', not a control vector; name the file of the vector, not of the model"
        )
    arrays = {}
    for name, kind, array in tensors:
        if not DIRECTION.fullmatch(name) or kind != FLOAT32 or name == "direction.0" or array.ndim != 1:
            raise VectorError(
                f"{path}: tensor '{name}' ({kind}, {list(array.shape)}) is no direction.N of [d_model], float32, with N >= 1; "
                "name a file of directions alone"
            )
        arrays[name] = array
    directions = of_arrays(arrays, str(path))
    title = str(fields.get("general.name") or Path(path).stem)
    return VectorSet([title], directions.layers, directions.values, _norms(fields, directions), str(path))


def _norms(fields: dict[str, Any], directions: VectorSet) -> torch.Tensor | None:
    """Norms that this library has written, in the order of the layers."""
    if f"{OURS}.norms" not in fields:
        return None
    norms = norms_of(fields[f"{OURS}.norms"], directions.source)
    layers = layers_of(fields.get(f"{OURS}.layers"), directions.source)
    if sorted(layers) != directions.layers or len(norms) != len(layers):
        raise VectorError(f"{directions.source}: its norms are not those of its directions; export it again")
    return norms[[layers.index(layer) for layer in directions.layers]]
