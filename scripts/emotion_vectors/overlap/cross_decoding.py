"""Each method's texts decoded by the vectors of the other (O03)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emotion_vectors.circuits.separation import SeparationCurve, accuracy_curve
from emotion_vectors.claims.evidence import evidence_row
from emotion_vectors.models.points import MLP
from emotion_vectors.statistics.effects import Scale

if TYPE_CHECKING:
    from torch import Tensor

    from emotion_vectors.circuits.prompt_states import PromptStates
    from emotion_vectors.statistics.resampling import Draws

ON_PROMPTS, ON_STORIES = "story vectors on instructed prompts", "instruction vectors on stories"
UNITS_OF = {ON_PROMPTS: "held-out scenarios", ON_STORIES: "topics"}
"""What intervals resample, by reading."""


@dataclass(frozen=True)
class Texts:
    """Activations of the six emotions, [group, emotion, layer, d_model] after every block.

    stories: cells of the topics; prompts: of the scenarios that directions are made of; tested: of the held-out ones.
    scenarios, tested_scenarios: of each prompt.
    """

    stories: Tensor
    prompts: Tensor
    tested: Tensor
    scenarios: list[str]
    tested_scenarios: list[str]


def texts_of(stories: Tensor, fit: PromptStates, held_out: PromptStates) -> Texts:
    """Both kinds of texts side by side; stories: cells of the same emotions."""
    return Texts(stories, fit.streams(MLP), held_out.streams(MLP), fit.scenarios, held_out.scenarios)


def curves(texts: Texts, draws: Draws) -> dict[str, SeparationCurve]:
    """Accuracy of both readings by layer; what is read is centred over itself, which is balanced."""
    prompts, stories, counts = texts.tested, texts.stories, (draws.shuffles, draws.seed)
    topics = [str(topic) for topic in range(len(stories))]
    return {
        ON_PROMPTS: accuracy_curve(stories, prompts, prompts.mean((0, 1)), texts.tested_scenarios, *counts),
        ON_STORIES: accuracy_curve(texts.prompts, stories, stories.mean((0, 1)), topics, *counts),
    }


def decoding_evidence(
    by_reading: Mapping[str, SeparationCurve], layer: int, emotions: int, draws: Draws
) -> list[dict[str, Any]]:
    """Evidence on O03 at one layer, with chance as reference."""
    rows = []
    for reading, curve in by_reading.items():
        scale, weights = Scale(UNITS_OF[reading], "accuracy", reference=1 / emotions), np.eye(len(curve.values))[layer]
        accuracy = curve.effect(weights, draws.bootstraps, draws.seed, scale=scale)
        rows.append(evidence_row("O03", reading, accuracy))
    return rows
