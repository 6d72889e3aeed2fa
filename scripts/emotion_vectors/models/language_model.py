"""Open language models: loading, and names for the parts of any decoder family.

Layer l (0-based) is the residual stream after block l, that is `hidden_states[l + 1]` of the library. The library's own
last entry of `hidden_states` is already normalised; the residual stream after the last block is not.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import (
    AutoModelForCausalLM,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from emotion_vectors.models.families import ModelError, family_of, part_of
from emotion_vectors.models.layers import main_layer
from emotion_vectors.models.self_check import self_check
from emotion_vectors.weights.families import Family
from emotion_vectors.weights.loading import load_network, load_tokenizer, read_configuration
from emotion_vectors.weights.vocabulary import check_vocabulary, rows_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LanguageModel:
    """A causal decoder with the field's names for its parts."""

    name: str
    network: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    family: Family
    sha256: str
    template: str

    @property
    def base(self) -> nn.Module:
        """Embedding, blocks and final norm, without the unembedding."""
        return part_of(self.network, self.family.base)

    @property
    def blocks(self) -> Sequence[nn.Module]:
        return list(part_of(self.base, self.family.blocks).children())

    @property
    def embedding(self) -> nn.Module:
        return part_of(self.base, self.family.embedding)

    @property
    def rotary(self) -> nn.Module:
        return part_of(self.base, self.family.rotary)

    @property
    def final_norm(self) -> nn.Module:
        return part_of(self.base, self.family.final_norm)

    @property
    def unembedding(self) -> nn.Linear:
        head = part_of(self.network, self.family.unembedding)
        if not isinstance(head, nn.Linear):
            raise ModelError(f"{self.name}: the unembedding '{self.family.unembedding}' is no linear layer")
        return head

    def attention_output(self, layer: int) -> nn.Module:
        """Projection that writes the heads of block `layer` into the residual stream."""
        return part_of(self.blocks[layer], self.family.attention_output)

    def mlp_output(self, layer: int) -> nn.Module:
        """Projection that writes the neurons of block `layer` into the residual stream."""
        return part_of(self.blocks[layer], self.family.mlp_output)

    @property
    def device(self) -> torch.device:
        return self.network.device

    @property
    def layers(self) -> int:
        return len(self.blocks)

    @property
    def width(self) -> int:
        """d_model."""
        return int(self.network.config.get_text_config().hidden_size)

    def logits(self, residual: Tensor) -> Tensor:
        """Logits of residual-stream states after the last block: final norm, unembedding, soft cap where the family has one.

        Args:
            residual: [..., d_model].
        Returns:
            [..., vocabulary].
        """
        logits: Tensor = self.unembedding(self.final_norm(residual))
        cap = getattr(self.network.config.get_text_config(), "final_logit_softcapping", None)
        return cap * torch.tanh(logits / cap) if cap else logits


@dataclass(frozen=True)
class Twin:
    """A model of the same architecture whose weights are drawn anew by the family's own initialiser."""

    seed: int
    depth: float = 1.0
    """It ends with the block nearest this depth: no later block can change what is read there."""


def load(
    folder: str | Path, *, template: str = "chat", dtype: str = "float32", reinitialise: Twin | None = None
) -> LanguageModel:
    """Load converted weights and check that the part names fit.

    Args:
        folder: folder with `config.json`, safetensors, tokenizer and `weights.json`.
        template: `chat` for the tokenizer's own chat template, `plain` for base models.
        dtype: `float32` or `bfloat16`.
        reinitialise: the twin to make in place of the trained model; it shares architecture and tokenizer, and no weight.
    Raises:
        WeightsError: family unknown, or tensors or ids that do not fit (each is named).
        ModelError: the self-check fails.
    """
    path = Path(folder)
    card = json.loads((path / "weights.json").read_text(encoding="utf-8"))
    tokenizer = load_tokenizer(path)
    precision = getattr(torch, dtype)
    network: PreTrainedModel
    if reinitialise is None:
        network = load_network(path, precision)
    else:
        network = _reinitialised(read_configuration(path), reinitialise).to(precision)
    check_vocabulary(tokenizer, rows_of(network), str(path))
    # Through nn.Module, since the library's own wrapper of `to` hides its types.
    nn.Module.to(network, "cuda" if torch.cuda.is_available() else "cpu")
    model = assemble(network, tokenizer, name=card["name"], sha256=card["sha256"], template=template)
    log.info("%s: %d layers, width %d, self-check passed", model.name, model.layers, model.width)
    return model


def load_subject(folder: str | Path, *, template: str, dtype: str, twin: Mapping[str, Any] | None) -> LanguageModel:
    """The trained model, or its re-initialised twin when the fields of a `Twin` are given: what a capture step reads."""
    return load(folder, template=template, dtype=dtype, reinitialise=Twin(**twin) if twin else None)


def _reinitialised(config: PreTrainedConfig, twin: Twin) -> PreTrainedModel:
    text = config.get_text_config()
    text.num_hidden_layers = main_layer(text.num_hidden_layers, twin.depth) + 1
    if getattr(text, "layer_types", None):
        text.layer_types = text.layer_types[: text.num_hidden_layers]
    torch.manual_seed(twin.seed)
    network: PreTrainedModel = AutoModelForCausalLM.from_config(config)  # type: ignore[no-untyped-call]
    return network


def assemble(
    network: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, *, name: str, sha256: str, template: str = "chat"
) -> LanguageModel:
    """Name the parts of a network, freeze it and run the self-check."""
    nn.Module.eval(network).requires_grad_(False)
    model = LanguageModel(name, network, tokenizer, family_of(network), sha256, template)
    self_check(model)
    return model
