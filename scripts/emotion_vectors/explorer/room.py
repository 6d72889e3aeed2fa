"""What fits into a page: how large data are on it, and what is left out of them, evenly, where they are too large."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from emotion_vectors.statistics.resampling import evenly_spaced

log = logging.getLogger(__name__)

LARGEST_BYTES = 4_900_000
"""Of styles, scripts and data; the frame around them takes a few thousand more."""
LEFT_FOR_REPLIES = 400_000
"""Of these, what replies may take before tables of items are whole."""
SPARED = ("doses", "act_doses", "acts")
"""Tables of items from which situations are left out where a page with few replies would still be too large, the first ones first."""


def embedded(data: Any) -> str:
    """JSON that may stand inside a script element: no tag and no comment can begin or end in it."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def size_of(data: Any) -> int:
    """Bytes that data take on the page."""
    return len(embedded(data).encode())


def with_fitting_items(data: Mapping[str, Any], room: int) -> Mapping[str, Any]:
    """The data with finite strengths and effects on acts of as many situations as fit beside everything but the replies.

    Args:
        data: with `readings` of each model, as `items_shown.ItemTables` gives them; without any they stay as they are.
        room: bytes.
    Returns:
        The data with `readings_left_out`: table -> situations of which it has no room, the same ones of every model.
    """
    if "readings" not in data:
        return data
    readings = [dict(of_model) for of_model in data["readings"]]
    left_out: dict[str, list[str]] = {table: [] for table in SPARED}
    # Tables and the number of replies are named whether anything is left out or not.
    whole = {**data, "replies": [], "replies_left_out": len(data.get("replies", [])), "readings_left_out": left_out}
    over = size_of(whole) - room
    for table in SPARED:
        if over <= 0:
            break
        situations = list(dict.fromkeys(scenario for of_model in readings for scenario in _rows(of_model, table)))
        sizes = {scenario: _freed(readings, table, scenario) for scenario in situations}
        kept = situations
        while kept and over > 0:
            taken = sum(sizes[scenario] for scenario in kept)
            fewer = min(len(kept) - 1, max(0, int(len(kept) * (1 - over / taken))))
            still = [situations[row] for row in evenly_spaced(len(situations), fewer)]
            over -= taken - sum(sizes[scenario] for scenario in still)
            kept = still
        left_out[table] = [scenario for scenario in situations if scenario not in kept]
        readings = [_with_rows(of_model, table, kept) for of_model in readings]
        log.warning(
            "%d of %d situations are left out of the explorer's table '%s': no more fit into %.1f MB",
            len(left_out[table]),
            len(situations),
            table,
            LARGEST_BYTES / 1e6,
        )
    return {**data, "readings": readings, "readings_left_out": left_out}


def _rows(of_model: Mapping[str, Any], table: str) -> Mapping[str, Any]:
    """Rows of a table by situation, which stand beside their columns where the table has some."""
    rows: Mapping[str, Any] = of_model[table].get("rows", of_model[table])
    return rows


def _freed(readings: Sequence[Mapping[str, Any]], table: str, scenario: str) -> int:
    """Bytes that are free where a situation is left out of a table of every model and named among those that are left out."""
    rows = [_rows(of_model, table)[scenario] for of_model in readings if scenario in _rows(of_model, table)]
    # A comma in place of the two braces, and one after the name.
    return sum(size_of({scenario: of_row}) - 1 for of_row in rows) - size_of(scenario) - 1


def _with_rows(of_model: Mapping[str, Any], table: str, kept: Collection[str]) -> dict[str, Any]:
    rows = {scenario: of_row for scenario, of_row in _rows(of_model, table).items() if scenario in kept}
    return {**of_model, table: {**of_model[table], "rows": rows} if "rows" in of_model[table] else rows}


def with_fitting_replies(data: Mapping[str, Any], room: int) -> Mapping[str, Any]:
    """The data with as many replies as fit into so many bytes, and with how many were left out."""
    every = data.get("replies", [])
    left = room - size_of({**data, "replies": [], "replies_left_out": len(every)})
    kept = list(every)
    while kept and (size := size_of(kept)) > left:
        fewer = min(len(kept) - 1, len(kept) * max(left, 0) // size)
        kept = [every[row] for row in evenly_spaced(len(every), fewer)]
    if left_out := len(every) - len(kept):
        log.warning(
            "%d of %d replies are left out of the explorer: no more fit into %.1f MB",
            left_out,
            len(every),
            LARGEST_BYTES / 1e6,
        )
    if left < 0:
        log.warning("the explorer is larger than %.1f MB without any reply", LARGEST_BYTES / 1e6)
    return {**data, "replies": kept, "replies_left_out": left_out}
