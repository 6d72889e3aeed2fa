"""The explorer as one file of HTML: data, styles and scripts inside it, nothing fetched, nothing of the data ever run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from emotion_vectors.explorer.room import (
    LARGEST_BYTES,
    LEFT_FOR_REPLIES,
    embedded,
    size_of,
    with_fitting_items,
    with_fitting_replies,
)


def page(data: Mapping[str, Any], template: Path, styles: Sequence[Path], scripts: Sequence[Path]) -> str:
    """The whole page.

    Stimuli and replies are texts that nobody vouches for. They lie in a block of data in which no tag can begin, and the page allows
    no script but its own, which it names by digest.

    Args:
        data: what is shown; `study` names it. As far as the page would be larger than a page should be, situations of the largest tables
            of `readings` are left out, and `replies` beyond what they are left, both evenly; the page says which and how many. One
            that is larger all the same is written, with a warning.
    """
    style = "\n".join(file.read_text(encoding="utf-8") for file in styles)
    script = "\n".join(file.read_text(encoding="utf-8") for file in scripts)
    room = LARGEST_BYTES - len((style + script).encode())
    for_replies = min(size_of(data.get("replies", [])), LEFT_FOR_REPLIES)
    shown = with_fitting_replies(with_fitting_items(data, room - for_replies), room)
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        study=data["study"],
        data=Markup(embedded(shown)),
        style=Markup(style),
        script=Markup(script),
        style_digest=_digest(style),
        script_digest=_digest(script),
    )


def _digest(text: str) -> str:
    """What a content security policy names a script or style by."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
