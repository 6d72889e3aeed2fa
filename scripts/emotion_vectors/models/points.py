"""Names of what writes into the residual stream, and of the points of a block at which it has, for steps that load no model."""

from __future__ import annotations

ATTENTION, MLP = "attention", "mlp"
POINTS = (ATTENTION, MLP)
NEURONS, HEADS = "neurons", "heads"
POINT_OF = {NEURONS: MLP, HEADS: ATTENTION}
"""Kinds of components, each with the point after which its sublayer has written."""
