"""Scores of heads from one forward pass beside real silencing, one pass for each head, on the same prompts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from emotion_vectors.benchmarks import timing
from emotion_vectors.circuits.scores import falls
from emotion_vectors.engine.component_edits import read_last, silence_heads_one_by_one
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.points import ATTENTION, POINTS
from emotion_vectors.models.sublayers import mlp_input_norm, sublayer
from emotion_vectors.models.tokens import Encoded
from emotion_vectors.statistics import random_directions

HEAD_RATIOS = {
    "head_scoring_vs_silencing": "scores/s of all heads from one forward pass of a prompt (components.falls, read with and without the "
    "norm of the MLP's input) over those of silencing one head after the other, one pass of the blocks each",
}
COUNT = 16
"""Heads that are really silenced in the benchmark, at equal distances through the model."""


def spread_heads(model: LanguageModel, count: int) -> list[tuple[int, int]]:
    """Heads at equal distances through the model: (layer, head)."""
    per_layer = sublayer(model, 0, ATTENTION).parts
    numbers = (
        torch.linspace(0, model.layers * per_layer - 1, min(count, model.layers * per_layer)).round().int().tolist()
    )
    return [(number // per_layer, number % per_layer) for number in numbers]


@torch.inference_mode()
def score_by_writing(model: LanguageModel, text: Encoded, directions: Tensor) -> Tensor:
    """Scores of all heads on one prompt from one forward pass: [reading, layer, head], the second reading as coded by W.

    Args:
        directions: [layer, d_model].
    """
    inputs: dict[int, Tensor] = {}
    writers = [sublayer(model, layer, ATTENTION) for layer in range(model.layers)]

    def keep(layer: int) -> Any:
        return lambda _module, given: inputs.__setitem__(layer, given[0][:, -1].float())

    handles = [there.projection.register_forward_pre_hook(keep(layer)) for layer, there in enumerate(writers)]
    try:
        streams = read_last(model, torch.tensor([text.ids]))[:, POINTS.index(ATTENTION)].to(model.device)
    finally:
        for handle in handles:
            handle.remove()
    rows = []
    for layer, there in enumerate(writers):
        readers = (None, mlp_input_norm(model, layer))
        fallen = [falls(there, inputs[layer], streams[:, layer], reader)[0] for reader in readers]
        rows.append(torch.stack(fallen) @ directions[layer].to(model.device))
    return torch.stack(rows, dim=1).cpu()


@torch.inference_mode()
def score_by_silencing(
    model: LanguageModel, text: Encoded, directions: Tensor, heads: Sequence[tuple[int, int]]
) -> Tensor:
    """Scores of some heads on one prompt by one forward pass each: [reading, head]."""
    base, silenced = silence_heads_one_by_one(model, text, heads)
    rows = []
    for (layer, _), stream in zip(heads, silenced, strict=True):
        pair = torch.stack([base[POINTS.index(ATTENTION), layer], stream]).to(model.device)
        both = torch.stack([pair, mlp_input_norm(model, layer)(pair)])
        rows.append((both[:, 0] - both[:, 1]).cpu() @ directions[layer])
    return torch.stack(rows, dim=1)


def compare(
    model: LanguageModel, texts: Sequence[Encoded], directions: Tensor, heads: Sequence[tuple[int, int]]
) -> dict[str, Any]:
    """Both ways on the same prompts: how far they differ, forward passes and seconds.

    Args:
        directions: [text, layer, d_model].
    Returns:
        `ratios`, `largest_difference` as a share of the largest score of each reading, `passes`, `seconds` and `sizes`.
    """
    scores: dict[str, list[Tensor]] = {"writing": [], "silencing": []}
    pairs = list(zip(texts, directions, strict=True))
    score_by_writing(model, *pairs[0])
    seconds = {
        "writing": timing.seconds(lambda: scores["writing"].extend(score_by_writing(model, *pair) for pair in pairs)),
        "silencing": timing.seconds(
            lambda: scores["silencing"].extend(score_by_silencing(model, *pair, heads) for pair in pairs)
        ),
    }
    layers, numbers = (torch.tensor(values) for values in zip(*heads, strict=True))
    ours, theirs = torch.stack(scores["writing"])[:, :, layers, numbers], torch.stack(scores["silencing"])
    scale = theirs.abs().amax((0, 2))
    difference = (ours - theirs).abs().amax((0, 2)) / scale
    everything = len(texts) * scores["writing"][0][0].numel()
    rates = {"writing": everything / seconds["writing"], "silencing": len(texts) * len(heads) / seconds["silencing"]}
    return {
        "ratios": {"head_scoring_vs_silencing": rates["writing"] / rates["silencing"]},
        # One pass gives the scores of all heads, silencing takes one for each.
        "ceilings": {"head_scoring_vs_silencing": float(everything // len(texts))},
        "largest_difference": {"as_written": float(difference[0]), "as_coded": float(difference[1])},
        "passes": {"writing": len(texts), "silencing_all": everything + len(texts)},
        "scores_per_second": rates,
        "seconds": seconds,
        "sizes": {
            "prompts": len(texts),
            "heads": everything // len(texts),
            "heads_silenced": len(heads),
            "tokens": sum(len(text.ids) for text in texts),
        },
    }


def measure(model: LanguageModel, texts: Sequence[Encoded]) -> dict[str, Any]:
    """The comparison on any texts, with random directions: speed does not depend on them."""
    directions = random_directions.gaussian((len(texts), model.layers, model.width), 0)
    return compare(model, texts, directions, spread_heads(model, COUNT))
