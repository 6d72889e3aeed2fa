"""A tiny network of a family written as a GGUF file, in the manner of the converters that people use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerFast

from emotion_vectors.weights.folders import sha256_of
from emotion_vectors.weights.table import ModelRow
from tests.conftest import EXTRAS, SIZES
from tests.unit.weights.made import row

ARCHITECTURE = {
    "llama": "llama",
    "mistral": "llama",
    "qwen2": "qwen2",
    "qwen3": "qwen3",
    "gemma2": "gemma2",
    "gemma3_text": "gemma3",
    "phi3": "phi3",
}
BLOCKS = 4


def network_of(family: str, vocabulary: int, **changes: Any) -> PreTrainedModel:
    """A tiny network with random weights, its one-dimensional parameters included."""
    shape = {
        **SIZES,
        **EXTRAS[family],
        "vocab_size": vocabulary,
        "rope_theta": 10000.0,
        "num_hidden_layers": BLOCKS,
        **changes,
    }
    torch.manual_seed(5)
    network = AutoModelForCausalLM.from_config(
        AutoConfig.for_model(family, pad_token_id=0, bos_token_id=1, eos_token_id=2, **shape)
    )
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.3 * torch.randn_like(parameter))
    return network.eval()


def settings_of(config: Any, architecture: str) -> dict[str, Any]:
    """What every converter writes about a network."""
    heads = config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // heads
    theta = config.rope_parameters.get("full_attention", config.rope_parameters)["rope_theta"]
    written: dict[str, Any] = {
        "block_count": config.num_hidden_layers,
        "context_length": config.max_position_embeddings,
        "embedding_length": config.hidden_size,
        "feed_forward_length": config.intermediate_size,
        "attention.head_count": heads,
        "attention.head_count_kv": config.num_key_value_heads,
        "attention.layer_norm_rms_epsilon": float(config.rms_norm_eps),
        "rope.freq_base": float(theta),
        "rope.dimension_count": width,
        "vocab_size": config.vocab_size,
    }
    if architecture in ("qwen3", "gemma2", "gemma3"):
        written |= {"attention.key_length": width, "attention.value_length": width}
    if architecture in ("gemma2", "gemma3", "phi3"):
        written["attention.sliding_window"] = config.sliding_window
    if architecture == "gemma3":
        written["attention.sliding_window_pattern"] = [kind == "sliding_attention" for kind in config.layer_types]
    if architecture == "gemma2":
        written["attn_logit_softcapping"] = float(config.attn_logit_softcapping)
        written["final_logit_softcapping"] = float(config.final_logit_softcapping)
    return written


def write_gguf(
    path: Path,
    network: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    *,
    settings: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    tensors: Mapping[str, np.ndarray] | None = None,
    without: str = "",
) -> ModelRow:
    """Write the file and give its row.

    Args:
        settings: further settings of the network, or others in place of its own; None leaves one out.
        facts: further entries by their whole key. tensors: further tensors. without: name of a tensor to leave out.
    """
    family = network.config.model_type
    architecture = ARCHITECTURE[family]
    writer = gguf.GGUFWriter(path, architecture)
    own = {
        f"{architecture}.{key}": value
        for key, value in (settings_of(network.config, architecture) | dict(settings or {})).items()
    }
    for key, value in {**own, **_pieces(tokenizer, network.config.vocab_size), **dict(facts or {})}.items():
        if value is not None:
            _add(writer, key, value)
    stored = {**_tensors(network, architecture), **dict(tensors or {})}
    for name, tensor in stored.items():
        if name != without:
            writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return row(file=path.name, sha256=sha256_of(path))


def _add(writer: gguf.GGUFWriter, key: str, value: Any) -> None:
    kinds = {
        bool: writer.add_bool,
        int: writer.add_uint32,
        float: writer.add_float32,
        str: writer.add_string,
        list: writer.add_array,
    }
    kinds[type(value)](key, value)


def _pieces(tokenizer: PreTrainedTokenizerFast, rows: int) -> dict[str, Any]:
    backend = json.loads(tokenizer.backend_tokenizer.to_str())
    special = {added["content"] for added in backend["added_tokens"]}
    by_id = {number: piece for piece, number in tokenizer.get_vocab().items()}
    pieces = [by_id.get(number, f"[PAD{number}]") for number in range(max(rows, len(by_id)))]
    normal, control, unused = 1, 3, 5
    kinds = [
        control if piece in special else normal if number in by_id else unused for number, piece in enumerate(pieces)
    ]
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in backend["model"]["merges"]]
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.tokens": pieces,
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.padding_token_id": 0,
    }


def _tensors(network: PreTrainedModel, architecture: str) -> dict[str, np.ndarray]:
    kinds = {name: kind for kind, name in gguf.MODEL_ARCH_NAMES.items()}
    names = gguf.get_tensor_name_map(kinds[architecture], network.config.num_hidden_layers)
    config, written = network.config, {}
    for name, tensor in network.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        heads = {"q_proj.weight": config.num_attention_heads, "k_proj.weight": config.num_key_value_heads}
        count = next((heads[ending] for ending in heads if name.endswith(ending)), None)
        if architecture == "llama" and count is not None:
            tensor = _pairs_side_by_side(tensor, count)
        if architecture.startswith("gemma") and name.endswith("norm.weight"):
            tensor = tensor + 1
        written[names.get_name(name, try_suffixes=(".weight", ".bias"))] = np.ascontiguousarray(tensor.float().numpy())
    return written


def _pairs_side_by_side(weight: Tensor, heads: int) -> Tensor:
    """Rows of a query or key projection in the order in which Llama files keep the pairs that are rotated together."""
    halves = weight.unflatten(0, (heads, 2, -1))
    return halves.transpose(1, 2).reshape(weight.shape)


def logits_of(network: nn.Module, length: int = 200) -> Tensor:
    """Logits after each token of one text: [token, vocabulary]."""
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(5, 100, (1, length), generator=generator)
    with torch.no_grad():
        logits: Tensor = network(input_ids=ids).logits[0]
    return logits
