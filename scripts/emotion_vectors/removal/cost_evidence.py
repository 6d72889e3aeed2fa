"""Evidence on what it costs to remove emotion subspaces (S01)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotion_vectors.claims.evidence import evidence_row, untested_row
from emotion_vectors.conduct.kinds import SHUFFLED
from emotion_vectors.removal import gate
from emotion_vectors.removal.against_random import beyond_random, widened
from emotion_vectors.removal.kinds import ALL_LAYERS, EMOTION, MAIN_LAYER, MATCHED, NOTHING, ROTATED, TOPICS
from emotion_vectors.statistics.effects import Scale
from emotion_vectors.statistics.resampling import Draws

Array = NDArray[np.float64]
REMOVAL = "S01"
PARTS = {ROTATED: "equal dimension", MATCHED: "equal variance"}
SHARE_OF_ANSWERS = "accuracy"
FALL, ODDS = "logprob_fall_nats_per_token", "logodds_nats"


@dataclass(frozen=True)
class Costs:
    """What `remove_subspaces` wrote: falls of passages, answers to questions, losses to first order."""

    falls: pd.DataFrame
    answers: pd.DataFrame
    first_order: pd.DataFrame


def full(table: pd.DataFrame, where: str) -> pd.DataFrame:
    """Rows of full removal at all layers, or at the main one."""
    return table[(table["where"] == where) & (table["kept_percentile"] == 0)]


def by_kind(table: pd.DataFrame, unit: str, value: str) -> dict[str, Array]:
    """Values of every subspace and unit, by kind: [subspace, unit], units in the order of their names."""
    return {
        str(kind): of_kind.pivot_table(index="subspace", columns=unit, values=value).to_numpy(dtype=float)
        for kind, of_kind in table.groupby("kind")
    }


def capped(table: pd.DataFrame, value: str) -> dict[str, Array]:
    """Values of the emotion subspace under each cap, the tightest first: what is kept, in words -> [unit]."""
    rows = table[(table["where"] == ALL_LAYERS) & (table["kept_percentile"] > 0)]
    return {
        f"capped at {kept:g} %": of_cap[value].to_numpy(dtype=float) for kept, of_cap in rows.groupby("kept_percentile")
    }


def lost_answers(answers: pd.DataFrame) -> pd.DataFrame:
    """Answers under removal with the column `lost`: 1 for a right answer lost, -1 for one gained."""
    plain = answers[answers["kind"] == NOTHING].set_index("item")[ODDS] > 0
    removed = answers[answers["kind"] != NOTHING]
    lost: Array = plain.loc[removed["item"]].to_numpy(dtype=float) - (removed[ODDS] > 0).to_numpy(dtype=float)
    return removed.assign(lost=lost)


def losses(answers: pd.DataFrame, where: str) -> dict[str, Array]:
    """Right answers lost under full removal, by kind: [subspace, item]."""
    return by_kind(full(lost_answers(answers), where), "item", "lost")


def cost_rows(costs: Costs, limits: Sequence[float], draws: Draws) -> list[dict[str, Any]]:
    """Evidence on every part of S01."""
    closed = gate.closed(costs.answers, limits, draws)
    falls = by_kind(full(costs.falls, ALL_LAYERS), "passage", FALL)
    parts = _of_measure("perplexity", falls, beside_passages(costs), draws, Scale("passages", "nats per token"))
    if closed:
        return parts + [untested_row(REMOVAL, f"accuracy lost, {name}", closed) for name in PARTS.values()]
    lost, scale = losses(costs.answers, ALL_LAYERS), Scale("questions", SHARE_OF_ANSWERS)
    return parts + _of_measure("accuracy lost", lost, beside_questions(costs, lost), draws, scale)


def _of_measure(
    measure: str, values: Mapping[str, Array], beside: str, draws: Draws, scale: Scale
) -> list[dict[str, Any]]:
    """Both parts on one measure, over label-shuffled subspaces too; spans of topics, of equal dimension alone, are a null of the first."""
    parts = []
    for kind, name in PARTS.items():
        others = (SHUFFLED, TOPICS) if kind == ROTATED else (SHUFFLED,)
        further = {name: values[name] for name in others}
        effect = beyond_random(values[EMOTION][0], values[kind], further, draws, scale)
        if scale.unit == SHARE_OF_ANSWERS:
            effect = widened(effect, values[EMOTION][0][:, None])
        parts.append(evidence_row(REMOVAL, f"{measure}, {name}", effect, beside=beside))
    return parts


def beside_passages(costs: Costs) -> str:
    """What the emotion subspace costs text in other ways, unjudged: by kind, capped, at one layer, to first order."""
    falls = costs.falls
    means = {kind: values.mean() for kind, values in by_kind(full(falls, ALL_LAYERS), "passage", FALL).items()}
    capped = falls[(falls["where"] == ALL_LAYERS) & (falls["kept_percentile"] > 0)]
    caps = capped.groupby("kept_percentile")[FALL].mean().sort_index(ascending=False)
    at_main = by_kind(full(falls, MAIN_LAYER), "passage", FALL)
    slopes = costs.first_order.set_index("kind")[FALL]
    emotion = float(slopes[EMOTION])
    ranks = ", ".join(
        f"{100 * float((slopes[kind] <= emotion).mean()):.1f} of {kind}"
        for kind in (ROTATED, MATCHED, TOPICS, SHUFFLED)
    )
    return (
        f"loss in nats per token: {', '.join(f'{kind} {mean:.3f}' for kind, mean in means.items())}; emotion capped at percentile "
        f"{', '.join(f'{percentile:g}: {fall:.3f}' for percentile, fall in caps.items())}; at the main layer alone "
        f"{at_main[EMOTION].mean():.3f} against {at_main[ROTATED].mean():.3f}; to first order {emotion:.3f}, percentiles {ranks}; "
        f"the subspace holds {100 * float(costs.first_order['emotion_share_held'].iloc[0]):.0f} % of the squared length of the vectors"
    )


def beside_questions(costs: Costs, lost: dict[str, Array]) -> str:
    """Accuracy as it stands, and what each kind of subspace takes from it, unjudged."""
    right = gate.right_of(costs.answers)
    return f"accuracy {right.mean():.2f} as they stand; lost: " + ", ".join(
        f"{kind} {values.mean():.3f}" for kind, values in lost.items()
    )
