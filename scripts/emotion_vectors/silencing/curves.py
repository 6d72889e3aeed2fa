"""What silencing or driving the top k neurons or heads of a layer does to an emotion score, and what random ones do (step 7 of W).

The emotion score is the projection of the residual stream at the last token on the emotion's direction, right after the sublayer
that the components write through. There silenced components act by their own writing alone, so every curve follows from captured
inputs (`scores.contributions`). Components and direction come from one half of the scenarios, drops from the prompts of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.circuits.scores import ComponentScores, contributions
from emotion_vectors.models.points import POINT_OF, POINTS
from emotion_vectors.silencing.actions import DRIVEN, FEW, RANDOM_COMPONENTS, SILENCED, TOP, ladder
from emotion_vectors.statistics import grouping

if TYPE_CHECKING:
    from emotion_vectors.circuits.prompt_states import PromptStates

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LayerCurves:
    """Changes of the emotion score in one layer; all but `needed` in units of the residual stream's projection on the direction.

    Components are ranked by one half of the scenarios and judged on the prompts of the other, so that every event has one value.

    silenced: [event, emotion, count], drop when so many top components are silenced.
    enhanced: [event, emotion, count], rise when the emotion's difference from the mean of the six is added at them.
    silenced_mean, enhanced_mean: [event, emotion], the same for one random component, in expectation.
    by_part: [half, emotion, part], mean drop by each component alone on the prompts that this half did not choose by.
    needed: [half, emotion], a number: the top components that bring half of the largest mean drop.
    elsewhere: [event, emotion], drop by the `FEW` top components of an emotion on the event's prompts for the other five, mean of them.
    """

    silenced: Tensor
    enhanced: Tensor
    silenced_mean: Tensor
    enhanced_mean: Tensor
    by_part: Tensor
    needed: Tensor
    elsewhere: Tensor


def layer_curves(
    inputs: Tensor, scales: Tensor, scores: Tensor, writes: Tensor, half: Tensor, counts: Sequence[int]
) -> LayerCurves:
    """Curves of one layer, each half judged by what the other chose.

    Args:
        inputs: [event, emotion, inputs]; scales: [event, emotion].
        scores: [half, emotion, part], by which components are ranked; writes: [half, emotion, inputs].
        half: [event]; counts: numbers of components.
    """
    events, emotions = scales.shape
    parts = scores.shape[-1]
    differences = inputs - inputs.mean(1, keepdim=True)
    shape = (events, emotions, len(counts))
    curves = {SILENCED: torch.zeros(shape), DRIVEN: torch.zeros(shape)}
    means = {name: torch.zeros(events, emotions) for name in curves}
    by_part, needed = torch.zeros(2, emotions, parts), torch.zeros(2, emotions)
    elsewhere = torch.zeros(events, emotions)
    for chooser in (0, 1):
        rows = half == 1 - chooser
        order = scores[chooser].argsort(dim=-1, descending=True, stable=True)
        for name, given in ((SILENCED, inputs), (DRIVEN, differences)):
            by_component = contributions(given[rows], writes[chooser], scales[rows], parts)
            summed = by_component.gather(-1, order.expand_as(by_component)).cumsum(-1)
            from_none = torch.cat([torch.zeros_like(summed[..., :1]), summed], dim=-1)
            curves[name][rows] = from_none[..., list(counts)]
            means[name][rows] = by_component.mean(-1)
            if name == SILENCED:
                by_part[chooser] = by_component.mean(0)
                mean = from_none.mean(0)
                needed[chooser] = (mean >= mean.amax(-1, keepdim=True) / 2).float().argmax(-1).float()
        elsewhere[rows] = drops_elsewhere(inputs[rows], scales[rows], writes[chooser], order[:, :FEW], parts)
    return LayerCurves(curves[SILENCED], curves[DRIVEN], means[SILENCED], means[DRIVEN], by_part, needed, elsewhere)


def drops_elsewhere(inputs: Tensor, scales: Tensor, writes: Tensor, chosen: Tensor, parts: int) -> Tensor:
    """Drop of each emotion's score when its components are silenced on prompts for other emotions: [event, emotion].

    Mean over the other emotions of the same event; what drops as much there as on the emotion's own prompts is not the emotion.

    Args:
        inputs: [event, emotion, inputs]; scales: [event, emotion]; writes: [emotion, inputs]; chosen: [emotion, few], of `parts`.
    """
    total, emotions = torch.zeros_like(scales), len(writes)
    for shift in range(1, emotions):
        by_component = contributions(inputs.roll(shift, 1), writes, scales.roll(shift, 1), parts)
        total += by_component.gather(-1, chosen.expand(len(by_component), -1, -1)).sum(-1)
    return total / (emotions - 1)


@dataclass(frozen=True)
class Curves:
    """Curves of all layers, in units of the mean residual norm of each.

    top: action -> [scenario, emotion, layer, count], summed over the prompts of a scenario; random: action -> [scenario, emotion,
    layer], per component; prompts: [scenario]; by_part: [half, emotion, layer, part]; needed: [half, emotion, layer];
    elsewhere: [scenario, emotion, layer], see `LayerCurves`, summed likewise.
    """

    kind: str
    counts: list[int]
    top: dict[str, Array]
    random: dict[str, Array]
    prompts: Array
    by_part: Array
    needed: Array
    elsewhere: Array

    def means(self, draws: Array | None = None) -> dict[tuple[str, str], Array]:
        """Mean curves (action, choice) -> [draw, emotion, layer, count] when scenarios count as often as drawn [draw, scenario]."""
        weights = np.ones((1, len(self.prompts))) if draws is None else draws
        weights = weights / (weights @ self.prompts)[:, None]
        counts = np.array(self.counts, dtype=float)
        curves = {}
        for action in self.top:
            curves[action, TOP] = np.tensordot(weights, self.top[action], 1)
            curves[action, RANDOM_COMPONENTS] = np.tensordot(weights, self.random[action], 1)[..., None] * counts
        return curves


def gather(kind: str, counts: list[int], layers: Sequence[LayerCurves], norms: Tensor, names: Sequence[str]) -> Curves:
    """Curves of all layers, summed over the prompts of each scenario. norms: [layer]; names: scenario of each prompt."""

    def summed(values: Sequence[Tensor]) -> Array:
        stacked = torch.stack([value / norm for value, norm in zip(values, norms, strict=True)], dim=2).double()
        return np.asarray(grouping.sums(stacked, names).numpy())

    by_part = [layer.by_part / norm for layer, norm in zip(layers, norms, strict=True)]
    return Curves(
        kind=kind,
        counts=counts,
        top={
            SILENCED: summed([layer.silenced for layer in layers]),
            DRIVEN: summed([layer.enhanced for layer in layers]),
        },
        random={
            SILENCED: summed([layer.silenced_mean for layer in layers]),
            DRIVEN: summed([layer.enhanced_mean for layer in layers]),
        },
        prompts=np.bincount(grouping.places(names).numpy()).astype(float),
        by_part=torch.stack(by_part, dim=2).double().numpy(),
        needed=torch.stack([layer.needed for layer in layers], dim=2).numpy(),
        elsewhere=summed([layer.elsewhere for layer in layers]),
    )


def curves_of(kind: str, prompts: PromptStates, components: ComponentScores) -> Curves:
    """Curves of all layers of one kind of component on the prompts that its scores were made of."""
    scored, half = components.kinds[kind], grouping.halves(prompts.scenarios)
    parts = scored.scores.shape[-1]
    counts = sorted({*ladder(parts), min(FEW, parts)})
    layers = [
        layer_curves(
            prompts.inputs(kind, layer),
            scored.scales[:, :, layer],
            scored.scores_halves[:, :, layer],
            scored.writes_halves[:, :, layer],
            half,
            counts,
        )
        for layer in range(components.layers)
    ]
    norms = components.norms[POINTS.index(POINT_OF[kind])]
    return gather(kind, counts, layers, norms, prompts.scenarios)


def largest(curve: Array) -> Array:
    """Largest drop on the curve of every layer, averaged over layers: [...] of [..., layer, count]."""
    drops: Array = curve.max(-1).mean(-1)
    return drops


def shares(curve: Array, of: Array) -> Array:
    """Mean over emotions of a curve, averaged over layers, as a share of the largest drops.

    Args:
        curve: [..., emotion, layer, count]; of: [..., emotion, layer, count], curve of the top components that are silenced.
    Returns:
        [..., count].
    """
    means: Array = (curve.mean(-2) / largest(of)[..., None]).mean(-2)
    return means


def random_drops(curves: Curves, count: int, draws: int, seed: int) -> Array:
    """Drops by random components of the same number in the same layers, on the prompts of either half: [draw, half, emotion, layer]."""
    generator, parts = torch.Generator().manual_seed(seed), curves.by_part.shape[-1]
    by_part, drops = torch.from_numpy(curves.by_part), []
    for _ in range(draws):
        chosen = torch.rand(by_part.shape, generator=generator).topk(min(count, parts), dim=-1).indices
        drops.append(by_part.gather(-1, chosen).sum(-1))
    return np.asarray(torch.stack(drops).numpy())
