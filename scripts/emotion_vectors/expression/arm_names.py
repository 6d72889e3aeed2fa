"""Names of the arms, and the multiples of difference vectors in a circuit that they try."""

from __future__ import annotations

from emotion_vectors.replies.transcripts import UNSTEERED

PROMPTING, STEERING, STORIES, RANDOM = "prompting", "steering", "stories", "random"
CIRCUIT, CIRCUIT_LAST = "circuit", "circuit_last"
ARMS = (PROMPTING, UNSTEERED.kind, STEERING, STORIES, RANDOM, CIRCUIT, CIRCUIT_LAST)
FULL, LADDER = 1.0, (0.5, 1.5)
"""Multiples of the difference vectors in a circuit: that of the original, and those that are tried on a few scenarios."""
ALL = "all"
"""Of rows of a table that stand for all emotions, or for all kinds of events, together."""
