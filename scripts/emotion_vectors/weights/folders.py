"""Folders that hold a model: which files belong to it, whether they are whole, and moving them as one.

A model folder follows the layout of the Hugging Face hub: `config.json`, one or more safetensors files (with an index
when there are several) and the files of the tokenizer. Pickles are never read, linked or copied.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError, safe_open

from emotion_vectors.artefacts.errors import MendableError

if TYPE_CHECKING:
    import torch

MODEL_FILES = ("*.safetensors", "*.json", "*.jinja", "tokenizer.model", "vocab.txt", "merges.txt")
PICKLES = frozenset((".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt"))
CARD = "weights.json"
CONFIGURATION = "config.json"
WEIGHTS = "model.safetensors"
STORED_WHOLE = frozenset(("F64", "F32", "F16", "BF16", "I64", "BOOL"))
"""Types in which tensors are stored as they are; any other needs scales or unpacking that a plain load leaves out."""

MODEL_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?")
STUDY_FOLDERS = (
    "acts behaviours benchmarks circuits cluster default emotion_judge encoder figures float32 function gpu laptop larger logs models "
    "multiverse organism paper placebo placebos published quick reinitialised restored small transcripts validation weights words"
)
TAKEN = frozenset(STUDY_FOLDERS.split())
"""Folders of a study, which lie beside those of its models."""
FILES_OF_A_STUDY = ".csv .gguf .gz .html .json .jsonl .log .md .parquet .pdf .png .safetensors .txt"
FILE_ENDINGS = tuple(FILES_OF_A_STUDY.split())


class WeightsError(MendableError, RuntimeError):
    """Weights cannot be fetched, verified or converted."""


def fault_of_name(name: str, others: Iterable[str]) -> str:
    """Why a model cannot bear a name, with the remedy; empty where it can.

    The name becomes that of folders, logs, macros of the paper and anchors: it is the same on every system.

    Args:
        others: names that other models bear.
    """
    if not MODEL_NAME.fullmatch(name):
        return (
            f"{name!r} must be at most 64 of the letters a to z and A to Z, digits, '.', '-' or '_', with a letter or digit first and no "
            "'.' last; rename it"
        )
    if name.lower() in TAKEN or name.lower().endswith(FILE_ENDINGS):
        return f"'{name}' is the name of a folder or file of the study; rename it"
    if alike := [other for other in others if other.lower() == name.lower()]:
        return f"'{name}' is taken by '{alike[0]}', which some file systems cannot tell from it; rename one"
    return ""


def sha256_of(path: str | Path) -> str:
    """SHA-256 of a file, read as a stream."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def model_files(folder: str | Path) -> list[Path]:
    """The files that make up the model in `folder`, sorted by name; everything else there is left alone.

    Raises:
        WeightsError: no folder, no `config.json`, no safetensors (pickles are refused by name), no index of several, or a
            shard of the index is missing.
    """
    root = Path(folder)
    if not root.is_dir():
        raise WeightsError(f"{root}: no such folder; give the folder that holds config.json and the safetensors")
    candidates = {path for pattern in MODEL_FILES for path in root.glob(pattern) if path.is_file()}
    files = sorted(path for path in candidates if path.name != CARD and not path.name.endswith(".bin.index.json"))
    names = {path.name for path in files}
    if not any(name.endswith(".safetensors") for name in names):
        pickles = sorted(path.name for path in root.iterdir() if path.suffix in PICKLES)
        if pickles:
            raise WeightsError(
                f"{root}: refused, the weights are pickles ({', '.join(pickles)}), which can run any code when they "
                "are opened; use a revision of the model that has safetensors"
            )
        raise WeightsError(f"{root}: no safetensors file; fetch the model again or name another folder")
    if CONFIGURATION not in names:
        raise WeightsError(f"{root}: {CONFIGURATION} is missing; fetch the model again or name another folder")
    indices = [path for path in files if path.name.endswith(".safetensors.index.json")]
    if not indices and WEIGHTS not in names:
        raise WeightsError(
            f"{root}: neither {WEIGHTS} nor an index of its parts is there; fetch the model again or name another folder"
        )
    for index in indices:
        missing = sorted(set(_parts_of(index)) - names)
        if missing:
            raise WeightsError(f"{root}: {index.name} names missing files: {', '.join(missing)}; fetch the model again")
    return files


