"""Kinds of subspaces, and what tables call what was done with them; PyTorch is not loaded here."""

from __future__ import annotations

EMOTION, ROTATED, MATCHED, TOPICS = "emotion", "equal dimension", "equal variance", "topics"
"""The span of the emotion vectors, random subspaces of its dimension, random ones that hold as much variance, and spans of topics.

Spans of label-shuffled vectors, made in the same way, stand beside them under the name that these vectors have.
"""
WHOLE, PRESSURE = "whole stream", "main components of pressure"
"""What clamps are compared with: the whole residual stream, which bounds every share at its layer, and the main components of what
pressure changes, which bound nothing."""
NOTHING, ALL_LAYERS, MAIN_LAYER = "none", "all layers", "main layer"
"""Where a subspace was removed."""
FRAMED_EMOTIONS = {
    "stakes": "desperate",
    "urgency": "anxious",
    "praise": "proud",
    "threat": "afraid",
    "encouragement": "hopeful",
}
"""The emotion whose reading each kind of framing is to raise, fixed before any was read."""
READING, MEDIATION, RUN_CLAMPS = "reading", "mediation", "clamps that are run"
"""What a null of framed questions is of: the shift of a reading, or what a clamp takes away to first order, or when it is run."""
BY_RUN = "removed_by_random_clamps_or_missing"
"""Column of what random clamps take away when they are run, mean over them; missing where none is."""
PERMUTED = "emotions permuted over the kinds of framing"
"""A kind of null of readings."""
LEAST_PERCENTILE = 95.0
"""Of a null that must be exceeded by the effect of pressure, and by what stands beside a verdict."""
LEAST_WHOLE = 0.3
"""Share of an effect that a clamp of the whole stream must take away, or nothing at that layer can be said to mediate it."""
PRESSURE_PARTS = {
    "blackmail": ("blackmail", "act_blackmail"),
    "reward hacking": ("reward hacking", "act_hacking_3"),
    "pleasing": ("agreement", "act_agreement"),
}
"""Behaviour of a part of the claim -> part of the claim on pressure that it rests on, and the act."""
