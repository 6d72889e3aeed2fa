"""The one reader and writer of every kind of artefact, each with its provenance inside.

Tables carry their provenance in the Parquet schema, tensors in the safetensors header, JSON under a key of its own, and JSON Lines
in a first line of its own. A file takes its place only when it is whole, and one that is not is never read in part.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors import SafetensorError, safe_open

from emotion_vectors.artefacts import provenance
from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.artefacts.provenance import KEY

if TYPE_CHECKING:
    import torch

PathLike = str | Path
REPEAT = "delete it and repeat the command"


def write_table(table: pd.DataFrame, path: PathLike, **facts: Any) -> None:
    """Write a tidy table as Parquet; `facts` join the provenance.

    Raises:
        ArtefactError: a column holds a missing value or infinity although its name does not end in `_or_missing`.
    """
    for name in table.columns:
        if not str(name).endswith("_or_missing") and not _all_finite(table[name]):
            step = provenance.current().rule
            raise ArtefactError(
                f"{path}: column '{name}' holds a value that is missing or not finite; the step '{step}' that computed it must say why"
            )
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    known = arrow.schema.metadata or {}
    arrow = arrow.replace_schema_metadata({**known, KEY.encode(): _record(facts).encode()})
    with _whole(path) as temporary:
        pq.write_table(arrow, temporary)


def read_table(path: PathLike) -> pd.DataFrame:
    """A table that `write_table` wrote.

    Raises:
        ArtefactError: the file is not a complete table.
    """
    with _complete(path, "table"):
        return pd.read_parquet(path)


def read_tables(paths: Iterable[PathLike]) -> pd.DataFrame:
    """Tables of the same columns, one below the other."""
    return pd.concat([read_table(path) for path in paths], ignore_index=True)


def write_tensors(tensors: Mapping[str, torch.Tensor], path: PathLike, **facts: str) -> None:
    """Write tensors as safetensors; `facts` become metadata entries of their own beside the provenance.

    Raises:
        ArtefactError: a tensor is not finite (it is named).
    """
    from safetensors.torch import save_file  # loads PyTorch, which the writers of tensors have loaded already

    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            step = provenance.current().rule
            raise ArtefactError(f"{path}: tensor '{name}' of step '{step}' holds values that are not finite")
    contiguous = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    with _whole(path) as temporary:
        save_file(contiguous, temporary, metadata={KEY: _record({}), **facts})


@dataclass(frozen=True)
class TensorFile:
    """An open safetensors file; tensors are read when asked for."""

    file: Any

    @property
    def names(self) -> list[str]:
        """Names of its tensors, sorted."""
        return sorted(self.file.keys())

    def tensor(self, name: str) -> torch.Tensor:
        """One tensor, whole."""
        tensor: torch.Tensor = self.file.get_tensor(name)
        return tensor

    def slices(self, name: str) -> Any:
        """One tensor of which only the indexed part is read."""
        return self.file.get_slice(name)

    def fact(self, name: str) -> str:
        """A metadata entry as it was written."""
        return str((self.file.metadata() or {})[name])

    def has_fact(self, name: str) -> bool:
        """Whether there is a metadata entry of this name."""
        return name in (self.file.metadata() or {})

    def listed(self, name: str) -> Any:
        """A metadata entry that holds JSON."""
        return json.loads(self.fact(name))


@contextmanager
def open_tensors(
    path: PathLike, kind: str = "tensors", framework: str = "pt", remedy: str = REPEAT
) -> Iterator[TensorFile]:
    """Open what `write_tensors` wrote.

    Args:
        kind: what the file holds, for the message.
        framework: "pt" for PyTorch tensors, "np" for arrays without loading PyTorch.
        remedy: what the message says of a broken file.
    Raises:
        ArtefactError: the file is not complete, or lacks a tensor or metadata entry that is asked for.
    """
    with _complete(path, kind, remedy), safe_open(path, framework=framework) as file:
        yield TensorFile(file)


def read_tensors(path: PathLike, kind: str = "tensors") -> dict[str, torch.Tensor]:
    """All tensors of a file by name."""
    with open_tensors(path, kind) as file:
        return {name: file.tensor(name) for name in file.names}


def write_json(content: Mapping[str, Any], path: PathLike, **facts: Any) -> None:
    """Write JSON with its provenance under the key `provenance`."""
    record = provenance.current().record(**facts)
    with _whole(path) as temporary:
        temporary.write_text(json.dumps({**content, KEY: record}, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def read_json(path: PathLike) -> dict[str, Any]:
    """An object that `write_json` wrote, its provenance included."""
    with _complete(path, "JSON file"):
        return dict(json.loads(Path(path).read_text(encoding="utf-8")))


def write_json_lines(lines: Iterable[str], path: PathLike, **facts: Any) -> None:
    """Write lines of JSON below a first one that holds the provenance alone."""
    head = json.dumps({KEY: provenance.current().record(**facts)})
    with _whole(path) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in (head, *lines)), encoding="utf-8")


def read_json_lines(path: PathLike) -> list[dict[str, Any]]:
    """Objects that `write_json_lines` wrote, without the line of their provenance."""
    with _complete(path, "JSON Lines file"), Path(path).open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
        if not lines or KEY not in lines[0]:
            raise KeyError(KEY)
        return lines[1:]


def write_text(text: str, path: PathLike) -> None:
    """Write a text that carries its provenance, if any, in its own words."""
    with _whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes(content: bytes, path: PathLike) -> None:
    """Write a file of a form of its own, which carries what is to be known about it in that form."""
    with _whole(path) as temporary:
        temporary.write_bytes(content)


def provenance_of(path: PathLike) -> dict[str, Any]:
    """Provenance of a table, of tensors, of JSON or of JSON Lines, told apart by the ending of the file."""
    suffix = Path(path).suffix
    with _complete(path, "artefact"):
        if suffix == ".parquet":
            return dict(json.loads((pq.read_schema(path).metadata or {})[KEY.encode()]))
        if suffix == ".safetensors":
            with open_tensors(path) as file:
                return dict(file.listed(KEY))
        with Path(path).open(encoding="utf-8") as file:
            return dict((json.loads(file.readline()) if suffix == ".jsonl" else json.load(file))[KEY])


def _record(facts: Mapping[str, Any]) -> str:
    return json.dumps(provenance.current().record(**facts))


def _all_finite(column: pd.Series[Any]) -> bool:
    numeric = pd.api.types.is_numeric_dtype(column)
    return not column.isna().any() and (not numeric or bool(column.abs().lt(float("inf")).all()))


@contextmanager
def _complete(path: PathLike, kind: str, remedy: str = REPEAT) -> Iterator[None]:
    """Turns whatever a broken file makes its reader raise into the one message about it."""
    if not Path(path).is_file():
        raise ArtefactError(f"{path}: no such file; repeat the command that makes it")
    try:
        yield
    except (SafetensorError, pa.ArrowException, KeyError, json.JSONDecodeError, UnicodeDecodeError, OSError) as error:
        reason = f"lacks {error}" if isinstance(error, KeyError) else str(error).splitlines()[0]
        raise ArtefactError(f"{path} is not a complete {kind} ({reason}); {remedy}") from error


@contextmanager
def _whole(path: PathLike) -> Iterator[Path]:
    """A temporary neighbour of `path` that takes its place only when it is complete."""
    target = Path(path)
    temporary = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(target)
    except (OSError, SafetensorError) as error:
        raise ArtefactError(f"{target}: could not be written ({error}); see to space and rights there") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
