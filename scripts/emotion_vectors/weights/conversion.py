"""Give every model one form on disk: safetensors with configuration, tokenizer and a card that says where it came from.

GGUF files are dequantised once to float32; reading them takes minutes, the result loads in seconds. Models that are
safetensors already are linked, not copied.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoTokenizer, PreTrainedModel

from emotion_vectors.weights.downloads import naming_full_disk
from emotion_vectors.weights.folders import (
    CARD,
    PICKLES,
    WeightsError,
    empty_neighbour,
    link_files,
    model_files,
    replace_folder,
    sha256_of,
    verify_folder,
)
from emotion_vectors.weights.gguf_files import GgufFile, open_gguf
from emotion_vectors.weights.gguf_settings import FACTORS, carry_over, check_alike, end_tokens_of
from emotion_vectors.weights.loading import load_network, load_tokenizer, strictly
from emotion_vectors.weights.table import Weights
from emotion_vectors.weights.vocabulary import check_vocabulary, drop_added_pieces, rows_of

__all__ = ["convert", "verify_folder"]

log = logging.getLogger(__name__)

LIBRARIES = ("torch", "transformers", "gguf")


def convert(source: str | Path, folder: str | Path, row: Weights) -> Path:
    """Bring a fetched model into the form that every later step loads.

    Args:
        source: the GGUF file, or the folder with safetensors, that `weights.fetch` returned.
        folder: appears as a whole, verified, with `weights.json` (name, source, sha256, format, licence, libraries).
        row: the model; its digest is checked again.
    Returns:
        The folder.
    Raises:
        WeightsError: the source is missing, is a pickle, has another digest, is damaged, holds numbers that are not
            finite, or does not load as a whole: tensors, settings and ids that do not fit are named.
        OSError: the disk is full (how much is needed, and where).
    """
    origin, target = Path(source), Path(folder)
    if origin.suffix in PICKLES:
        raise WeightsError(f"{origin}: refused, pickles can run any code when they are opened; use safetensors or GGUF")
    if row.format == "gguf":
        _dequantise(origin, target, row)
    else:
        files = model_files(origin)
        _check_loads(origin)
        verify_folder(origin)
        link_files(files, target, extra={CARD: _card(row, row.sources, _digest_of_all(files))})
    log.info("%s: converted into %s", row.name, target)
    return target


def _dequantise(file: Path, folder: Path, row: Weights) -> None:
    """Read a GGUF file once and save it as float32 safetensors."""
    if not file.is_file():
        raise WeightsError(
            f"{file}: no such file; delete the folder {file.parent} and repeat the command: it fetches them anew"
        )
    digest = sha256_of(file)
    if digest != row.sha256:
        raise WeightsError(
            f"{file}: SHA-256 {digest}, expected {row.sha256}; delete the folder {file.parent} and repeat the command: "
            "it fetches them anew"
        )
    opened = open_gguf(file)
    check_alike(opened)
    tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    drop_added_pieces(tokenizer, set(opened.fields.get("tokenizer.ggml.tokens", ())))
    model = _network_of(opened)
    check_vocabulary(tokenizer, rows_of(model), str(file))
    size = sum(tensor.numel() * tensor.element_size() for tensor in model.parameters())
    with _arriving_whole(folder, f"{size / 1e6:.0f} MB") as arriving:
        model.save_pretrained(arriving)
        tokenizer.save_pretrained(arriving)
        (arriving / CARD).write_text(_card(row, [file.name], digest), encoding="utf-8")


@contextmanager
def _arriving_whole(folder: Path, needed: str) -> Iterator[Path]:
    """A folder to save a model in, which takes its place once it is whole, verified and loads; otherwise nothing is left of it.

    Args:
        needed: space, as a message says it where the disk is full.
    """
    arriving = empty_neighbour(folder)
    try:
        with naming_full_disk(arriving, lambda: needed):
            yield arriving
        verify_folder(arriving)
        _check_loads(arriving)
    except BaseException:
        shutil.rmtree(arriving)
        raise
    replace_folder(arriving, folder)


def save_tuned(network: PreTrainedModel, base: str | Path, folder: str | Path, row: Weights) -> None:
    """Save a tuned network with the tokenizer of the model that it was tuned from, in the form that every later step loads.

    Args:
        base: folder of that model. folder: appears as a whole, verified; its card holds the digest of the new tensors.
    Raises:
        OSError: the disk is full (how much is needed, and where).
    """
    size = sum(tensor.numel() * tensor.element_size() for tensor in network.parameters())
    with _arriving_whole(Path(folder), f"{size / 1e6:.0f} MB") as arriving:
        network.save_pretrained(arriving)
        load_tokenizer(base).save_pretrained(arriving)
        digest = _digest_of_all(model_files(arriving))
        (arriving / CARD).write_text(_card(row, row.sources, digest), encoding="utf-8")


def _network_of(file: GgufFile) -> PreTrainedModel:
    """The network of a GGUF file in float32, with every tensor and every setting of the file."""
    folder, name = file.path.parent, file.path.name
    config = AutoConfig.from_pretrained(folder, gguf_file=name)
    carry_over(config, file)
    model: Any = strictly(folder, gguf_file=name, config=config, dtype=torch.float32)
    used = {*file.names_of(model.state_dict(), config.num_hidden_layers), FACTORS}
    if unused := sorted(set(file.tensors) - used):
        raise WeightsError(
            f"{file.path}: tensors that the converted model would lose: {', '.join(unused)}. Remedy: take the safetensors of this "
            "model in place of the GGUF file, or choose another model"
        )
    model.hf_quantizer = None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    if ends := end_tokens_of(file):
        model.generation_config.eos_token_id = ends if len(ends) > 1 else ends[0]
    return model  # type: ignore[no-any-return]


def _check_loads(folder: Path) -> None:
    """Refuse a folder whose tensors do not fit its configuration or whose tokenizer does not fit its embedding."""
    network = load_network(folder, torch.float32, device="meta")
    check_vocabulary(load_tokenizer(folder), rows_of(network), str(folder))


def _digest_of_all(files: Sequence[Path]) -> str:
    """One SHA-256 for several files: that of their sorted digests, one a line."""
    digests = sorted(sha256_of(file) for file in files)
    return hashlib.sha256("".join(f"{digest}\n" for digest in digests).encode()).hexdigest()


def _card(row: Weights, source: Sequence[str], digest: str) -> str:
    card = {
        "name": row.name,
        "source": " | ".join(source),
        "sha256": digest,
        "format": row.format,
        "licence": row.licence,
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
    }
    return json.dumps(card, indent=1) + "\n"
