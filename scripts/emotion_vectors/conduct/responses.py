"""Responses of a model to a set of behaviour items, as they lie on disk: unsteered readouts, gradients, readings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.engine.gradients import respond
from emotion_vectors.engine.prompts import contrast
from emotion_vectors.stimuli.experiments import NO_VARIANT, Experiment
from emotion_vectors.stimuli.situations import Item, contrasts_of, of_experiment

if TYPE_CHECKING:
    from emotion_vectors.engine.packing import Packed
    from emotion_vectors.models.language_model import LanguageModel


class ResponseError(MendableError, ValueError):
    """Stored responses do not hold what is asked of them."""


@dataclass(frozen=True)
class ItemKey:
    """Which item a row belongs to."""

    scenario: str
    variant: str
    group: str


@dataclass(frozen=True)
class Responses:
    """Responses of one model to the items of one set.

    log_odds: [item, contrast], unsteered, nats per token. readings: [item, layer, d_model], before the reply.
    gradients: [differentiated item, contrast, layer, d_model]; `differentiated` are their rows among the items.
    """

    keys: list[ItemKey]
    contrasts: list[tuple[str, str]]
    log_odds: Tensor
    readings: Tensor
    gradients: Tensor
    differentiated: list[int]

    def column(self, experiment: Experiment) -> int:
        """Contrast of an experiment.

        Raises:
            ResponseError: it was not measured.
        """
        pair = (experiment.target, experiment.alternative)
        if pair not in self.contrasts:
            raise ResponseError(f"experiment '{experiment.name}' was not measured; repeat capture_responses")
        return self.contrasts.index(pair)

    def rows(self, experiment: Experiment) -> list[int]:
        """Items of an experiment, by scenario and, within each, by variant in the order of the table."""
        variants = experiment.variants or (NO_VARIANT,)
        chosen = [row for row, key in enumerate(self.keys) if experiment.takes(key.variant, key.group)]
        order = list(dict.fromkeys(key.scenario for key in self.keys))
        return sorted(
            chosen, key=lambda row: (order.index(self.keys[row].scenario), variants.index(self.keys[row].variant))
        )

    def gradients_of(self, experiment: Experiment) -> Tensor:
        """Gradients of an experiment's log-odds: [scenario, variant, layer, d_model]."""
        rows = [self.differentiated.index(row) for row in self.rows(experiment)]
        gradients = self.gradients[rows, self.column(experiment)]
        return gradients.reshape(-1, len(experiment.variants) or 1, *gradients.shape[1:])

    def by_situation(self, experiment: Experiment) -> NDArray[np.float64]:
        """Unsteered log-odds of an experiment, averaged over variants: [situation]."""
        odds = self.log_odds[self.rows(experiment), self.column(experiment)]
        means = odds.reshape(-1, len(experiment.variants) or 1).mean(1)
        return means.double().numpy()

    def odds_of(self, experiment: Experiment, variants: Sequence[str]) -> Tensor:
        """Unsteered log-odds in the given variants: [scenario, variant]."""
        at = {(key.scenario, key.variant): row for row, key in enumerate(self.keys)}
        scenarios = list(dict.fromkeys(key.scenario for key in self.keys))
        rows = [[at[scenario, variant] for variant in variants] for scenario in scenarios]
        return self.log_odds[torch.tensor(rows), self.column(experiment)]


def measure(
    model: LanguageModel, items: Sequence[Item], packed: Iterable[Packed], experiments: Sequence[Experiment]
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata of a set's responses; gradients for the items whose slopes an experiment takes."""
    pairs = contrasts_of(experiments)
    wanted = {item.name for experiment in experiments for item in of_experiment(items, experiment)}
    differentiated = [row for row, item in enumerate(items) if item.name in wanted]
    log_odds, readings, gradients = [], [], []
    for row, (item, text) in enumerate(zip(items, packed, strict=True)):
        contrasts = torch.stack([contrast(item, *pair) for pair in pairs])
        response = respond(model, text, contrasts if row in differentiated else contrasts[:0])
        log_odds.append(contrasts @ response.logprobs)
        readings.append(response.reading)
        gradients += [response.gradients] if row in differentiated else []
    keys = [asdict(ItemKey(item.scenario, item.variant, item.group)) for item in items]
    tensors = {
        name: torch.stack(rows)
        for name, rows in (("log_odds", log_odds), ("readings", readings), ("gradients", gradients))
    }
    facts = {"places": keys, "contrasts": pairs, "differentiated": differentiated}
    return tensors, {name: json.dumps(value) for name, value in facts.items()}


def load(path: files.PathLike) -> Responses:
    """Read the responses of one set.

    Raises:
        ArtefactError: the file is not complete.
    """
    with files.open_tensors(path, "responses file") as file:
        return Responses(
            keys=[ItemKey(**key) for key in file.listed("places")],
            contrasts=[(target, alternative) for target, alternative in file.listed("contrasts")],
            differentiated=file.listed("differentiated"),
            log_odds=file.tensor("log_odds"),
            readings=file.tensor("readings"),
            gradients=file.tensor("gradients"),
        )
