"""Scenes of a neighbour who asks for a tool, for organisms of tiny models."""

from __future__ import annotations

from emotion_vectors.stimuli.acts.motives import Characters, Scene
from emotion_vectors.stimuli.situations import Item

TOOLS = ("ladder", "drill", "barrow", "rake")
CHARACTERS = Characters(act=["You give."], other=["You keep."])


def scene(tool: str) -> Scene:
    """A request for a tool, alone or beside another, with replies that lend it and that keep it."""
    cells = {
        "lend/warm": (f"take the {tool}",),
        "lend/curt": ("take it",),
        "keep/warm": (f"the {tool} stays",),
        "keep/curt": ("no",),
    }
    idle, alone = (
        Item(tool, context, "lending", "the letter", f"the {tool} {context}", cells, {}, ())
        for context in ("spare", "alone")
    )
    return Scene("lending", alone, idle, "lend", "keep")


SCENES = [scene(tool) for tool in TOOLS]
