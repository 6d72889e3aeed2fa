"""The explorer as one file of HTML: data, styles and scripts inside it, nothing fetched, nothing of the data ever run."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from emotion_vectors.statistics.resampling import evenly_spaced

log = logging.getLogger(__name__)

LARGEST_BYTES = 4_900_000
"""Of styles, scripts and data; the frame around them takes a few thousand more."""


def page(data: Mapping[str, Any], template: Path, styles: Sequence[Path], scripts: Sequence[Path]) -> str:
    """The whole page.

    Stimuli and replies are texts that nobody vouches for. They lie in a block of data in which no tag can begin, and the page allows
    no script but its own, which it names by digest.

    Args:
        data: what is shown; `study` names it, `replies` are left out, evenly over all, as far as the page would be larger than a page
            should be, and it says how many. A page that is larger without any is written all the same.
    """
    style = "\n".join(file.read_text(encoding="utf-8") for file in styles)
    script = "\n".join(file.read_text(encoding="utf-8") for file in scripts)
    shown = _with_fitting_replies(data, LARGEST_BYTES - len((style + script).encode()))
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        study=data["study"],
        data=Markup(embedded(shown)),
        style=Markup(style),
        script=Markup(script),
        style_digest=_digest(style),
        script_digest=_digest(script),
    )


def _with_fitting_replies(data: Mapping[str, Any], room: int) -> Mapping[str, Any]:
    """The data with as many replies as fit into so many bytes, and with how many were left out."""
    every = data.get("replies", [])
    left = room - _size({**data, "replies": [], "replies_left_out": len(every)})
    kept = list(every)
    while kept and (size := _size(kept)) > left:
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


def _size(data: Any) -> int:
    return len(embedded(data).encode())


def embedded(data: Any) -> str:
    """JSON that may stand inside a script element: no tag and no comment can begin or end in it."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _digest(text: str) -> str:
    """What a content security policy names a script or style by."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
