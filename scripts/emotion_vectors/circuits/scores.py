"""Scores of neurons and heads without a forward pass: what each writes along an emotion direction (steps 5 and 6 of W).

Everything follows from what was captured at the last token of a prompt: the inputs of both output projections and the residual
stream between the sublayers. A head that is silenced changes its own layer's stream at the last token by its own output there alone,
whatever happens at other positions, so its score is exact. Where a family normalises what a sublayer writes, the other parts
are written anew with the scale that is left: exact as well, though no longer a sum over heads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from emotion_vectors.artefacts import files
from emotion_vectors.models.points import HEADS, POINT_OF, POINTS
from emotion_vectors.models.sublayers import Sublayer, mlp_input_norm, sublayer

if TYPE_CHECKING:
    from emotion_vectors.circuits.emotion_directions import EmotionDirections
    from emotion_vectors.circuits.prompt_states import PromptStates
    from emotion_vectors.models.language_model import LanguageModel

PROMPTS_TOGETHER = 64
"""Prompts whose heads are looked at together; changes no result."""


def contributions(inputs: Tensor, writes: Tensor, scales: Tensor, parts: int) -> Tensor:
    """What each part adds to the projection of the stream on its own direction: [..., part].

    Exact where nothing normalises what a sublayer writes; elsewhere with the scale held that the untouched sublayer has.

    Args:
        inputs, writes: [..., inputs]; scales: [...].
    """
    written = inputs / scales[..., None] * writes
    return written.reshape(*written.shape[:-1], parts, -1).sum(-1)


def falls(attention: Sublayer, inputs: Tensor, stream: Tensor, reader: nn.Module | None = None) -> Tensor:
    """Change of what is read at the attention point when each head is silenced, without a forward pass.

    Args:
        inputs: [row, inputs] of the attention output projection; stream: [row, d_model] after the attention sublayer.
        reader: norm through which the stream is read, as in the code of W; the stream itself by default.
    Returns:
        [row, head, d_model], untouched minus silenced.
    """
    by_head = attention.by_part(inputs)
    if attention.norm is not None:
        bias = attention.projection.bias
        projected = by_head.sum(1, keepdim=True) + (0 if bias is None else bias)
        by_head = attention.norm(projected) - attention.norm(projected - by_head)
    if reader is None:
        return by_head
    read: Tensor = reader(stream)[:, None] - reader(stream[:, None] - by_head)
    return read


@dataclass(frozen=True)
class HeadScores:
    """Scores of the heads of one layer.

    by_event: [event, emotion, set, head], falls of the projection on the directions of each set;
    mean_falls: [emotion, head, d_model], over the kept events: their products with any direction are its scores.
    """

    by_event: Tensor
    mean_falls: Tensor


@torch.inference_mode()
def head_scores(
    attention: Sublayer, inputs: Tensor, stream: Tensor, directions: Tensor, reader: nn.Module | None = None
) -> HeadScores:
    """Importance of every head of a layer for every emotion, on the prompts of that emotion.

    Args:
        inputs: [event, emotion, inputs]; stream: [event, emotion, d_model]; directions: [set, emotion, d_model].
    """
    events, emotions, width = stream.shape
    device = attention.projection.weight.device
    by_event = torch.zeros(events, emotions, len(directions), attention.parts)
    totals = torch.zeros(emotions, attention.parts, width)
    for emotion in range(emotions):
        along = directions[:, emotion].to(device)
        for begin in range(0, events, PROMPTS_TOGETHER):
            rows = slice(begin, begin + PROMPTS_TOGETHER)
            fallen = falls(attention, inputs[rows, emotion].to(device), stream[rows, emotion].to(device), reader)
            by_event[rows, emotion] = torch.einsum("nhd,sd->nsh", fallen, along).cpu()
            totals[emotion] += fallen.sum(0).cpu()
    return HeadScores(by_event, totals / events)


def means_of_halves(values: Tensor, half: Tensor) -> Tensor:
    """Means of each half: [2, ...] of values [event, 2, ...], whose second axis has one entry for the directions of each half."""
    return torch.stack([values[half == number, number].mean(0) for number in (0, 1)])


def share_of_top(scores: Tensor, count: int) -> Tensor:
    """Share of the positive scores that the `count` largest hold: [...] of [..., part]; 0 where none is positive."""
    positive = scores.clamp_min(0)
    total = positive.sum(-1)
    top = positive.topk(min(count, positive.shape[-1]), dim=-1).values.sum(-1)
    return torch.where(total > 0, top / total.clamp_min(torch.finfo(total.dtype).tiny), 0.0)


@torch.inference_mode()
def score_layer(
    model: LanguageModel, prompts: PromptStates, directions: Tensor, layer: int, half: Tensor
) -> dict[str, Tensor]:
    """Everything about one layer, by the names that it has in the file of scores.

    Args:
        directions: [set, emotion, point, d_model] at this layer; the sets are all events and the two halves.
        half: of each event.
    """
    scored: dict[str, Tensor] = {}
    for kind, point in POINT_OF.items():
        writer, along = sublayer(model, layer, point), directions[:, :, POINTS.index(point)]
        inputs = prompts.inputs(kind, layer)
        scored |= {f"{singular(kind)}_{name}": value for name, value in _written(writer, inputs, along, half).items()}
        if kind == HEADS:
            stream = prompts.streams(point, layer)
            for name, reader in (("head_scores", None), ("head_scores_as_coded", mlp_input_norm(model, layer))):
                heads = head_scores(writer, inputs, stream, along, reader)
                scored[name] = heads.by_event[:, :, 0].mean(0)
                scored[f"{name}_halves"] = means_of_halves(heads.by_event[:, :, 1:].transpose(1, 2), half)
                scored[f"{name}_by_event"] = heads.by_event[:, :, 0]
            scored["mean_falls_as_coded"] = heads.mean_falls
    return scored


def _written(writer: Sublayer, inputs: Tensor, directions: Tensor, half: Tensor) -> dict[str, Tensor]:
    """Writes, scales and scores of one layer from inputs [event, emotion, inputs] and directions [set, emotion, d_model]."""
    device = writer.projection.weight.device
    writes, scales = writer.writes(directions.to(device)).cpu(), writer.scale(inputs.to(device)).cpu()
    per_unit = inputs / scales[..., None]
    halves = torch.stack([per_unit[half == number].mean(0) for number in (0, 1)])
    return {
        "writes": writes[0],
        "writes_halves": writes[1:],
        "scales": scales,
        "scores": per_unit.mean(0) * writes[0],
        "scores_halves": halves * writes[1:],
    }


def singular(kind: str) -> str:
    """`neuron` of `neurons`, `head` of `heads`: how the tensors of a kind are named."""
    return kind.removesuffix("s")


def stack_layers(layers: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Tensors of all layers from those of each, with the layer right after the emotion.

    The emotion is the first axis, or the second where values are by half or by event.
    """
    second = ("_halves", "_by_event", "_scales")
    return {
        name: torch.stack([layer[name] for layer in layers], dim=2 if name.endswith(second) else 1)
        for name in layers[0]
    }


