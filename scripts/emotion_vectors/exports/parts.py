"""What a file says of its vectors, held against what vectors are before a set is made of it: types, shapes and whole numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.exports.vector_set import VectorSet
from emotion_vectors.statistics.algebra import VectorError


def set_of(names: Any, layers: Any, values: NDArray[Any], norms: Any, source: str) -> VectorSet:
    """The set that names, layers, values and norms make.

    Args:
        names, layers, norms: as read, each a list or an array when it is right; no layers stand for all, no norms are unknown ones.
        values: as read, [name, layer, d_model] when it is right. source: the file, for messages.
    Raises:
        VectorError: a part is of another type or shape, or they do not fit together (file, part and remedy are named).
    """
    if values.ndim != 3 or not np.issubdtype(values.dtype, np.floating):
        raise VectorError(
            f"{source}: vectors are {list(values.shape)} of {values.dtype}, not floating-point numbers [name, layer, d_model]; "
            "write them so"
        )
    return VectorSet(
        _entries(names, (str,), "names are no list of texts", source),
        list(range(values.shape[1])) if layers is None else layers_of(layers, source),
        torch.from_numpy(values.astype(np.float32)),
        None if norms is None else norms_of(norms, source),
        source,
    )


def layers_of(layers: Any, source: str) -> list[int]:
    """Numbers of layers as a file says them.

    Raises:
        VectorError: no list of whole numbers; none is rounded.
    """
    return _entries(layers, (int,), "layers are no list of whole numbers", source)


def norms_of(norms: Any, source: str) -> Tensor:
    """Norms by layer as a file says them.

    Raises:
        VectorError: no list of numbers.
    """
    return torch.tensor([float(norm) for norm in _entries(norms, (int, float), "norms are no list of numbers", source)])


def _entries(values: Any, types: tuple[type, ...], fault: str, source: str) -> list[Any]:
    entries = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(entries, list) or not all(type(entry) in types for entry in entries):
        raise VectorError(f"{source}: its {fault}; correct them")
    return entries
