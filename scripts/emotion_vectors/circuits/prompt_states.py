"""What a model holds at the last token of a prompt, before any reply (Wang et al. 2025, step 2).

In every block: the residual stream after the attention sublayer has written and after the whole block, the inner activations of
the MLP (its neurons) and the outputs of the attention heads, each as the projection that writes it receives it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.engine.capture import CaptureError
from emotion_vectors.models.points import HEADS, NEURONS, POINT_OF, POINTS
from emotion_vectors.models.sublayers import point_hooks, sublayer
from emotion_vectors.models.tokens import Batch, Encoded, batches, pad_id
from emotion_vectors.statistics.permutation import label_order

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.stimuli.events import Event

RESIDUAL = "residual"
FACTS = ("events", "scenarios", "emotions")


class PromptStateError(MendableError, ValueError):
    """Stored states of prompts do not hold what is asked of them."""


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
    tensors = {RESIDUAL: torch.zeros(len(texts), len(POINTS), model.layers, model.width)}
    for kind in (NEURONS, HEADS) if components else ():
        inputs = sublayer(model, 0, POINT_OF[kind]).projection.in_features
        tensors[kind] = torch.zeros(len(texts), model.layers, inputs)
    bar = tqdm(list(batches(texts, budget, pad_id(model.tokenizer))), desc=f"{model.name} prompts", mininterval=5)
    for batch in bar:
        with _reading(model, batch, tensors):
            model.base(input_ids=batch.ids.to(model.device), use_cache=False)
    for name, tensor in tensors.items():
        _check_finite(model, name, tensor)
    return tensors


@contextmanager
def _reading(model: LanguageModel, batch: Batch, tensors: dict[str, Tensor]) -> Iterator[None]:
    """Hooks that keep the last token of each text of a batch in the rows of that text."""

    def keep(hidden: Tensor, states: Tensor) -> None:
        """Of `hidden` [row, token, number] into `states` [text, number]."""
        states[batch.rows] = hidden[torch.arange(len(batch.rows)), batch.lengths - 1].float().cpu()

    def inputs_into(states: Tensor) -> Callable[[nn.Module, Any], None]:
        return lambda _projection, inputs: keep(inputs[0], states)

    def stream(layer: int, point: str, hidden: Tensor) -> None:
        keep(hidden, tensors[RESIDUAL][:, POINTS.index(point), layer])

    handles = [
        sublayer(model, layer, POINT_OF[kind]).projection.register_forward_pre_hook(
            inputs_into(tensors[kind][:, layer])
        )
        for kind in tensors
        if kind != RESIDUAL
        for layer in range(model.layers)
    ]
    try:
        with point_hooks(model, stream):
            yield
    finally:
        for handle in handles:
            handle.remove()


def _check_finite(model: LanguageModel, name: str, tensor: Tensor) -> None:
    """`tensor`: [text, ..., layer, number]."""
    bad = ~torch.isfinite(tensor).all(-1)
    bad = bad.any(1) if bad.ndim > 2 else bad
    if bad.any():
        text, layer = bad.nonzero()[0].tolist()
        raise CaptureError(
            f"{model.name}: {name} of text {text} at layer {layer} are not finite; check the weights and dtype"
        )


def facts_of(events: Sequence[Event], emotions: Sequence[str]) -> dict[str, str]:
    """What each row belongs to, as metadata of the file of states."""
    values = ([event.name for event in events], [event.scenario for event in events], list(emotions))
    return {name: json.dumps(value) for name, value in zip(FACTS, values, strict=True)}


@dataclass(frozen=True)
class PromptStates:
    """States of the prompts of a file, some or all of its events, read when they are asked for: all layers may not fit into memory.

    events, scenarios: names of the events that are used, and the scenario of each. rows: [event], where they stand in the file.
    order: [event in the file, emotion], which prompt counts as that of an emotion: its own, unless labels are permuted.
    digests: SHA-256 of the model and of the events.
    """

    path: Path
    events: list[str]
    scenarios: list[str]
    emotions: list[str]
    rows: list[int]
    order: Tensor
    digests: dict[str, str]

    def streams(self, point: str, layer: int | None = None) -> Tensor:
        """Residual stream at a point of every block, or of one: [event, emotion, layer, d_model] or [event, emotion, d_model]."""
        return self._read(RESIDUAL, POINTS.index(point), _all_or(layer))

    def both_streams(self) -> Tensor:
        """Residual stream at both points: [event, emotion, point, layer, d_model]."""
        return self._read(RESIDUAL)

    def inputs(self, kind: str, layer: int | None = None) -> Tensor:
        """Inputs of the projection that neurons or heads write through, of every block or of one: [event, emotion, (layer,) inputs].

        Raises:
            ArtefactError: neurons and heads were not captured.
        """
        return self._read(kind, _all_or(layer))

    def named(self, event: int, emotion: int) -> str:
        """Emotion that the prompt names which counts as that of an emotion on one of the events."""
        return self.emotions[int(self.order[self.rows[event], emotion])]

    def _read(self, name: str, *index: int | slice) -> Tensor:
        with files.open_tensors(self.path, "file of prompt states") as stored:
            states: Tensor = stored.slices(name)[(slice(None), slice(None), *index)]
        return states[torch.arange(len(states))[:, None], self.order][self.rows]


def _all_or(layer: int | None) -> int | slice:
    return slice(None) if layer is None else layer


def load(path: Path, used: Collection[str] | None = None, *, permuted: int | None = None) -> PromptStates:
    """Prompts of a file, of the `used` events alone where they are given, in the order of the file.

    Args:
        permuted: placebo: seed by which the emotion labels are permuted within each event, alike for all states of a prompt.
    Raises:
        ArtefactError: the file is not complete.
        PromptStateError: an event occurs in it twice, or one that is used is missing.
    """
    with files.open_tensors(path, "file of prompt states") as stored:
        events, scenarios, emotions = (stored.listed(name) for name in FACTS)
        digests = {name: stored.fact(name) for name in ("model_sha256", "events_sha256")}
    if len(set(events)) < len(events):
        raise PromptStateError(f"{path}: an event occurs twice; delete it and repeat capture_prompts")
    if missing := sorted(set(used or []) - set(events)):
        raise PromptStateError(f"{path} holds no event '{missing[0]}'; repeat the steps from capture_prompts on")
    rows = [row for row, name in enumerate(events) if used is None or name in set(used)]
    return PromptStates(
        path=path,
        events=[events[row] for row in rows],
        scenarios=[scenarios[row] for row in rows],
        emotions=emotions,
        rows=rows,
        order=label_order(events, len(emotions), permuted),
        digests=digests,
    )
