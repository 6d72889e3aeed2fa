"""What a model holds at the last token of a prompt, before any reply (Wang et al. 2025, step 2).

In every block: the residual stream after the attention sublayer has written and after the whole block, the inner activations of
the MLP (its neurons) and the outputs of the attention heads, each as the projection that writes it receives it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from tqdm import tqdm

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.engine.capture import CaptureError
from emotion_vectors.models.families import part_of
from emotion_vectors.models.hooks import block_hooks
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.tokens import Batch, Encoded, batches, pad_id
from emotion_vectors.statistics.permutation import label_order
from emotion_vectors.stimuli.events import Event

POINTS = ("attention", "mlp")
"""Where the residual stream is read: after the attention sublayer has written, before the MLP; and after the block."""
ATTENTION, MLP = range(len(POINTS))
NAMES = ("events", "scenarios", "themes", "valences")


class PromptStateError(MendableError, ValueError):
    """Stored states of prompts cannot be read, or do not hold what is asked of them."""


@dataclass(frozen=True)
class PromptStates:
    """States at the last token of every prompt; a row for each event and emotion.

    residual: [event, emotion, point, layer, d_model]; of the fitting events, when asked for, also neurons:
    [event, emotion, layer, d_ff] and heads: [event, emotion, layer, heads * head_dim].
    """

    events: list[str]
    scenarios: list[str]
    themes: list[str]
    valences: list[str]
    emotions: list[str]
    residual: Tensor
    neurons: Tensor | None = None
    heads: Tensor | None = None
    digests: dict[str, str] | None = None


def mlp_entries(model: LanguageModel) -> list[nn.Module]:
    """Of every block the part that is handed the residual stream once the attention sublayer has written into it.

    Families differ in what they normalise, before a sublayer or after it. So the part is found by what makes it the one:
    it runs after the attention, and what it is handed plus what the last part of the block returns is the block's output.

    Raises:
        CaptureError: a block has no such part.
    """
    runs: list[list[tuple[nn.Module, Any, Any]]] = [[] for _ in model.blocks]
    outputs: list[Tensor] = []

    def note(layer: int) -> Callable[[nn.Module, Any, Any], None]:
        def after(part: nn.Module, inputs: Any, output: Any) -> None:
            runs[layer].append((part, inputs[0] if inputs else None, output))

        return after

    with ExitStack() as stack, torch.no_grad():
        for layer, block in enumerate(model.blocks):
            for part in block.children():
                stack.callback(part.register_forward_hook(note(layer)).remove)
        stack.enter_context(block_hooks(model, lambda _layer, hidden: outputs.append(hidden)))
        model.base(input_ids=torch.arange(3, 11, device=model.device)[None], use_cache=False)
    return [_entry(model, layer, run, output) for layer, (run, output) in enumerate(zip(runs, outputs, strict=True))]


def _entry(model: LanguageModel, layer: int, run: list[tuple[nn.Module, Any, Any]], output: Tensor) -> nn.Module:
    """Entry of one block from its parts in the order in which they ran: (part, input, output)."""
    attention = part_of(model.blocks[layer], model.family.attention_output.split(".")[0])
    first = 1 + max((place for place, (part, _, _) in enumerate(run) if part is attention), default=len(run))
    for part, received, _ in run[first:]:
        if isinstance(received, Tensor) and _equal(received + run[-1][2], output):
            return part
    raise CaptureError(
        f"{model.name}: no part of block {layer} receives the residual stream between attention and MLP; "
        "say in emotion_vectors/prompt_states.py how this family adds its sublayers"
    )


def _equal(left: Tensor, right: Tensor) -> bool:
    """Same in every bit; values that are not finite are for `capture` to name."""
    return torch.equal(left.nan_to_num(), right.nan_to_num())


@torch.inference_mode()
def capture(
    model: LanguageModel, texts: Sequence[Encoded], budget: int, *, components: bool = True
) -> dict[str, Tensor]:
    """States at the last token of each text.

    Args:
        budget: tokens in a batch, padding included.
        components: keep neurons and heads as well.
    Returns:
        `residual` [text, point, layer, d_model], and with components `neurons` [text, layer, d_ff] and
        `heads` [text, layer, heads * head_dim]; float32.
    Raises:
        CaptureError: a state is not finite (text and layer are named).
    """
    layers = range(model.layers)
    tensors = {"residual": torch.zeros(len(texts), len(POINTS), model.layers, model.width)}
    inputs = [(part, tensors["residual"][:, ATTENTION, layer]) for layer, part in enumerate(mlp_entries(model))]
    for name, writer in (("neurons", model.mlp_output), ("heads", model.attention_output)) if components else ():
        tensors[name] = torch.zeros(len(texts), model.layers, writer(0).get_parameter("weight").shape[1])
        inputs += [(writer(layer), tensors[name][:, layer]) for layer in layers]
    bar = tqdm(list(batches(texts, budget, pad_id(model.tokenizer))), desc=f"{model.name} prompts", mininterval=5)
    for batch in bar:
        with ExitStack() as stack:
            for part, into in inputs:
                stack.callback(part.register_forward_pre_hook(_reader(batch, into)).remove)
            for block, into in zip(model.blocks, tensors["residual"][:, MLP].unbind(1), strict=True):
                stack.callback(block.register_forward_hook(_writer(batch, into)).remove)
            model.base(input_ids=batch.ids.to(model.device), use_cache=False)
    for name, tensor in tensors.items():
        _check_finite(model, name, tensor)
    return tensors


def _reader(batch: Batch, into: Tensor) -> Callable[[nn.Module, Any], None]:
    """Hook that keeps what a part is handed."""

    def before(_part: nn.Module, inputs: Any) -> None:
        _keep(inputs[0], batch, into)

    return before


def _writer(batch: Batch, into: Tensor) -> Callable[[nn.Module, Any, Any], None]:
    """Hook that keeps what a block returns."""

    def after(_block: nn.Module, _inputs: Any, output: Any) -> None:
        _keep(output[0] if isinstance(output, tuple) else output, batch, into)

    return after


def _keep(hidden: Tensor, batch: Batch, into: Tensor) -> None:
    """Write the last token of each row of `hidden` [row, token, number] into its text's row of `into` [text, number]."""
    into[batch.rows] = hidden[torch.arange(len(batch.rows)), batch.lengths - 1].float().cpu()


