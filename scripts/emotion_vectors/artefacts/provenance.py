"""Where a result comes from: recorded inside every artefact, so that it cannot be separated from it.

Tables carry their provenance in the Parquet schema, tensors in the safetensors header, JSON under a key of its own, JSON Lines
in a first line of its own, and figures in their document information.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors import SafetensorError, safe_open

if TYPE_CHECKING:
    import torch

KEY = "provenance"
LIBRARIES = ("torch", "transformers", "numpy", "scipy", "scikit-learn", "pandas", "snakemake")
REPOSITORY = Path(__file__).resolve().parents[3]


class MendableError(Exception):
    """Its message says all that is needed to mend its cause, which lies in files of the user's: a step says it without a traceback."""


class ProvenanceError(RuntimeError):
    """An artefact cannot be read or written as a whole."""


@dataclass(frozen=True)
class Run:
    """One execution of one step: what was run, from which state of the repository, with which settings."""

    rule: str
    config_sha256: str
    seed: int | None = None
    threads: int = 1
    started: float = field(default_factory=time.time)

    def record(self, **facts: Any) -> dict[str, Any]:
        """Everything to keep beside a result; `facts` adds what only the step knows, such as the digest of a model."""
        return {
            "rule": self.rule,
            "git_commit": git_commit(),
            "config_sha256": self.config_sha256,
            "seed": self.seed,
            "seconds": round(time.time() - self.started, 2),
            "device": _device(),
            "threads": self.threads,
            "python": platform.python_version(),
            "libraries": {name: metadata.version(name) for name in LIBRARIES},
            **facts,
        }


def _loaded_torch() -> Any:
    """PyTorch where the step uses it, else None: loading it takes seconds that a step which draws a figure need not spend."""
    return sys.modules.get("torch")


def _device() -> str:
    torch = _loaded_torch()
    return "cuda" if torch and torch.cuda.is_available() else "cpu"


def git_commit() -> str:
    """Commit of the checkout, with `+changes` when tracked files differ from it; `unknown` outside a checkout."""
    try:
        commit = _git("rev-parse", "HEAD")
        used = ("workflow", "scripts", "Snakefile", ":(exclude)workflow/reference")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", *used)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit + ("+changes" if changed else "")


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(REPOSITORY), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def digest(settings: Mapping[str, Any]) -> str:
    """SHA-256 of settings in a canonical JSON form."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()


@contextmanager
def run(snakemake: Any) -> Iterator[Run]:
    """Frame of a step script: logging to the rule's log, threads as Snakemake gave them, errors kept in the log.

    Args:
        snakemake: the object that Snakemake gives to a script.
    Raises:
        SystemExit: in place of an error that the user can mend, once its message is logged.
    """
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if snakemake.log:
        Path(snakemake.log[0]).parent.mkdir(parents=True, exist_ok=True)
        handlers.append(logging.FileHandler(snakemake.log[0], mode="w"))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s", handlers=handlers, force=True)
    if torch := _loaded_torch():
        torch.set_num_threads(snakemake.threads)
    current = Run(
        rule=snakemake.rule,
        config_sha256=digest(snakemake.config),
        seed=snakemake.params.get("seed", None),
        threads=snakemake.threads,
    )
    log = logging.getLogger(snakemake.rule)
    try:
        yield current
    except MendableError as error:
        log.error("stopped, something has to be mended:\n%s", error)
        raise SystemExit(1) from None
    except BaseException:
        log.exception("failed after %.1f s", time.time() - current.started)
        raise
    log.info("done in %.1f s", time.time() - current.started)


def write_table(table: pd.DataFrame, path: str | Path, run: Run, **facts: Any) -> None:
    """Write a tidy table as Parquet with its provenance in the schema.

    Raises:
        ProvenanceError: a column holds a missing value or infinity although its name does not end in `_or_missing`.
    """
    for name in table.columns:
        if not str(name).endswith("_or_missing") and not _all_finite(table[name]):
            raise ProvenanceError(
                f"{path}: column '{name}' holds a value that is missing or not finite; the step '{run.rule}' that computed it must say why"
            )
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    known = arrow.schema.metadata or {}
    arrow = arrow.replace_schema_metadata({**known, KEY.encode(): json.dumps(run.record(**facts)).encode()})
    with _whole(path) as temporary:
        pq.write_table(arrow, temporary)


def _all_finite(column: pd.Series[Any]) -> bool:
    numeric = pd.api.types.is_numeric_dtype(column)
    return not column.isna().any() and (not numeric or bool(column.abs().lt(float("inf")).all()))


def write_tensors(tensors: Mapping[str, torch.Tensor], path: str | Path, run: Run, **facts: str) -> None:
    """Write tensors as safetensors; `facts` become metadata entries of their own beside the provenance.

    Raises:
        ProvenanceError: a tensor is not finite (it is named).
    """
    from safetensors.torch import save_file  # loads PyTorch, which the writers of tensors have loaded already

    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise ProvenanceError(f"{path}: tensor '{name}' of step '{run.rule}' holds values that are not finite")
    contiguous = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    with _whole(path) as temporary:
        save_file(contiguous, temporary, metadata={KEY: json.dumps(run.record()), **facts})


def write_json(content: Mapping[str, Any], path: str | Path, run: Run, **facts: Any) -> None:
    """Write JSON with its provenance under the key `provenance`."""
    with _whole(path) as temporary:
        temporary.write_text(json.dumps({**content, KEY: run.record(**facts)}, indent=1, allow_nan=False) + "\n")


def write_json_lines(lines: Iterable[str], path: str | Path, run: Run, **facts: Any) -> None:
    """Write lines of JSON below a first one that holds the provenance alone."""
    head = json.dumps({KEY: run.record(**facts)})
    with _whole(path) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in (head, *lines)), encoding="utf-8")


@contextmanager
def _whole(path: str | Path) -> Iterator[Path]:
    """A temporary neighbour of `path` that takes its place only when it is complete."""
    target = Path(path)
    temporary = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(target)
    except (OSError, SafetensorError) as error:
        raise ProvenanceError(f"{target}: could not be written ({error}); see to space and rights there") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def of_table(path: str | Path) -> dict[str, Any]:
    """Provenance of a Parquet table."""
    known = pq.read_schema(path).metadata or {}
    return dict(json.loads(known[KEY.encode()]))


def of_json_lines(path: str | Path) -> dict[str, Any]:
    """Provenance of a JSON Lines file."""
    with Path(path).open(encoding="utf-8") as file:
        return dict(json.loads(file.readline())[KEY])


def of_tensors(path: str | Path) -> dict[str, Any]:
    """Provenance of a safetensors file."""
    with safe_open(path, framework="pt") as file:
        return dict(json.loads(file.metadata()[KEY]))
