"""Preferences of a model between activities as they lie on disk: log-odds, their gradients, and states on the activities.

A pair is asked in both orders. Half the difference between them is the preference for its first activity, half their sum the leaning to
the first letter. The gradient of a preference is taken with respect to an addition on the tokens of one activity alone, the other one and
the question being left as they are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.artefacts import files
from emotion_vectors.engine.capture import over_spans
from emotion_vectors.engine.gradients import respond_by_position
from emotion_vectors.preferences.questions import asked_to, letter_odds, offer, packs
from emotion_vectors.preferences.tournament import Array, Pairs
from emotion_vectors.stimuli.function.activities import Activity, GatePair

if TYPE_CHECKING:
    from emotion_vectors.models.language_model import LanguageModel


@dataclass(frozen=True)
class Preferences:
    """What a model prefers.

    activities: all of them; pairs: [pair, 2], numbers of activities; log_odds: [pair], of the first over the second, nats; leaning: [pair],
    to the first letter, nats; gradients: [pair, side, d_model], at the main layer, of the preference for an activity with respect to an
    addition on its tokens; states: [activity, layer, d_model], mean over its tokens; known: [gate pair], log-odds of the better activity.
    """

    activities: list[Activity]
    pairs: Pairs
    log_odds: Array
    leaning: Array
    gradients: Tensor
    states: Tensor
    known: Array


def measure(
    model: LanguageModel, activities: Sequence[Activity], pairs: Pairs, layer: int, budget: int
) -> dict[str, Tensor]:
    """Tensors of the pairs of a tournament, and states on every activity, by the names of `Preferences`."""
    texts = [activity.text for activity in activities]
    odds, gradients = _offered(model, [(texts[first], texts[second]) for first, second in pairs], layer, budget)
    # The second order is that of the first turned round: its (A) is the second activity of the pair.
    first = (gradients[:, 0, 0] - gradients[:, 1, 1]) / 2
    second = (gradients[:, 1, 0] - gradients[:, 0, 1]) / 2
    prompts, spans = zip(*(asked_to(model, text) for text in texts), strict=True)
    return {
        "pairs": torch.from_numpy(pairs),
        "log_odds": (odds[:, 0] - odds[:, 1]) / 2,
        "leaning": odds.mean(1),
        "gradients": torch.stack([first, second], 1),
        "states": over_spans(model, prompts, spans, budget),
    }


def known_better(model: LanguageModel, pairs: Sequence[GatePair], layer: int, budget: int) -> Tensor:
    """Log-odds of the better activity of every gate pair, both orders averaged: [gate pair], nats."""
    odds, _ = _offered(model, [(pair.better, pair.worse) for pair in pairs], layer, budget)
    return (odds[:, 0] - odds[:, 1]) / 2


def _offered(model: LanguageModel, texts: Sequence[tuple[str, str]], layer: int, budget: int) -> tuple[Tensor, Tensor]:
    """Log-odds of (A), and their gradients by additions on either activity: [pair, order] and [pair, order, side, d_model]."""
    offers = [offer(model, *order) for pair in texts for order in (pair, pair[::-1])]
    odds, gradients = torch.zeros(len(offers)), torch.zeros(len(offers), 2, model.width)
    with tqdm(total=len(offers), desc=f"{model.name} activities", unit="choice", mininterval=5) as bar:
        for pack in packs(model, offers, budget):
            first_over_second = torch.tensor([1.0, -1.0]).repeat(len(pack.numbers))
            response = respond_by_position(model, pack.packed, first_over_second[None], [layer])
            odds[pack.numbers] = letter_odds(response.logprobs)
            gradients[pack.numbers] = pack.spans.float() @ response.gradients[0, 0]
            bar.update(len(pack.numbers))
    return odds.reshape(-1, 2), gradients.reshape(-1, 2, 2, model.width)


def facts_of(activities: Sequence[Activity]) -> dict[str, str]:
    """Metadata of a file of preferences, which `load` reads."""
    return {"activities": json.dumps([vars(activity) for activity in activities])}


def load(path: files.PathLike) -> Preferences:
    """Preferences as `compare_activities` wrote them.

    Raises:
        ArtefactError: the file is not a complete file of preferences.
    """
    with files.open_tensors(path, "file of preferences") as file:
        activities = [Activity(**fields) for fields in file.listed("activities")]
        numbers = {name: file.tensor(name).double().numpy() for name in ("log_odds", "leaning", "known")}
        pairs = file.tensor("pairs").numpy().astype(np.int64)
        return Preferences(
            activities, pairs, gradients=file.tensor("gradients"), states=file.tensor("states"), **numbers
        )