@dataclass(frozen=True)
class KindScores:
    """Scores of one kind of component, and what curves of silenced components are made of.

    scores: [emotion, layer, part], from all events. writes: [emotion, layer, inputs], what one unit of each input adds to the
    projection; scales: [event, emotion, layer], what the inputs are to be divided by.
    scores_halves, writes_halves: the same with a half of the events in front.
    """

    scores: Tensor
    scores_halves: Tensor
    writes: Tensor
    writes_halves: Tensor
    scales: Tensor


@dataclass(frozen=True)
class ComponentScores:
    """Scores of all neurons and heads of a model, as `score_components` stores them.

    norms: [point, layer], mean residual norm; used: events that the scores are means of.
    heads_by_event, heads_as_coded_by_event: [event, emotion, layer, head], read as they are and through the norm before the MLP, as
    the code of W does; mean_falls_as_coded: [emotion, layer, head, d_model].
    """

    kinds: dict[str, KindScores]
    norms: Tensor
    heads_by_event: Tensor
    heads_as_coded_by_event: Tensor
    mean_falls_as_coded: Tensor
    emotions: list[str]
    used: list[str]

    @property
    def layers(self) -> int:
        """Blocks of the model."""
        return self.norms.shape[1]


def save(layers: Sequence[Mapping[str, Tensor]], directions: EmotionDirections, path: Path, **facts: str) -> None:
    """Write the scores of all layers along these directions; `facts` join the metadata."""
    lists = {"emotions": json.dumps(directions.emotions), "used": json.dumps(directions.used)}
    files.write_tensors(stack_layers(layers) | {"norms": directions.norms}, path, **lists, **facts)


def load(path: Path) -> ComponentScores:
    """Read what `save` wrote.

    Raises:
        ArtefactError: the file is not complete.
    """
    with files.open_tensors(path, "file of component scores") as stored:
        return ComponentScores(
            kinds={
                kind: KindScores(
                    **{name: stored.tensor(f"{singular(kind)}_{name}") for name in KindScores.__annotations__}
                )
                for kind in POINT_OF
            },
            norms=stored.tensor("norms"),
            heads_by_event=stored.tensor("head_scores_by_event"),
            heads_as_coded_by_event=stored.tensor("head_scores_as_coded_by_event"),
            mean_falls_as_coded=stored.tensor("mean_falls_as_coded"),
            emotions=stored.listed("emotions"),
            used=stored.listed("used"),
        )
