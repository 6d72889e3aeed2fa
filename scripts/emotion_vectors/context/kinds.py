"""Names of the sets of pairs and of all pairs of a set, for those who draw them as well."""

from __future__ import annotations

NEGATION, PREFIX = "negation", "prefix"
EVERY = "all"
"""Kind of a pair, whatever its own."""