def _check_finite(model: LanguageModel, name: str, tensor: Tensor) -> None:
    """`tensor`: [text, ..., layer, number]."""
    bad = ~torch.isfinite(tensor).all(-1)
    bad = bad.any(1) if bad.ndim > 2 else bad
    if bad.any():
        text, layer = (int(place) for place in bad.nonzero()[0])
        raise CaptureError(
            f"{model.name}: {name} of text {text} at layer {layer} are not finite; check the weights and dtype"
        )


def facts_of(events: Sequence[Event], emotions: Sequence[str]) -> dict[str, str]:
    """What each row belongs to, as metadata of the file of states."""
    named = {
        "events": [event.name for event in events],
        "scenarios": [event.scenario for event in events],
        "themes": [event.theme for event in events],
        "valences": [event.valence for event in events],
        "emotions": list(emotions),
    }
    return {name: json.dumps(values) for name, values in named.items()}


def load(path: str | Path, *, components: bool = False, permuted: int | None = None) -> PromptStates:
    """Read the states of one set of prompts.

    Args:
        components: read neurons and heads as well.
        permuted: placebo: seed by which the emotion labels are permuted within each event, alike for all states of a prompt.
    Raises:
        PromptStateError: the file is not complete, or an event occurs in it twice.
    """
    try:
        with safe_open(path, framework="pt") as file:
            facts = file.metadata()
            named = {name: json.loads(facts[name]) for name in (*NAMES, "emotions")}
            digests = {name: facts[name] for name in ("model_sha256", "events_sha256")}
            wanted = ("residual", "neurons", "heads") if components else ("residual",)
            tensors = {name: file.get_tensor(name) for name in wanted}
    except (SafetensorError, KeyError, TypeError) as error:
        raise PromptStateError(
            f"{path} is not a complete file of prompt states ({error}); delete it and repeat"
        ) from error
    if len(set(named["events"])) < len(named["events"]):
        raise PromptStateError(f"{path}: an event occurs twice; delete it and repeat capture_prompts")
    if permuted is not None:
        order = label_order(named["events"], len(named["emotions"]), permuted)
        tensors = {name: tensor[torch.arange(len(order))[:, None], order] for name, tensor in tensors.items()}
    return PromptStates(**named, **tensors, digests=digests)
