"""Kinds of directions along which conduct is read and steered."""

from __future__ import annotations

EMOTION, GAUSSIAN, SHUFFLED = "emotion", "Gaussian", "label-shuffled"
"""Kinds of directions."""
