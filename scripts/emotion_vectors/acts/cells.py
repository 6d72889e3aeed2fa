"""Cells of replies, side and tone, and which of them an act compares."""

from __future__ import annotations

from collections.abc import Sequence

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.stimuli.acts.table import Act


class ActError(MendableError, ValueError):
    """Items or stored responses do not hold what a row of the table of acts asks for."""


def cells_with(act: Act, cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """Cells "side/tone" of the target and of the alternative of an act, which are two sides or two tones.

    Raises:
        ActError: the cells have no such side or tone.
    """
    of = [[cell for cell in cells if name in cell.split("/")] for name in (act.target, act.alternative)]
    if not all(of):
        raise ActError(
            f"row '{act.name}' of the table of acts: the items of '{act.items}' have cells {', '.join(cells)}; name two of their "
            "sides, or two of their tones, in columns target and alternative"
        )
    return of[0], of[1]
