"""How much of an emotion's contrast a few neurons or heads of a layer write, beside random ones and beside all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.contrasts.labellings import TRUE, Labellings
from emotion_vectors.contrasts.parts import PartContrasts

Array = NDArray[np.float64]

FEW, TEN = 4, 10
"""Parts of a layer that the claims call a handful, and heads of the whole model that one of them counts."""
MOST = 0.3
"""Largest share of parts that may count as few: of more, the ones that are chosen hold most by their number alone."""
RANDOM_DRAWS = 20
"""Draws of so many random parts whose sizes are averaged."""


def outside(top: Tensor, drawn: Tensor) -> Tensor:
    """Numbers of the parts that are drawn from those left when the top ones are taken out: [..., draw, part].

    Args:
        top: [..., few], numbers of the parts taken out; drawn: [draw, part], numbers among those left, in their order.
    """
    numbers = drawn.expand(*top.shape[:-1], *drawn.shape)
    for taken in top.sort(-1).values.unbind(-1):
        numbers = numbers + (numbers >= taken[..., None, None])
    return numbers


def few_of_layer(contrasts: PartContrasts, norm: float, generator: torch.Generator) -> dict[str, Tensor]:
    """Sums over parts of one layer, mean over both halves: name -> [set, emotion], in units of the residual norm.

    top: of the few that write most on the half that chooses; towards: of all that write towards the direction there; writers: how many
    those are; random: of as many random parts, in expectation; top_size: of the top, its sign aside; random_size: the same of random
    parts outside the top, mean over draws.
    """
    judged, few = contrasts.judged / norm, contrasts.top(FEW)
    top, towards = judged.gather(-1, few).sum(-1), contrasts.chosen > 0
    count = few.shape[-1]
    left = judged.shape[-1] - count
    drawn = torch.stack([torch.randperm(left, generator=generator)[:count] for _ in range(RANDOM_DRAWS)])
    numbers = outside(few, drawn)
    random = judged.gather(-1, numbers.flatten(-2)).reshape(numbers.shape)
    sums = {
        "top": top,
        "towards": torch.where(towards, judged, 0.0).sum(-1),
        "writers": towards.to(judged).sum(-1),
        "random": judged.mean(-1) * count,
        "top_size": top.abs(),
        "random_size": random.sum(-1).abs().mean(-1),
    }
    return {name: values.mean(0).double() for name, values in sums.items()}


def ten_of_all(layers: Sequence[PartContrasts], norms: Sequence[float]) -> Tensor:
    """Contrast of the ten parts of all layers that write most on the half that chooses: [set, emotion], mean over both halves."""
    chosen = torch.cat([contrasts.chosen / norm for contrasts, norm in zip(layers, norms, strict=True)], -1)
    judged = torch.cat([contrasts.judged / norm for contrasts, norm in zip(layers, norms, strict=True)], -1)
    top = chosen.topk(min(TEN, chosen.shape[-1]), dim=-1).indices
    return judged.gather(-1, top).sum(-1).mean(0).double()


def strongest(layers: Sequence[PartContrasts], norms: Sequence[float], emotions: Sequence[str]) -> pd.DataFrame:
    """The ten parts of all layers that write most of each emotion, with the true labels.

    Ranked by what they write on the first half of the scenarios, shown by what they write on the second: a rank by the value that is shown
    would flatter it.

    Returns:
        Tidy table: emotion, rank (from 1), layer, part, contrast (on the second half, in units of the residual norm).
    """
    pairs = list(zip(layers, norms, strict=True))
    chosen = torch.stack([contrasts.chosen[0, TRUE] / norm for contrasts, norm in pairs], 1)
    judged = torch.stack([contrasts.judged[0, TRUE] / norm for contrasts, norm in pairs], 1).flatten(1)
    numbers, parts = chosen.flatten(1).topk(min(TEN, judged.shape[-1]), dim=-1).indices, chosen.shape[-1]
    rows = [
        (emotion, rank + 1, number // parts, number % parts, value)
        for emotion, of_emotion, where in zip(
            emotions, judged.gather(1, numbers).tolist(), numbers.tolist(), strict=True
        )
        for rank, (value, number) in enumerate(zip(of_emotion, where, strict=True))
    ]
    return pd.DataFrame(rows, columns=["emotion", "rank", "layer", "part", "contrast"])


def along_stories(contrasts: PartContrasts) -> Tensor:
    """What the few write along the other method's directions minus what random ones do: [set, emotion], mean over both halves."""
    assert contrasts.stories is not None
    few = contrasts.top(FEW)
    random = contrasts.stories.mean(-1) * few.shape[-1]
    return (contrasts.stories.gather(-1, few).sum(-1) - random).mean(0).double()


@dataclass(frozen=True)
class FewParts:
    """Sums of one kind of part in every layer, name -> [set, emotion, layer] as in `few_of_layer`; parts: in a layer."""

    kind: str
    parts: int
    sums: dict[str, Array]
    labellings: Labellings

    @property
    def layers(self) -> int:
        """Layers that the sums are of."""
        return int(self.sums["top"].shape[-1])

    @property
    def writers(self) -> float:
        """Parts of a layer that write towards a direction on the half that chooses: mean over halves, emotions and layers."""
        return float(self.sums["writers"][TRUE].mean())

    def over_layers(self, name: str) -> Array:
        """Sums of all layers: [set, emotion]."""
        total: Array = self.sums[name].sum(-1)
        return total

    def table(self) -> pd.DataFrame:
        """By layer, mean over emotions: layer, top, towards, random, null_95 (of `top`, under permuted labels), kind."""
        columns = {name: self.sums[name][TRUE].mean(0) for name in ("top", "towards", "random")}
        null = np.quantile(self.sums["top"][self.labellings.permuted].mean(1), 0.95, axis=0)
        return pd.DataFrame(columns).assign(null_95=null, kind=self.kind).rename_axis("layer").reset_index()
