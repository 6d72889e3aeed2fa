"""What is planted where nothing was, and what the registered rules make of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emotion_vectors.claims.judging import PARTIAL, REPLICATED, verdict_on

PLANT, SHAM, OPPOSITE = "plant", "sham", "opposite"
"""Kinds of what is planted: what the claim says, the same bound to no label or to wrong ones, and what speaks against the claim."""
NAMED = "exactly the planted parts are named"
"""Beside the registered parts, and counted apart from them: whether the planted parts are those that write most of each emotion."""


@dataclass(frozen=True)
class Sown:
    """What is planted.

    structure: as the table calls it; kind: `PLANT`, `SHAM` or `OPPOSITE`; size: in units of what differs between emotions where labels
    are permuted, see `structures` and `writers`; draw: number of the study that is emptied and planted.
    """

    structure: str
    kind: str
    size: float
    draw: int

    def row(self, claim: str, part: str, estimate: float, verdict: str, *, is_found: bool) -> dict[str, Any]:
        """A row of the table of plants."""
        return {
            **vars(self),
            "claim": claim,
            "part": part,
            "estimate": estimate,
            "verdict": verdict,
            "found": is_found,
        }

    def judged(
        self, claims: Mapping[str, Mapping[str, Any]], evidence: Iterable[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """Verdicts on rows of evidence by the rules of their parts; a verdict that speaks for the claim is a find.

        Behind a closed guard nothing can be found: the verdict says so, and `shares` counts it apart.
        """
        rows = []
        for row in evidence:
            claim = claims[row["claim"]]
            part = next(part for part in claim["parts"] if part["name"] == row["part"])
            verdict = verdict_on(claim, part, row).verdict
            is_found = verdict in (PARTIAL, REPLICATED)
            rows.append(self.row(row["claim"], row["part"], row["estimate"], verdict, is_found=is_found))
        return rows
