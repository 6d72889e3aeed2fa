"""Vectors of tools that name their arrays and say nothing else: an array a vector, or an array a vector and layer.

Two forms are read. `NAME` of [layer, d_model] holds a vector at every layer, layer l (0-based) in row l. `NAME.N` of [d_model] holds one
at layer N, which is what files of control vectors do, where the name is always `direction`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from emotion_vectors.exports.vector_set import VectorSet
from emotion_vectors.statistics.algebra import VectorError

Array = NDArray[np.generic]
AT_LAYER = re.compile(r"(?P<name>.+)\.(?P<layer>[0-9]+)")
FORMS = (
    "arrays must be NAME of [layer, d_model], with a row for every layer, or NAME.N of [d_model], for layer N; "
    "layer l, from 0, is the residual stream after block l"
)


def of_arrays(arrays: Mapping[str, Array], source: str) -> VectorSet:
    """The vectors that named arrays hold, all at the same layers.

    Raises:
        VectorError: an array has another form or is not of numbers, or vectors differ in layers or width (file and array are named).
    """
    by_name: dict[str, dict[int, Array]] = {}
    for key, array in arrays.items():
        if not np.issubdtype(array.dtype, np.floating):
            raise VectorError(f"{source}: array '{key}' holds {array.dtype}, not floating-point numbers; {FORMS}")
        name, layers = _by_layer(key, array, source)
        taken = by_name.setdefault(name, {})
        if again := sorted(taken.keys() & layers.keys()):
            raise VectorError(f"{source}: '{name}' occurs twice at layer {again[0]}; keep one")
        taken |= layers
    if not by_name:
        raise VectorError(f"{source}: no vector; {FORMS}")
    return _stacked(by_name, source)


def _by_layer(key: str, array: Array, source: str) -> tuple[str, dict[int, Array]]:
    single = AT_LAYER.fullmatch(key)
    if single and array.ndim == 1:
        return single["name"], {int(single["layer"]): array}
    if array.ndim == 2 and len(array):
        return key, dict(enumerate(array))
    raise VectorError(f"{source}: array '{key}' is {list(array.shape)}; {FORMS}")


def _stacked(by_name: Mapping[str, Mapping[int, Array]], source: str) -> VectorSet:
    names = sorted(by_name)
    layers = sorted(by_name[names[0]])
    widths = {name: {len(array) for array in by_name[name].values()} for name in names}
    for name in names:
        if sorted(by_name[name]) != layers:
            raise VectorError(f"{source}: '{name}' and '{names[0]}' have different layers; keep those that both have")
        if widths[name] != widths[names[0]] or len(widths[name]) > 1:
            raise VectorError(
                f"{source}: '{name}' has vectors of another width than '{names[0]}'; they are of two models"
            )
    values = np.stack([np.stack([by_name[name][layer] for layer in layers]) for name in names])
    return VectorSet(names, layers, torch.from_numpy(values.astype(np.float32)), None, source)
