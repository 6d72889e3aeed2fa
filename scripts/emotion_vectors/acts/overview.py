"""What evidence, figures and tables show of the acts of a model: what the readout responds to, and effects by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from emotion_vectors.acts import conditions, odds, sensitivity
from emotion_vectors.acts.cells import ActError
from emotion_vectors.acts.conditions import CONTEXT, ORDER
from emotion_vectors.statistics.effects import Effect, difference_of
from emotion_vectors.statistics.wording import interval
from emotion_vectors.stimuli.acts.table import FIRST, JOINED, SLOPE, called

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
    of_hand = changes[(changes["hand"] == FIRST) & (changes["change"] == odds.MENTION)]
    mentioned = {name: table["logodds_nats"].to_numpy(dtype=float) for name, table in of_hand.groupby("experiment")}
    rows = [
        (name, response, *values)
        for name, act in acts.items()
        for response, values in {
            ORDER: known[name, sensitivity.ORDERED],
            CONTEXT: known[name, sensitivity.contrast(act)],
            odds.MENTION: draws.mean(mentioned[name]),
        }.items()
    ]
    return pd.DataFrame(rows, columns=["act", "response", "value", "low", "high"])


def named_effects(effects: pd.DataFrame, act: Act) -> pd.DataFrame:
    """Effects of one act by direction: the sums of emotions that claims name first, then the emotions that the act names."""
    of_act = effects[effects["experiment"] == act.name]
    sums = [name for name in dict.fromkeys(of_act["direction"]) if JOINED in name]
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
        called(by["emotions"]): (
            SIDES[part["prediction"]] * (-1 if by.get("turned", False) else 1),
            part["smallest_effect"],
        )
        for part, by in parts
        if by.get("measure") == SLOPE and by["experiment"] == act.name
    }


def effect_in(effects: pd.DataFrame, act: str, hand: str, measure: str, direction: str) -> Effect:
    """Effect of one direction on the act of a name."""
    row = facts_in(effects, act, hand, measure, direction)
    values = {name: row[name] for name in Effect.__dataclass_fields__}
    return Effect(**(values | {"n": int(values["n"])}))


def facts_in(effects: pd.DataFrame, act: str, hand: str, measure: str, direction: str) -> dict[str, Any]:
    """The row of a table of effects that holds it.

    Raises:
        ActError: there is none.
    """
    wanted = {"experiment": act, "hand": hand, "measure": measure, "direction": direction}
    rows = effects[(effects[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    if len(rows) != 1:
        raise ActError(f"{len(rows)} effects of '{direction}' on '{act}' ({measure}); repeat compute_acts")
    return {str(name): value for name, value in rows.iloc[0].items()}


def control_effect(effects: pd.DataFrame, act: str, emotions: Sequence[str]) -> Effect | None:
    """Slope of the lexical control of an act; None where it has none, since its sides are tones."""
    if not ((effects["experiment"] == act) & (effects["measure"] == conditions.CONTROL)).any():
        return None
    return effect_in(effects, act, FIRST, conditions.CONTROL, called(emotions))


def said_by_words(effects: pd.DataFrame, act: str, emotions: Sequence[str]) -> str:
    """Why a slope may be one of wording: it does not go beyond that of the same words where nobody acts; empty where it does.

    A control that was not read, since sides of the act are tones, says nothing.
    """
    control = control_effect(effects, act, emotions)
    return within_words(effect_in(effects, act, FIRST, conditions.DIFFERENCE, called(emotions)), control)


def within_words(judged: Effect, control: Effect | None) -> str:
    """Why an effect may be one of wording: it does not go beyond that of its lexical control; empty where it does, or has none."""
    if control is None:
        return ""
    _, low, high = difference_of(vars(judged), vars(control))
    if low > 0 if judged.estimate > 0 else high < 0:
        return ""
    return f"not shown to go beyond sentences with the same words in which nobody acts, {interval(vars(control))}"


def as_asked(effect: Effect, by: Mapping[str, Any]) -> Effect:
    """An effect of adding a vector, turned where a part asks for what taking it away does."""
    if not by.get("turned", False):
        return effect
    return replace(effect, estimate=-effect.estimate, low=-effect.high, high=-effect.low)
