"""What the registered rules let through when emotion labels are permuted, from the placebo study itself or from its reference file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from emotion_vectors.claims import judging, permuted
from emotion_vectors.claims.reference import placebo_share
from emotion_vectors.statistics.wording import listing

TIER, DEFAULT = "placebo", "default"


def replicated_share(judged: Mapping[str, Any], reference_file: str | Sequence[str]) -> str:
    """How many claims and parts are replicated under permuted labels, and which measured claims the placebo lacks.

    Args:
        judged: claims.json of a study; reference_file: reference of the placebo, empty when there is none.
    """
    known = placebo_of(judged, reference_file)
    if known is None:
        return judging.NOT_MEASURED
    counts = known.get("placebo") or placebo_share(known)
    left_out = sorted(measured_in(judged) - measured_in(known))
    said = (
        f"{counts['replicated']} of {counts['measured']} verdicts on claims, "
        f"{counts['parts_replicated']} of {counts['parts_measured']} on their parts"
    )
    return said + (f" (not in it yet: {listing(left_out)})" if left_out else "")


def found(judged: Mapping[str, Any], reference_file: str | Sequence[str]) -> str:
    """Claims that are replicated under permuted labels, and parts of others that are, each with its number of models.

    Args:
        judged, reference_file: as in `replicated_share`.
    """
    known = placebo_of(judged, reference_file)
    if known is None:
        return judging.NOT_MEASURED
    whole: dict[str, int] = {}
    single: dict[str, int] = {}
    for model, parts_by_claim in known["parts"].items():
        for claim, parts in parts_by_claim.items():
            if known["claims"][model][claim]["verdict"] == judging.REPLICATED:
                whole[claim] = whole.get(claim, 0) + 1
                continue
            for part in (name for name, row in parts.items() if row["verdict"] == judging.REPLICATED):
                single[f"{claim} ({part})"] = single.get(f"{claim} ({part})", 0) + 1
    total = len(known["parts"])
    said = [
        f"{what} {listing([f'{name} on {count} of {total} models' for name, count in sorted(group.items())])}"
        for what, group in (("whole", whole), ("in part", single))
        if group
    ]
    return "; ".join(said) or "none"


def overlap(judged: Mapping[str, Any], reference_file: str | Sequence[str]) -> str:
    """Of the parts replicated with true labels, how many are with permuted ones on the same model: over all, and by group of claims.

    Args:
        judged, reference_file: as in `replicated_share`.
    """
    if judged["tier"] == TIER:
        return "not to be counted in the placebo itself"
    known = placebo_of(judged, reference_file)
    if known is None:
        return judging.NOT_MEASURED
    measured = sorted(measured_in(judged))
    groups = {
        letter: [claim for claim in measured if claim.startswith(letter)] for letter in {name[0] for name in measured}
    }
    counts = {letter: permuted.replicated_parts(judged, known, claims) for letter, claims in sorted(groups.items())}
    by_group = [f"{both} of {single} of group {letter}" for letter, (both, single) in counts.items() if single]
    both, single = permuted.replicated_parts(judged, known)
    return f"{both} of {single}" + (f" ({listing(by_group)})" if by_group else "")


def whose(judged: Mapping[str, Any]) -> str:
    """Whose placebo is quoted: that of the default study also by studies of other tiers, whose own numbers would differ."""
    of_another_study = judged["tier"] not in (TIER, DEFAULT)
    return " (in the placebo of the default study; this study has none of its own)" if of_another_study else ""


def placebo_of(judged: Mapping[str, Any], reference_file: str | Sequence[str]) -> Mapping[str, Any] | None:
    """Claims and parts of the placebo: of this study if it is one, else of the reference file; nothing when there is none."""
    if judged["tier"] == TIER:
        return judged
    if not reference_file:
        return None
    reference: Mapping[str, Any] = json.loads(Path(str(reference_file)).read_text(encoding="utf-8"))
    return reference


def measured_in(results: Mapping[str, Any]) -> set[str]:
    """Claims of a claims.json, or of a reference file, that were measured on any model."""
    return {
        name
        for of_model in results["claims"].values()
        for name, row in of_model.items()
        if row["verdict"] != judging.NOT_MEASURED
    }