def _parts_of(index: Path) -> list[str]:
    """Files that an index of split weights names."""
    try:
        return [str(part) for part in json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"{index}: no index of split weights ({error!r}); fetch the model again") from error


def verify_folder(folder: str | Path) -> None:
    """Open every safetensors file of a model and look at every number.

    Raises:
        WeightsError: a file is truncated or damaged, or a tensor holds NaN or infinity, or packed or scaled numbers (file and
            tensor are named).
    """
    for path in model_files(folder):
        if path.suffix == ".safetensors":
            _verify_file(path)


def _verify_file(path: Path) -> None:
    check_storage(path)
    with _named_if_damaged(path), safe_open(path, framework="pt") as file:
        for name in file.keys():  # noqa: SIM118 (an open safetensors file cannot be iterated)
            if not _all_finite(file.get_tensor(name)):
                raise WeightsError(
                    f"{path}: tensor '{name}' holds values that are not finite; delete {path.parent} and run "
                    "again; if it comes back choose another source for this model"
                )


def check_storage(path: Path) -> None:
    """Refuse packed or scaled numbers, which a plain load would take for the weights; only the head of the file is read.

    Raises:
        WeightsError: a tensor is stored so (it is named), or the file is truncated or damaged.
    """
    with _named_if_damaged(path), safe_open(path, framework="pt") as file:
        for name in file.keys():  # noqa: SIM118 (an open safetensors file cannot be iterated)
            stored = file.get_slice(name).get_dtype()
            if stored not in STORED_WHOLE:
                raise WeightsError(
                    f"{path}: tensor '{name}' is stored as {stored}, a quantised format that is not read; choose a revision "
                    "of this model that is stored whole in float32, float16 or bfloat16"
                )


def remedy(damaged: Path) -> str:
    """What mends a damaged file: a copy is fetched again, a link leads to a file of the user's."""
    if damaged.is_symlink():
        return f"put a whole file in the place of {damaged.resolve()}, then delete {damaged.parent} and run again"
    return f"delete {damaged.parent} and run again"


@contextmanager
def _named_if_damaged(path: Path) -> Iterator[None]:
    try:
        yield
    except (SafetensorError, OSError) as error:
        raise WeightsError(
            f"{path} ({path.stat().st_size} bytes): truncated or damaged ({error}); {remedy(path)}"
        ) from error


def _all_finite(tensor: torch.Tensor) -> bool:
    return bool(tensor.isfinite().all())


def link_files(files: Sequence[Path], folder: Path, extra: Mapping[str, str] | None = None) -> None:
    """Link files into `folder`, which appears as a whole, together with `extra` texts by file name.

    Links are relative, so that both folders can move together.

    Raises:
        WeightsError: the files lie in the folder that would be replaced.
    """
    for file in files:
        if folder.resolve() in file.resolve().parents:
            raise WeightsError(f"{file}: lies inside {folder}, which would be replaced; choose another folder")
    arriving = empty_neighbour(folder)
    for file in files:
        (arriving / file.name).symlink_to(os.path.relpath(file.absolute(), arriving.resolve()))
    for name, text in (extra or {}).items():
        (arriving / name).write_text(text, encoding="utf-8")
    replace_folder(arriving, folder)


def empty_neighbour(folder: Path) -> Path:
    """An empty temporary folder beside `folder`; what an earlier run left there is removed."""
    arriving = folder.with_name(f".{folder.name}.arriving")
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir(parents=True)
    return arriving


def replace_folder(arrived: Path, folder: Path) -> None:
    """Give a complete folder its final name, in place of an older one."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    arrived.rename(folder)


def listed_reasons(reasons: Sequence[str]) -> str:
    """Why each source in turn did not deliver, one line each with its number."""
    return "".join(f"\n  {number}. {reason}" for number, reason in enumerate(reasons, start=1))
