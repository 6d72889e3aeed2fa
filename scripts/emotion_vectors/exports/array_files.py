"""Vectors as plain `.npz`, for tools that read NumPy alone.

Arrays of a file: `vectors` [name, layer, d_model], float32; `names` and `layers`; `norms` [layer], where they are known;
`layer_convention` and `strength_convention`, in words, and one string for each further fact. Nothing in it is pickled.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.files import PathLike
from emotion_vectors.exports.named_arrays import of_arrays
from emotion_vectors.exports.parts import set_of
from emotion_vectors.exports.vector_set import STRENGTH_CONVENTION, VectorSet
from emotion_vectors.statistics.algebra import VectorError
from emotion_vectors.vectors.emotion_vectors import LAYER_CONVENTION

PARTS = ("vectors", "names", "layers")
LARGEST_GIB = 2
"""Of all arrays of a file, unpacked: several times what a hundred vectors at every layer of a large model take."""
_UNREADABLE = (OSError, EOFError, ValueError, TypeError, RuntimeError, MemoryError, zipfile.BadZipFile, zlib.error)
"""What readers raise on files that are cut short, of another kind, packed in a way that is not read, or with a password."""


def save(vectors: VectorSet, path: PathLike, **facts: str) -> None:
    """Write a set; `facts` become arrays of one string each.

    Raises:
        ArtefactError: the file cannot be written.
    """
    arrays = {"vectors": vectors.values.numpy(), "names": np.array(vectors.names), "layers": np.array(vectors.layers)}
    if vectors.norms is not None:
        arrays["norms"] = vectors.norms.numpy()
    words = {"layer_convention": LAYER_CONVENTION, "strength_convention": STRENGTH_CONVENTION, **facts}
    content = io.BytesIO()
    np.savez(content, **arrays, **{name: np.array(text) for name, text in words.items()})  # type: ignore[arg-type]
    files.write_bytes(content.getvalue(), path)


def load(path: PathLike) -> VectorSet:
    """A file that `save` wrote, or one of another tool with an array for each vector.

    Raises:
        VectorError: no `.npz` file, pickled objects in it, far too large, or no vectors in a form that is read.
    """
    try:
        arrays = _arrays(path)
    except _UNREADABLE as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise VectorError(
            f"{path}: no .npz file of plain arrays ({reason}); write it with numpy.savez, without objects"
        ) from error
    if not {*PARTS} <= arrays.keys():
        return of_arrays(arrays, str(path))
    return set_of(arrays["names"], arrays["layers"], arrays["vectors"], arrays.get("norms"), str(path))


def _arrays(path: PathLike) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(path) as packed:
        size = sum(member.file_size for member in packed.infolist())
    if size > LARGEST_GIB * 2**30:
        raise ValueError(f"{size / 2**30:.1f} GiB unpacked, at most {LARGEST_GIB} are read")
    with np.load(path, allow_pickle=False) as opened:
        arrays = {name: opened[name] for name in opened.files}
    if foreign := [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]:
        raise ValueError(f"member '{foreign[0]}' is no array")
    return arrays
