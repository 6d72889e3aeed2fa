"""Heads and neurons made to write an emotion: whether the rules of contrasts name exactly these.

Prompts are emptied first: labels are permuted within every event. Then three parts get inputs on the prompts of every emotion by which
each writes a contrast of a given size, and what they write is in the residual stream after them and after all later layers, as a stream
passes it on. No model runs: what a part writes follows of its inputs and its weights.

Sizes are in units of the root-mean-square length of the means of the emotions in the emptied stream, as a share of its norm, over the
layers whose parts are compared: what differs between emotions by the scatter of the prompts alone. Heads are compared over all layers by
such shares, and the scatter of a single one would be no measure: in the first ones, where all prompts still end alike, there is hardly
any. Neurons are looked at in one layer, drawn anew each time, and have the scatter of that layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from emotion_vectors.contrasts import few, few_evidence
from emotion_vectors.contrasts.few_evidence import CLAIMS, Judged
from emotion_vectors.contrasts.parts import LayerStates, contrasts
from emotion_vectors.controls.sown import NAMED, OPPOSITE, PLANT, SHAM, Sown
from emotion_vectors.models.points import HEADS
from emotion_vectors.statistics.algebra import centred

PARTS = 3
"""Parts that are made to write."""

Site = tuple[int, int]
"""Number of a layer, among those that are given, and of a part in it."""


@dataclass(frozen=True)
class Writer:
    """A part that is made to write.

    inputs: [emotion, inputs of the part]; written: what it adds to the stream by them, [emotion, d_model], each of unit length.
    """

    site: Site
    inputs: Tensor
    written: Tensor


def emptied(layers: Iterable[LayerStates], generator: np.random.Generator) -> list[LayerStates]:
    """Layers with the prompts of every event in another order, the same in all of them."""
    known = list(layers)
    rows, order = permuted_labels(known[0], generator)
    return [replace(layer, inputs=layer.inputs[rows, order], stream=layer.stream[rows, order]) for layer in known]


def permuted_labels(layer: LayerStates, generator: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Number of each event [event, 1], and emotions in another order in each [event, emotion]."""
    events, emotions = layer.inputs.shape[:2]
    order = generator.permuted(np.tile(np.arange(emotions), (events, 1)), axis=1)
    return torch.arange(events)[:, None], torch.from_numpy(order)


def between_means(layers: Sequence[LayerStates]) -> float:
    """Root-mean-square length of the means of the emotions in the stream, relative to their mean, as a share of the norm of each layer."""
    shares = [centred(layer.stream, axis=1).mean(0).square().sum(-1).mean() / layer.norm**2 for layer in layers]
    return float(torch.stack(shares).mean().sqrt())


@torch.no_grad()
def writer(layers: Sequence[LayerStates], site: Site, generator: np.random.Generator) -> Writer:
    """A part whose inputs tell emotions apart in a random way, half of them on either side of each input's median.

    Raises:
        ValueError: the part writes nothing whatever its inputs.
    """
    layer, (_, part) = layers[site[0]], site
    emotions, width = layer.inputs.shape[1], layer.inputs.shape[-1] // layer.parts
    output = layer.writes(torch.eye(layer.stream.shape[-1]))[:, part * width : (part + 1) * width]
    drawn = generator.normal(size=(emotions, width))
    inputs = torch.from_numpy(drawn - np.median(drawn, axis=0)).to(output)
    written = inputs @ output.T
    lengths = written.norm(dim=-1, keepdim=True)
    if not (lengths > 0).all():
        raise ValueError(f"part {part} of layer {site[0]} writes nothing; its weights are zero")
    return Writer(site, inputs / lengths, written / lengths)


