"""Vectors as safetensors.

Keys of a file: tensor `vectors` [name, layer, d_model], float32; tensor `norms` [layer], where they are known. Metadata, each a string:
`emotions`, the names, and `layers`, the number of each layer, as JSON lists; `layer_convention` and `strength_convention`, in words;
`provenance`, as in every artefact of a study. `vectors.safetensors` of a study is such a file with every layer and without `layers`.
"""

from __future__ import annotations

import json
from typing import Any

from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.files import PathLike
from emotion_vectors.exports.named_arrays import of_arrays
from emotion_vectors.exports.parts import set_of
from emotion_vectors.exports.vector_set import STRENGTH_CONVENTION, VectorSet
from emotion_vectors.vectors.emotion_vectors import LAYER_CONVENTION

VECTORS, NORMS = "vectors", "norms"
NAMES, LAYERS = "emotions", "layers"
REMEDY = "make it again, or fetch it again from where it came"
"""Anybody may have written the file, so it is not said to be deleted."""


def save(vectors: VectorSet, path: PathLike, **facts: str) -> None:
    """Write a set; `facts` become metadata entries.

    Raises:
        ArtefactError: the file cannot be written.
    """
    tensors = {VECTORS: vectors.values} | ({} if vectors.norms is None else {NORMS: vectors.norms})
    conventions = {"layer_convention": LAYER_CONVENTION, "strength_convention": STRENGTH_CONVENTION}
    lists = {NAMES: json.dumps(vectors.names), LAYERS: json.dumps(vectors.layers)}
    files.write_tensors(tensors, path, **lists, **conventions, **facts)


def load(path: PathLike) -> VectorSet:
    """A file that `save` or a study wrote, or one of another tool with a tensor for each vector.

    Raises:
        ArtefactError: the file is not complete. VectorError: it holds no vectors in a form that is read.
    """
    with files.open_tensors(path, "vectors file", remedy=REMEDY) as file:
        arrays = {name: _array(file.tensor(name)) for name in file.names}
        if VECTORS not in arrays or not file.has_fact(NAMES):
            return of_arrays(arrays, str(path))
        layers = file.listed(LAYERS) if file.has_fact(LAYERS) else None
        return set_of(file.listed(NAMES), layers, arrays[VECTORS], arrays.get(NORMS), str(path))


def _array(tensor: Tensor) -> NDArray[Any]:
    """The numbers of a tensor; NumPy has no bfloat16."""
    array: NDArray[Any] = (tensor.float() if tensor.is_floating_point() else tensor).numpy()
    return array
