"""`score`: log-odds of the replies to an item of the study, plain and along vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console

from emotion_vectors.commands import terminal
from emotion_vectors.commands.materials import gather
from emotion_vectors.commands.requests import ScoreRequest
from emotion_vectors.trials import item_lookup, item_odds
from emotion_vectors.trials.item_odds import PER_REPLY

if TYPE_CHECKING:
    from torch import Tensor

    from emotion_vectors.commands.materials import Materials
    from emotion_vectors.trials.item_odds import ItemOdds


def score(request: ScoreRequest) -> None:
    """Print log-probabilities of replies and log-odds of the sides that are compared.

    Raises:
        MendableError: something that the user gave has to be mended.
    """
    read = item_lookup.find_item(request.item)
    materials = gather(request, request.emotions)
    odds = item_odds.of_item(
        materials.model, materials.rows(request.emotions), read.item, read.readouts, request.strengths
    )
    replies = _with_changes(odds.replies, odds, odds.changes)
    compared = _with_changes(odds.odds, odds, odds.odds_changes)
    if request.json:
        terminal.print_json(_content(request, materials, replies, compared))
        return
    console = Console()
    if terminal.shows_colours(console):
        terminal.print_table(
            console, replies, f"{request.item}: log-probability of each reply, {PER_REPLY}, and its change"
        )
        terminal.print_table(console, compared, "log-odds of target against alternative, and their change")
    else:
        terminal.print_values(replies)
        print()
        terminal.print_values(compared)


def _with_changes(table: pd.DataFrame, odds: ItemOdds, changes: Tensor) -> pd.DataFrame:
    """A table with one more column for each condition; changes [condition, row]."""
    titles = [f"{name} {strength:+g}" for name, strength in odds.conditions]
    return table.assign(**dict(zip(titles, changes.double().numpy(), strict=True)))


def _content(
    request: ScoreRequest, materials: Materials, replies: pd.DataFrame, compared: pd.DataFrame
) -> dict[str, Any]:
    return {
        "model": materials.model.name,
        "item": request.item,
        "layer": materials.layer,
        "replies": replies.to_dict("records"),
        "logodds": compared.to_dict("records"),
    }
