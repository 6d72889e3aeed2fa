"""Open language models: loading, and names for the parts of any decoder family.

Layer l (0-based) is the residual stream after block l, that is `hidden_states[l + 1]` of the library. The library's own
last entry of `hidden_states` is already normalised; the residual stream after the last block is not.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import (
    AutoModelForCausalLM,
    GenerationConfig,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import GENERATION_CONFIG_NAME

from emotion_vectors.artefacts import provenance
from emotion_vectors.models import conversation
from emotion_vectors.models.conversation import DATE, Conversation
from emotion_vectors.models.families import ModelError, family_of, part_of
from emotion_vectors.models.layers import main_layer
from emotion_vectors.models.placement import device_for_model
from emotion_vectors.models.self_check import check_conversation, self_check
from emotion_vectors.models.tokens import TokenError
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
    conversation: Conversation

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
        return self.unembed(self.final_norm(residual))

    def unembed(self, normalised: Tensor) -> Tensor:
        """Logits of states after the final norm, as `base` returns them: [..., vocabulary] of [..., d_model]."""
        logits: Tensor = self.unembedding(normalised)
        cap = getattr(self.network.config.get_text_config(), "final_logit_softcapping", None)
        return cap * torch.tanh(logits / cap) if cap else logits


@dataclass(frozen=True)
class Twin:
    """A model of the same architecture whose weights are drawn anew by the family's own initialiser."""

    seed: int
    depth: float = 1.0
    """It ends with the block nearest this depth: no later block can change what is read there."""


def load(
    folder: str | Path,
    *,
    template: str = "chat",
    dtype: str = "float32",
    date: str = DATE,
    reinitialise: Twin | None = None,
) -> LanguageModel:
    """Load converted weights and check that the part names fit.

    Args:
        folder: folder with `config.json`, safetensors, tokenizer and `weights.json`.
        template: `chat` for the tokenizer's own chat template, `plain` for base models.
        dtype: `float32` or `bfloat16`.
        date: ISO date that chat templates take for the date.
        reinitialise: the twin to make in place of the trained model; it shares architecture and tokenizer, and no weight.
    Raises:
        WeightsError: family unknown, or tensors or ids that do not fit (each is named).
        ModelError: the self-check fails.
        TokenError: the chat template does not keep what it is given (model and fault are named).
        DeviceError: a GPU is asked for, and there is none.
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
    nn.Module.to(network, device_for_model())
    model = assemble(network, tokenizer, name=card["name"], sha256=card["sha256"], template=template, date=date)
    provenance.current().precisions[model.name] = dtype
    log.info("%s: %d layers, width %d, %s, self-check passed", model.name, model.layers, model.width, dtype)
    return model


def load_subject(
    folder: str | Path, *, template: str, dtype: str, date: str, twin: Mapping[str, Any] | None
) -> LanguageModel:
    """The trained model, or its re-initialised twin when the fields of a `Twin` are given: what a capture step reads."""
    return load(folder, template=template, dtype=dtype, date=date, reinitialise=Twin(**twin) if twin else None)


def _reinitialised(config: PreTrainedConfig, twin: Twin) -> PreTrainedModel:
    text = config.get_text_config()
    text.num_hidden_layers = main_layer(text.num_hidden_layers, twin.depth) + 1
    if getattr(text, "layer_types", None):
        text.layer_types = text.layer_types[: text.num_hidden_layers]
    torch.manual_seed(twin.seed)
    network: PreTrainedModel = AutoModelForCausalLM.from_config(config)  # type: ignore[no-untyped-call]
    return network


def assemble(
    network: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    *,
    name: str,
    sha256: str,
    template: str = "chat",
    date: str = DATE,
) -> LanguageModel:
    """Name the parts of a network, freeze it and run the self-check of network and conversation."""
    nn.Module.eval(network).requires_grad_(False)
    spoken = conversation_of(name, tokenizer, template, date, ends_of(network.generation_config))
    model = LanguageModel(name, network, tokenizer, family_of(network), sha256, spoken)
    self_check(model)
    return model


def read_conversation(folder: str | Path, *, template: str, date: str) -> Conversation:
    """The conversation of converted weights, without the weights.

    Raises:
        TokenError: as `conversation_of`.
    """
    path = Path(folder)
    card = json.loads((path / "weights.json").read_text(encoding="utf-8"))
    if (path / GENERATION_CONFIG_NAME).exists():
        settings = GenerationConfig.from_pretrained(path)
    else:
        settings = GenerationConfig.from_model_config(read_configuration(path))
    return conversation_of(card["name"], load_tokenizer(path), template, date, ends_of(settings))


def conversation_of(
    name: str, tokenizer: PreTrainedTokenizerBase, template: str, date: str, ends: Collection[int]
) -> Conversation:
    """The conversation of a model, proved on short ones.

    Args:
        name: of the model, for messages. ends: tokens that its settings name as ends of a text.
    Raises:
        TokenError: the template does not keep what it is given, or a token is not where it has to be (model and fault are named).
    """
    try:
        spoken = conversation.of_tokenizer(tokenizer, template, today=date, ends=ends)
        check_conversation(spoken)
    except TokenError as error:
        raise TokenError(f"{name}: {error}") from error
    facts = spoken.facts()
    log.info(
        "%s: system text %s, thinking %s, ends %s, conversation %s",
        name,
        facts["system"],
        facts["thinking"],
        ", ".join(facts["ends"].values()),
        facts["sha256"][:12],
    )
    provenance.current().conversations[name] = facts["sha256"]
    return spoken


def ends_of(settings: GenerationConfig | None) -> frozenset[int]:
    """Tokens that the settings of a model name as the end of a text."""
    ends = getattr(settings, "eos_token_id", None)
    return frozenset([ends] if isinstance(ends, int) else ends or ())
