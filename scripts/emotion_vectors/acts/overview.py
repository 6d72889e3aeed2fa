"""What figures show of the acts of a model: what the readout responds to, and effects beside what claims expect of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from emotion_vectors.acts import sensitivity, tables
from emotion_vectors.acts.conditions import CONTEXT, ORDER
from emotion_vectors.acts.evidence import SLOPE
from emotion_vectors.stimuli.acts.table import FIRST

if TYPE_CHECKING:
    from emotion_vectors.acts.sensitivity import GateDraws
    from emotion_vectors.stimuli.acts.table import Act

SIDES = {"positive": 1, "negative": -1}


def responses(gates: pd.DataFrame, changes: pd.DataFrame, acts: Mapping[str, Act], draws: GateDraws) -> pd.DataFrame:
    """What moves each act by how much, items of the first hand: act, response, value, low, high, in nats per reply.

    Responses are to an order, to the context of the act, and to a mere mention.

    The interval of a mere mention is made here, for its gate judges what is left of it and not the mention itself.

    Args:
        gates, changes: as `compute_acts` wrote them.
    """
    known = {
        (gate["behaviour"], gate["quantity"]): (gate["value"], gate["low"], gate["high"])
        for gate in gates.to_dict("records")
    }
    of_hand = changes[(changes["hand"] == FIRST) & (changes["change"] == tables.MENTION)]
    mentioned = {name: table["logodds_nats"].to_numpy(dtype=float) for name, table in of_hand.groupby("experiment")}
    rows = [
        (name, response, *values)
        for name, act in acts.items()
        for response, values in {
            ORDER: known[name, sensitivity.ORDERED],
            CONTEXT: known[name, sensitivity.contrast(act)],
            tables.MENTION: draws.mean(mentioned[name]),
        }.items()
    ]
    return pd.DataFrame(rows, columns=["act", "response", "value", "low", "high"])


def named_effects(effects: pd.DataFrame, act: Act) -> pd.DataFrame:
    """Effects of one act by direction: the sums of emotions that claims name first, then the emotions that the act names."""
    of_act = effects[effects["experiment"] == act.name]
    sums = [name for name in dict.fromkeys(of_act["direction"]) if tables.JOINED in name]
    order = [*sums, *act.emotions]
    chosen = of_act[of_act["direction"].isin(order)]
    rank = chosen["direction"].map({name: number for number, name in enumerate(order)})
    return chosen.iloc[rank.argsort(kind="stable")].set_index("direction")


def expected(claims: Mapping[str, Mapping[str, Any]], act: Act) -> dict[str, tuple[int, float]]:
    """Side of zero, 1 or -1, and smallest effect of interest of the slopes of an act that claims name, by direction.

    The side is that of adding the vector, also where a claim is about taking it away.
    """
    parts = [(part, part.get("measured_by", {})) for claim in claims.values() for part in claim["parts"]]
    return {
        tables.called(by["emotions"]): (
            SIDES[part["prediction"]] * (-1 if by.get("turned", False) else 1),
            part["smallest_effect"],
        )
        for part, by in parts
        if by.get("measure") == SLOPE and by["experiment"] == act.name
    }
