"""Log-odds of the prepared replies to one item of a behaviour or an act, plain and along vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.acts import responses
from emotion_vectors.engine import prompts
from emotion_vectors.engine.edits import Addition
from emotion_vectors.engine.packing import Packed, mean_logprobs
from emotion_vectors.engine.replay import record, replay, unsteered
from emotion_vectors.stimuli.acts.table import Act
from emotion_vectors.stimuli.experiments import Experiment

if TYPE_CHECKING:
    from emotion_vectors.exports.vector_set import Rows
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.stimuli.situations import Item

PER_TOKEN, PER_REPLY = "nats per token", "nats per reply"
"""Units of log-odds: of behaviour experiments, and of acts."""
BUDGET = 4096
"""Tokens that are read side by side."""


@dataclass(frozen=True)
class ItemOdds:
    """Log-probabilities and log-odds of one item.

    conditions: what was added, as (name, strength). replies: one row a reply, in the order of the file: side, text, tokens, and
    logprob_nats, of the whole reply. changes: [condition, reply], nats per reply. odds: one row a pair of sides that is compared: target,
    alternative, unit, logodds. odds_changes: [condition, pair], in the unit of the pair.
    """

    conditions: list[tuple[str, float]]
    replies: pd.DataFrame
    changes: Tensor
    odds: pd.DataFrame
    odds_changes: Tensor


def of_item(
    model: LanguageModel, rows: Rows, item: Item, readouts: Sequence[Experiment | Act], strengths: Sequence[float]
) -> ItemOdds:
    """Replies to an item, unsteered and with every vector at every strength; a bar on standard error counts strengths.

    Args:
        readouts: experiments or acts that compare replies to the item, at least one.
    Raises:
        TokenError: a text of the item cannot be read as it stands. ActError, ExperimentError: the item lacks a side.
    """
    packed = prompts.encode(model, item)
    recording = record(model, packed, [rows.layer])
    plain = mean_logprobs(unsteered(model, recording), packed)
    bar = tqdm(strengths, desc=f"{model.name} {item.name}", unit="strength", mininterval=5)
    by_strength = [replay(model, recording, [Addition(rows.layer, rows.additions([one]))], BUDGET) for one in bar]
    # Conditions stand by name, and within each by strength.
    change = mean_logprobs(torch.stack(by_strength, 1).flatten(0, 1), packed) - plain
    tokens = responses.tokens_of(packed)
    texts = [text for of_side in item.continuations.values() for text in of_side]
    columns = {"side": item.sides, "text": texts, "tokens": tokens.numpy(), "logprob_nats": (plain * tokens).numpy()}
    weights = torch.stack([_weights(item, packed, readout) for readout in readouts])
    return ItemOdds(
        conditions=[(name, strength) for name in rows.names for strength in strengths],
        replies=pd.DataFrame(columns),
        changes=change * tokens,
        odds=_odds_table(readouts, weights @ plain),
        odds_changes=change @ weights.T,
    )


def _weights(item: Item, packed: Packed, readout: Experiment | Act) -> Tensor:
    """Weights of mean log-probabilities per token in a readout: [continuation]."""
    if isinstance(readout, Act):
        return responses.weights(item, packed, readout).mean(0)
    return prompts.contrast(item, readout.target, readout.alternative)


def _odds_table(readouts: Sequence[Experiment | Act], odds: Tensor) -> pd.DataFrame:
    units = [PER_REPLY if isinstance(readout, Act) else PER_TOKEN for readout in readouts]
    sides = [(readout.target, readout.alternative) for readout in readouts]
    table = pd.DataFrame(sides, columns=["target", "alternative"])
    return table.assign(unit=units, logodds=odds.double().numpy())
