"""What permuted labels reach as well: verdicts in favour of a claim that say nothing about emotion.

A study and its placebo (the same study with the emotion labels permuted) are held against each other verdict by verdict, each on
the same model. Both have the form of claims.json: `claims`, model -> claim -> numbers and verdict, and `parts`, model -> claim ->
part -> the same.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from emotion_vectors.claims.judging import PARTIAL, REPLICATED, Row

IN_FAVOUR = (PARTIAL, REPLICATED)
"""Verdicts that speak for a claim, the stronger one last."""


def is_as_strong(verdict: str, permuted: str) -> bool:
    """Whether permuted labels reach what speaks for a claim with the true ones, or more; what does not speak for it is no matter."""
    return verdict in IN_FAVOUR and permuted in IN_FAVOUR[IN_FAVOUR.index(verdict) :]


@dataclass(frozen=True)
class Unspecific:
    """Verdicts in favour that permuted labels reach as well.

    claims: model and claim; parts: model, claim and part.
    """

    claims: frozenset[tuple[str, str]] = frozenset()
    parts: frozenset[tuple[str, str, str]] = frozenset()


def unspecific(study: Row, placebo: Row) -> Unspecific:
    """Verdicts in favour, on claims and parts of a study, that its placebo reaches on the same model or exceeds."""
    claims = {
        (model, claim)
        for model, by_claim in study["claims"].items()
        for claim, row in by_claim.items()
        if is_as_strong(row["verdict"], _verdict(placebo["claims"], model, claim))
    }
    parts = {
        (model, claim, part)
        for model, claim, part, verdict in _parts(study)
        if is_as_strong(verdict, _verdict(placebo["parts"], model, claim, part))
    }
    return Unspecific(frozenset(claims), frozenset(parts))


def replicated_parts(study: Row, placebo: Row, claims: Collection[str] | None = None) -> tuple[int, int]:
    """How many parts are replicated with both kinds of labels, and how many with the true ones.

    Parts that the placebo did not measure on that model are left out.

    Args:
        claims: ids of the claims whose parts are counted; all without it.
    """
    permuted = [
        _verdict(placebo["parts"], model, claim, part)
        for model, claim, part, verdict in _parts(study)
        if verdict == REPLICATED and (claims is None or claim in claims)
    ]
    return permuted.count(REPLICATED), sum(verdict != "" for verdict in permuted)


def _parts(study: Row) -> list[tuple[str, str, str, str]]:
    """Model, claim, part and verdict of every part."""
    return [
        (model, claim, part, row["verdict"])
        for model, by_claim in study["parts"].items()
        for claim, parts in by_claim.items()
        for part, row in parts.items()
    ]


def _verdict(rows: Row, *keys: str) -> str:
    """The verdict under these keys, empty where the placebo has none."""
    for key in keys:
        rows = rows.get(key, {})
    return str(rows.get("verdict", ""))
