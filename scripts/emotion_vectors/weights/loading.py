"""Loading a network so that every tensor of its files is used and no number is drawn at random in place of one that is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from emotion_vectors.weights.folders import WeightsError, check_storage, model_files
from emotion_vectors.weights.servable import check_folder

SHOWN = 5
FETCH_AGAIN = "fetch the model again; if it comes back choose another source or revision of this model"


def load_network(folder: str | Path, dtype: torch.dtype, *, device: str | None = None) -> PreTrainedModel:
    """The network of a folder with safetensors, every weight as its files hold it.

    Args:
        device: "meta" looks at names and shapes alone, without reading a weight.
    Raises:
        WeightsError: the family is not served, a tensor is missing, left over, of another shape or quantised (each is named), or
            embeddings that the configuration ties differ in the files.
    """
    path = Path(folder)
    check_folder(path)
    files = [file for file in model_files(path) if file.suffix == ".safetensors"]
    for file in files:
        check_storage(file)
    network = strictly(path, use_safetensors=True, dtype=dtype, **({"device_map": device} if device else {}))
    if network.config.get_text_config().tie_word_embeddings or network.config.tie_word_embeddings:
        _check_ties(path, files)
    return network


def read_configuration(folder: str | Path) -> PreTrainedConfig:
    """The configuration of a folder whose model is served."""
    check_folder(folder)
    config: PreTrainedConfig = AutoConfig.from_pretrained(folder)
    return config


def load_tokenizer(folder: str | Path) -> PreTrainedTokenizerBase:
    """The tokenizer of a folder whose model is served.

    Raises:
        WeightsError: the model is not served, or the tokenizer is missing or damaged.
    """
    check_folder(folder)
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise WeightsError(f"{folder}: its tokenizer cannot be loaded ({error}); {FETCH_AGAIN}") from error
    return tokenizer


def strictly(path: Path, **options: Any) -> PreTrainedModel:
    """`from_pretrained`, refused when it would leave anything of the files unused or anything of the network unfilled.

    Raises:
        WeightsError: the tensors are named.
    """
    loaded: Any
    try:
        loaded = AutoModelForCausalLM.from_pretrained(
            path, output_loading_info=True, ignore_mismatched_sizes=True, trust_remote_code=False, **options
        )
    except (OSError, ValueError, KeyError, AssertionError, ImportError) as error:
        raise WeightsError(f"{path}: cannot be loaded ({type(error).__name__}: {error}); {FETCH_AGAIN}") from error
    network, report = loaded
    faults = list(_faults(report))
    if faults:
        raise WeightsError(f"{path}: the weights do not fit the configuration: {'; '.join(faults)}; {FETCH_AGAIN}")
    model: PreTrainedModel = network
    return model


def _faults(report: Mapping[str, Any]) -> Iterator[str]:
    """What a report of the library says went wrong, in words."""
    shapes = [
        f"{name} {tuple(stored)} in the files, {tuple(made)} in the network"
        for name, stored, made in report["mismatched_keys"]
    ]
    kinds: dict[str, Iterable[str]] = {
        "missing tensors": report["missing_keys"],
        "tensors that nothing uses": report["unexpected_keys"],
        "tensors of another shape": shapes,
        "errors": map(str, report.get("error_msgs") or ()),
    }
    for kind, names in kinds.items():
        if listed := sorted(names):
            more = f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
            yield f"{kind}: {', '.join(listed[:SHOWN])}{more}"


def _check_ties(path: Path, files: Iterable[Path]) -> None:
    """Refuse an unembedding that differs from the embedding although the configuration says that they are one."""
    unembedding = _ending_in(files, "lm_head.weight")
    if unembedding is None:
        return
    embedding = _ending_in(files, "embed_tokens.weight")
    if embedding is not None and not torch.equal(embedding, unembedding):
        raise WeightsError(
            f"{path}: tie_word_embeddings: lm_head.weight differs from embed_tokens.weight, which the configuration says is the same; "
            "correct tie_word_embeddings in config.json, or choose another revision of this model"
        )


def _ending_in(files: Iterable[Path], ending: str) -> Tensor | None:
    """The tensor whose name ends so, or None where no file holds one."""
    for file in files:
        with safe_open(file, framework="pt") as opened:
            for name in opened.keys():  # noqa: SIM118 (an open safetensors file cannot be iterated)
                if name.endswith(ending):
                    tensor: Tensor = opened.get_tensor(name)
                    return tensor
    return None
