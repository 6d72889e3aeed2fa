"""What the rules make of planted arrangements and circuits, and of replies whose sides are exchanged, from the file on validity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files
from emotion_vectors.placebos.counting import exact_interval
from emotion_vectors.report import latex
from emotion_vectors.statistics.wording import number

NOT_PLANTED = "Nothing has been planted in a default study yet."
FOUND_BY = {
    "A06b": "pleasantness",
    "A07b": "arousal",
    "A09b": "families and opposites",
    "W04b": "three neurons",
    "W05b": "three heads",
}
"""Claims whose rules are to find what is planted."""
BESIDE = ("opposite", "sham")
EXACTLY = "all three named"
"""Head of the column on whether exactly the planted parts are named, in the largest size."""


def planted_table(validity: Sequence[Path]) -> str:
    """Shares found by claim and size, and what exchanged sides pass; a sentence where nothing was planted.

    Args:
        validity: the file on the validity of the study, or none.
    """
    known = next((files.read_json(file) for file in validity), {})
    if "structures" not in known:
        return NOT_PLANTED
    structures = known["structures"]
    claims, named = structures["claims"], structures["named"]
    sizes = sorted({size for of_claim in claims.values() for size in of_claim} - {*BESIDE}, key=float)
    head = ("Claim", *BESIDE, *(f"size {size}" for size in sizes), EXACTLY)
    body = []
    for claim, what in FOUND_BY.items():
        if claim in claims:
            shares = [claims[claim].get(column) for column in (*BESIDE, *sizes)] + [named.get(claim, {}).get(sizes[-1])]
            body.append(latex.row([latex.escape(f"{claim}, {what}"), *map(_cell, shares)]))
            body.append(latex.row([r"\enspace found/testable/stopped", *map(_counts, shares)]))
    caption = f"{structures_sentence(structures)} {exchanged_sentence(known.get('exchanged', {}))}"
    table = latex.tabular(f"@{{}}l{'r' * (len(head) - 1)}@{{}}", head, body)
    return latex.floating(
        table, caption=latex.escape(caption), label="planted", wide=True, position="htbp", size="scriptsize"
    )


def structures_sentence(structures: Mapping[str, Any]) -> str:
    """What the table counts, how it takes verdicts of one draw, and what nothing found in all draws leaves open, in words."""
    draws = structures["draws"]
    unseen = number(100 * exact_interval(0, draws)[1], 0)
    return (
        "Planted arrangements and circuits: per cent that the rules find of the testable verdicts on the parts of each claim, with exact "
        f"95 % intervals, and how many are found, testable and stopped by a guard, which are left out; {number(draws, 0)} draws on each "
        f"of {number(len(structures['models']), 0)} models. Sizes in multiples of the scatter between emotions. Intervals take the "
        f"parts of one draw as independent, which they are not: by draws alone, none of {number(draws, 0)} leaves {unseen} % open. "
        "Last: draws in which the three parts that write most of every emotion are exactly those that were planted, in the largest size; "
        "no rule asks for it."
    )


def exchanged_sentence(exchanged: Mapping[str, Any]) -> str:
    """What the rules of acts pass where sides of replies are exchanged, in words; empty where none were."""
    if not exchanged:
        return ""
    pooled, bar = exchanged["pooled"], exchanged["bars"]["part"]
    replicated, testable = (number(pooled[name], 0) for name in ("replicated", "testable"))
    share, low, high = (number(100 * pooled[name], 1) for name in ("share", "low", "high"))
    often = [row for row in exchanged["parts"] if row["share"] > bar]
    return (
        f"With the sides of replies exchanged at random by scenario, {replicated} of {testable} verdicts on parts are replicated "
        f"over {exchanged['seeds']} seeds, {share} % [{low}, {high}]; {number(len(often), 0)} parts in more than {100 * bar:g} % of "
        "the seeds."
    )


def _cell(shares: Mapping[str, Any] | None) -> str:
    """A share in per cent with its interval; a dash where a claim has no such plant, or no verdict on it."""
    if shares is None or shares["share"] is None:
        return "--"
    low, high = (number(100 * end, 0) for end in shares["interval"])
    return latex.escape(f"{number(100 * shares['share'], 0)} [{low}, {high}]")


def _counts(shares: Mapping[str, Any] | None) -> str:
    """How many plants are found, testable, and stopped by a guard."""
    return "--" if shares is None else "/".join(str(shares[name]) for name in ("found", "testable", "stopped"))
