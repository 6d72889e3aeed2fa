"""What a GGUF file says about itself: its architecture, its settings, and which tensors it holds."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gguf import MODEL_ARCH_NAMES, GGUFReader, get_tensor_name_map
from numpy.typing import NDArray

from emotion_vectors.weights.families import ARCHITECTURES, NOT_SERVED
from emotion_vectors.weights.folders import WeightsError, remedy

STRING = 8
"""Mark of a text among the kinds of entries."""
ARCHITECTURE = "general.architecture"
BEGINNING_BYTES = 4096
"""Bytes at the beginning of a file in which the architecture stands: writers put it before everything else."""
SPLIT = "split.count"
WHOLE_MODEL = "model"


@dataclass(frozen=True)
class GgufFile:
    """One open GGUF file.

    fields: what it says, by key; of lists all entries. tensors: names of its tensors.
    """

    path: Path
    fields: Mapping[str, Any]
    tensors: tuple[str, ...]
    reader: GGUFReader

    @property
    def architecture(self) -> str:
        return str(self.fields.get(ARCHITECTURE, ""))

    @property
    def settings(self) -> dict[str, Any]:
        """Settings of the network, without the name of the architecture before them."""
        begin = f"{self.architecture}."
        return {key.removeprefix(begin): value for key, value in self.fields.items() if key.startswith(begin)}

    def names_of(self, tensors: Iterable[str], blocks: int) -> set[str]:
        """Names that tensors of the library's network bear in a file of this architecture."""
        kind = next(kind for kind, name in MODEL_ARCH_NAMES.items() if name == self.architecture)
        table = get_tensor_name_map(kind, blocks)
        return {name for tensor in tensors if (name := table.get_name(tensor, try_suffixes=(".weight", ".bias")))}

    def factors(self, name: str) -> NDArray[np.float64] | None:
        """A small tensor that is stored as it is, or None where the file has none of that name."""
        stored = [tensor.data for tensor in self.reader.tensors if tensor.name == name]
        return np.asarray(stored[0], dtype=np.float64) if stored else None


def open_gguf(path: Path) -> GgufFile:
    """Read what stands before the weights.

    Raises:
        WeightsError: the file is no whole GGUF file, one of several parts, or holds no model that is served.
    """
    try:
        reader = GGUFReader(path)
        fields = {key: field.contents() for key, field in reader.fields.items()}
    except (ValueError, IndexError, KeyError, OSError, UnicodeDecodeError) as error:
        raise WeightsError(f"{path}: truncated or no GGUF file ({error}); {remedy(path)}") from error
    check_architecture(str(fields.get(ARCHITECTURE, "")), str(path))
    if fields.get(SPLIT, 1) > 1:
        raise WeightsError(
            f"{path}: {SPLIT}: one of {fields[SPLIT]} parts of a model; choose a file that holds all of it"
        )
    if (kind := fields.get("general.type", WHOLE_MODEL)) != WHOLE_MODEL:
        raise WeightsError(f"{path}: general.type: holds '{kind}', not a model; choose the file of the model itself")
    return GgufFile(path, fields, tuple(tensor.name for tensor in reader.tensors), reader)


def check_beginning(beginning: bytes, where: str) -> None:
    """Refuse a file from its first bytes, before the rest of it travels.

    Args:
        beginning: at least the first `BEGINNING_BYTES` bytes, or the whole of a shorter file.
    Raises:
        WeightsError: its architecture is not served. What is no GGUF file is left to its digest.
    """
    if (name := _first_architecture(beginning)) is not None:
        check_architecture(name, where)


def _first_architecture(beginning: bytes) -> str | None:
    """The architecture where it is the first entry; None where another stands there, and the whole file has to be read."""
    try:
        (length,) = struct.unpack_from("<Q", beginning, 24)
        key = beginning[32 : 32 + length]
        kind, size = struct.unpack_from("<IQ", beginning, 32 + length)
    except (struct.error, OverflowError):
        return None
    if key != ARCHITECTURE.encode() or kind != STRING:
        return None
    return beginning[44 + length : 44 + length + size].decode("utf-8", "replace")


def check_architecture(name: str, where: str) -> None:
    """Refuse what is not among the architectures that can be converted."""
    if name not in ARCHITECTURES:
        reason = NOT_SERVED.get(name, "files of this architecture are not read")
        raise WeightsError(
            f"{where}: {ARCHITECTURE}: '{name}' is not served: {reason} (known: {', '.join(ARCHITECTURES)}); take the safetensors "
            "of this model where its family is served, or choose another model"
        )
