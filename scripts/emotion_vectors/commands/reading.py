"""`read`: what vectors read at every token of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console

from emotion_vectors.commands import terminal
from emotion_vectors.commands.materials import encoded, gather, text_of_request
from emotion_vectors.commands.requests import ReadRequest
from emotion_vectors.trials import readings

if TYPE_CHECKING:
    from emotion_vectors.commands.materials import Materials
    from emotion_vectors.trials.readings import TokenReadings

UNIT = "component along the unit vector, as a fraction of the mean norm of the residual stream at the layer"


def read(request: ReadRequest) -> None:
    """Print the readings.

    Raises:
        MendableError: something that the user gave has to be mended.
    """
    text = text_of_request(request.text)
    materials = gather(request, request.emotions)
    rows, given = materials.rows(request.emotions), encoded(materials.model, text, request.form)
    by_token, console = readings.by_token(materials.model, rows, given), Console()
    if request.json:
        terminal.print_json(_content(materials, by_token))
    elif terminal.shows_colours(console):
        terminal.print_readings(console, by_token)
    else:
        terminal.print_values(by_token.table())


def _content(materials: Materials, by_token: TokenReadings) -> dict[str, Any]:
    return {
        "model": materials.model.name,
        "layer": materials.layer,
        "depth": (materials.layer + 1) / materials.model.layers,
        "unit": UNIT,
        "names": by_token.names,
        "readings": by_token.table().to_dict("records"),
    }
