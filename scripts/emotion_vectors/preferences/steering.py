"""Additions of finite strength on the tokens of one activity, and what they do to its Elo (A17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from emotion_vectors.conduct.kinds import EMOTION
from emotion_vectors.engine.edits import Addition
from emotion_vectors.engine.replay import record, replay, unsteered
from emotion_vectors.preferences.questions import PackedOffers, letter_odds, offer, packs
from emotion_vectors.preferences.tournament import ELO_PER_NAT
from emotion_vectors.statistics.resampling import evenly_spaced

if TYPE_CHECKING:
    from emotion_vectors.conduct.doses import Doses
    from emotion_vectors.models.language_model import LanguageModel
    from emotion_vectors.preferences.measurements import Preferences
    from emotion_vectors.stimuli.function.activities import Activity

STRENGTH = 0.5
"""Of the additions whose change of Elo is judged, a fraction of the mean residual norm: that of the original."""
NAMED = ("blissful", "hostile")
"""Emotions whose readings and additions are judged, each by its own prediction."""
STEERED = (*NAMED, "happy", "calm", "desperate", "angry")
"""Emotions that are really added."""


@dataclass(frozen=True)
class FiniteAdditions:
    """Finite additions of a study, `preferences` of its configuration.

    rounds: of the tournament; steered_activities: at equal distances over the set; steered_rounds: of the tournament, from the first on;
    strengths: fractions of the mean residual norm, each with both signs; nulls_of_each_kind: null directions at `STRENGTH`.
    """

    rounds: int
    steered_activities: int
    steered_rounds: int
    strengths: Sequence[float]
    nulls_of_each_kind: int


def plan(nulls: Mapping[str, Sequence[str]], strengths: Sequence[float]) -> pd.DataFrame:
    """Every steered emotion at every strength with both signs, every null direction at the judged one: direction, kind, strength."""
    rows = [(emotion, EMOTION, sign * step) for emotion in STEERED for step in strengths for sign in (-1, 1)]
    rows += [(name, kind, STRENGTH) for kind, names in nulls.items() for name in names]
    return pd.DataFrame(rows, columns=["direction", "kind", "strength_norm_fraction"])


def tasks(preferences: Preferences, activities: int, rounds: int) -> list[tuple[int, int]]:
    """Activities that are steered, each with its opponents in the first rounds: numbers of the steered one and of the other."""
    count = len(preferences.activities)
    chosen = {*evenly_spaced(count, activities)}
    first = preferences.pairs[: rounds * count // 2].tolist()
    return [(one, other) for pair in first for one, other in (pair, pair[::-1]) if one in chosen]


def steer(
    model: LanguageModel, activities: Sequence[Activity], asked: Sequence[tuple[int, int]], added: Doses
) -> Tensor:
    """Change of the preference for an activity over another one when vectors are added on its tokens alone.

    Args:
        asked: number of the steered activity and of the other one. added: vectors [condition, d_model], after which block, and the budget.
    Returns:
        [condition, task], nats, both orders averaged.
    """
    texts = [activity.text for activity in activities]
    changes = torch.zeros(len(added.vectors), 2, len(asked))
    for side, sign in ((0, 1.0), (1, -1.0)):
        offers = [offer(model, *(texts[number] for number in (pair if side == 0 else pair[::-1]))) for pair in asked]
        for pack in tqdm(list(packs(model, offers, added.budget)), desc=f"{model.name} steered", mininterval=5):
            changes[:, side, pack.numbers] = sign * _changed(model, pack, side, added)
    return changes.mean(1)


def _changed(model: LanguageModel, pack: PackedOffers, side: int, added: Doses) -> Tensor:
    """Change of the log-odds of (A) in some offers, with additions on the activity of one side: [condition, offer]."""
    recording = record(model, pack.packed, [added.layer])
    edit = Addition(added.layer, added.vectors, pack.spans[:, side].any(0))
    steered = replay(model, recording, [edit], added.budget)
    return letter_odds(steered) - letter_odds(unsteered(model, recording))


def by_activity(
    planned: pd.DataFrame, asked: Sequence[tuple[int, int]], changes: Tensor, names: Sequence[str]
) -> pd.DataFrame:
    """Changes of Elo as a table: the plan, activity, delta_elo (mean over its opponents).

    Args:
        changes: [condition, task], as `steer` gives them. names: of all activities.
    """
    elo = ELO_PER_NAT * changes.double().numpy()
    steered = np.array([one for one, _ in asked])
    tables = [
        planned.assign(activity=names[one], delta_elo=elo[:, steered == one].mean(1))
        for one in dict.fromkeys(steered.tolist())
    ]
    return pd.concat(tables, ignore_index=True)
