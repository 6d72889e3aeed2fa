"""Files of vectors by the ending of their name: safetensors, NumPy arrays, control vectors of llama.cpp."""

from __future__ import annotations

from pathlib import Path

from emotion_vectors.artefacts.files import PathLike
from emotion_vectors.exports import array_files, control_vectors, tensor_files
from emotion_vectors.exports.vector_set import VectorSet
from emotion_vectors.statistics.algebra import VectorError

SAFETENSORS, NPZ, GGUF = ".safetensors", ".npz", ".gguf"
READERS = {SAFETENSORS: tensor_files.load, NPZ: array_files.load, GGUF: control_vectors.load}


def ending_of(path: PathLike) -> str:
    """The ending of a file of vectors.

    Raises:
        VectorError: another kind of file; pickles are never read.
    """
    ending = Path(path).suffix
    if ending not in READERS:
        raise VectorError(f"{path}: a file of vectors ends in {', '.join(READERS)}; write it as one of these")
    return ending


def load(path: PathLike) -> VectorSet:
    """The vectors of a file, this library's or another tool's.

    Raises:
        VectorError: no such file, or it holds no vectors in a form that is read (file and remedy are named).
        ArtefactError: the file is not complete.
    """
    ending = ending_of(path)
    if not Path(path).is_file():
        raise VectorError(f"{path}: no such file; correct the name")
    return READERS[ending](path)