def with_writers(
    layers: Sequence[LayerStates], writers: Iterable[Writer], kind: str, size: float, generator: np.random.Generator
) -> list[LayerStates]:
    """Layers in which some parts write a contrast of this size.

    Shams write as much by labels that are permuted in every event. Opposites write the negative of what is in the stream, as if other
    parts, which are not looked at, wrote twice as much.
    """
    planted, scatter = list(layers), between_means(layers)
    events, emotions = layers[0].inputs.shape[:2]
    labels = torch.arange(emotions).expand(events, emotions)
    if kind == SHAM:
        labels = permuted_labels(layers[0], generator)[1]
    for writing in writers:
        at, part = writing.site
        amount, width = size * scatter * layers[at].norm, writing.inputs.shape[1]
        inputs = planted[at].inputs.clone()
        sign = -1 if kind == OPPOSITE else 1
        inputs[..., part * width : (part + 1) * width] += sign * amount * writing.inputs[labels]
        planted[at] = replace(planted[at], inputs=inputs)
        for above in range(at, len(planted)):
            stream = planted[above].stream + amount * writing.written[labels]
            planted[above] = replace(planted[above], stream=stream)
    return planted


@torch.no_grad()
def evidence(
    kind: str, layers: Sequence[LayerStates], judged: Judged, emotions: Sequence[str]
) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    """Evidence on W05b from heads, or on W04b from neurons, of these layers alone, and the parts that write most of each emotion.

    Of heads it is the part on ten of the whole model: four of a layer are no handful where a layer has few.
    """
    generator, norms = torch.Generator().manual_seed(judged.seed), [layer.norm for layer in layers]
    by_layer = [contrasts(layer, judged.labellings) for layer in layers]
    sums = [few.few_of_layer(of_layer, norm, generator) for of_layer, norm in zip(by_layer, norms, strict=True)]
    stacked = {name: torch.stack([of_layer[name] for of_layer in sums], -1).numpy() for name in sums[0]}
    parts = few.FewParts(kind, layers[0].parts, stacked, judged.labellings)
    strongest = few.strongest(by_layer, norms, emotions)
    if kind == HEADS:
        return [few_evidence.ten_row(parts, few.ten_of_all(by_layer, norms).numpy(), judged)], strongest
    return [row for row in few_evidence.handful_rows(parts, judged) if row["claim"] == CLAIMS[kind]], strongest


def share_named(strongest: pd.DataFrame, sites: Iterable[Site]) -> float:
    """Share of the emotions whose strongest parts are exactly those at these sites."""
    planted = {*sites}
    first = strongest[strongest["rank"] <= len(planted)]
    named = [{*zip(of["layer"], of["part"], strict=True)} == planted for _, of in first.groupby("emotion")]
    return sum(named) / len(named)


@dataclass(frozen=True)
class PlantedPrompts:
    """Prompts into which writers are planted.

    kind: of part; layers: those that are looked at, as captured; emotions: their names.
    """

    kind: str
    layers: Sequence[LayerStates]
    emotions: Sequence[str]
    judged: Judged

    def sown_and_judged(
        self, claims: Mapping[str, Mapping[str, Any]], sizes: Sequence[float], draw: int, seed: int
    ) -> Iterator[dict[str, Any]]:
        """Verdicts on all that is planted into the emptied prompts: writers of every size, and in the largest one what is none."""
        generator = np.random.default_rng([seed, draw])
        empty = emptied(self.layers, generator)
        count = empty[0].parts
        numbers = generator.choice(len(empty) * count, PARTS, replace=False)
        writers = [writer(empty, (int(number) // count, int(number) % count), generator) for number in numbers]
        kinds = [*((PLANT, size) for size in sizes), *((kind, max(sizes)) for kind in (SHAM, OPPOSITE))]
        for kind, size in kinds:
            planted = Sown(self.kind, kind, size, draw)
            rows, strongest = evidence(
                self.kind, with_writers(empty, writers, kind, size, generator), self.judged, self.emotions
            )
            yield from planted.judged(claims, rows)
            share = share_named(strongest, (writing.site for writing in writers))
            verdict = "named" if share == 1 else "not named"
            yield planted.row(CLAIMS[self.kind], NAMED, share, verdict, is_found=share == 1)
