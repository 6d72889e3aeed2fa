"""Open language models: loading, names for the parts of any decoder family, and the check that the names are right.

Layer l (0-based) is the residual stream after block l, that is `hidden_states[l + 1]` of the library. The library's own
last entry of `hidden_states` is already normalised; the residual stream after the last block is not.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from emotion_vectors.models.families import Family, ModelError, family_of, part_of
from emotion_vectors.models.layers import main_layer

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
        ModelError: family unknown, or the self-check fails.
    """
    path = Path(folder)
    card = json.loads((path / "weights.json").read_text())
    tokenizer = AutoTokenizer.from_pretrained(path)
    precision = getattr(torch, dtype)
    network: PreTrainedModel
    if reinitialise is None:
        network = AutoModelForCausalLM.from_pretrained(path, dtype=precision, use_safetensors=True)
    else:
        network = _reinitialised(AutoConfig.from_pretrained(path), reinitialise).to(precision)
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


@contextmanager
def block_hooks(model: LanguageModel, hook: Any) -> Iterator[None]:
    """Call `hook(layer, output_hidden)` after every block; a returned tensor replaces the output.

    Blocks return a tensor or a tuple whose first entry is the residual stream, depending on family and version: the hook
    sees and returns the tensor only. Hooks are removed on leaving, whatever happens inside.
    """

    def after(layer: int) -> Any:
        def forward_hook(_module: nn.Module, _inputs: Any, output: Any) -> Any:
            hidden = output[0] if isinstance(output, tuple) else output
            changed = hook(layer, hidden)
            if changed is None:
                return None
            return (changed, *output[1:]) if isinstance(output, tuple) else changed

        return forward_hook

    handles = [block.register_forward_hook(after(layer)) for layer, block in enumerate(model.blocks)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def residual_streams(model: LanguageModel, ids: Tensor) -> list[Tensor]:
    """Residual stream after every block, [batch, token, d_model] each, by one forward without unembedding."""
    streams: list[Tensor] = []
    with torch.no_grad(), block_hooks(model, lambda _layer, hidden: streams.append(hidden.detach().clone())):
        model.base(input_ids=ids.to(model.device), use_cache=False)
    return streams


def run_blocks(model: LanguageModel, ids: Tensor, blocks: int | None = None) -> Tensor:
    """Our own loop over the blocks, fed with the masks and rotary tables that the model's forward hands to each of them.

    Args:
        blocks: run only this many, all by default; with none the result is the embedding as the first block receives it.
    Returns:
        Residual stream after the last of them, [batch, token, d_model].
    """
    arguments: list[dict[str, Any]] = []

    def before(_module: nn.Module, _inputs: Any, keywords: dict[str, Any]) -> None:
        arguments.append(keywords)

    handles = [block.register_forward_pre_hook(before, with_kwargs=True) for block in model.blocks]
    entry: list[Tensor] = []
    handles.append(model.blocks[0].register_forward_pre_hook(lambda _module, inputs: entry.append(inputs[0])))
    try:
        model.base(input_ids=ids.to(model.device), use_cache=False)
    finally:
        for handle in handles:
            handle.remove()
    hidden = entry[0]
    for block, keywords in list(zip(model.blocks, arguments, strict=True))[:blocks]:
        output = block(hidden, **keywords)
        hidden = output[0] if isinstance(output, tuple) else output
    return hidden


@torch.no_grad()
def self_check(model: LanguageModel) -> None:
    """Shapes, writers, layer convention and block loop against the library's own forward, on a short input.

    Raises:
        ModelError: what differs, and by how much.
    """
    width = model.width
    for layer in range(model.layers):
        for part in (model.attention_output(layer), model.mlp_output(layer)):
            if not isinstance(part, nn.Linear) or part.weight.shape[0] != width:
                raise ModelError(f"{model.name}: a projection of block {layer} does not write {width} numbers")
    ids = torch.arange(3, 11, device=model.device)[None] % model.network.config.get_text_config().vocab_size
    output = model.network(input_ids=ids, use_cache=False, output_hidden_states=True)
    streams = residual_streams(model, ids)
    for layer in range(model.layers - 1):
        _agree(model, f"residual stream after block {layer}", streams[layer], output.hidden_states[layer + 1])
    _agree(model, "final norm of the last residual stream", model.final_norm(streams[-1]), output.hidden_states[-1])
    _agree(model, "own loop over the blocks", run_blocks(model, ids), streams[-1])
    _agree(model, "logits from the last residual stream", model.logits(streams[-1]), output.logits)
    _check_writers(model, ids)


def _check_writers(model: LanguageModel, ids: Tensor) -> None:
    """With both projections of every block silenced, nothing is written and the stream stays what the embedding made it."""
    writers = [part(layer) for layer in range(model.layers) for part in (model.attention_output, model.mlp_output)]
    handles = [
        writer.register_forward_hook(lambda _module, _inputs, output: torch.zeros_like(output)) for writer in writers
    ]
    try:
        streams = residual_streams(model, ids)
    finally:
        for handle in handles:
            handle.remove()
    embedded = run_blocks(model, ids, blocks=0)
    _agree(model, "residual stream with every projection silenced", streams[-1], embedded)


def _agree(model: LanguageModel, what: str, ours: Tensor, theirs: Tensor) -> None:
    tolerance = 1e-4 if model.network.dtype == torch.float32 else 5e-2
    scale = theirs.float().abs().max().clamp_min(1e-12)
    difference = ((ours.float() - theirs.float()).abs().max() / scale).item()
    if not difference <= tolerance:
        raise ModelError(
            f"{model.name}: self-check failed: {what} differs from the library's by {difference:.2e} of its scale"
        )
