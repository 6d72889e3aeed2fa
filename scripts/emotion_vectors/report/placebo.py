"""What the registered rules let through when emotion labels are permuted, from the placebo study itself or from its reference file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files
from emotion_vectors.claims import judging, permuted
from emotion_vectors.claims.reference import placebo_share
from emotion_vectors.placebos.counting import PART_BAR
from emotion_vectors.report import latex
from emotion_vectors.report.tables.planted import planted_table
from emotion_vectors.statistics.wording import listing, number

TIER, DEFAULT = "placebo", "default"
MOST_NAMED = 5
"""Claims that a sentence names; of more it gives the number."""
NOT_RUN = "not run over several seeds yet"
SEEDS_HEAD = ("Part", "Replicated", "Share of seeds", "Not testable")


def replicated_share(judged: Mapping[str, Any], reference_file: str | Sequence[str]) -> str:
    """How many claims and parts are replicated under permuted labels, and which measured claims the placebo lacks.

    Args:
        judged: claims.json of a study; reference_file: reference of the placebo, empty when there is none.
    """
    known = placebo_of(judged, reference_file)
    if known is None:
        return judging.NOT_MEASURED
    counts = known.get("placebo") or placebo_share(known)
    measured = measured_in(judged)
    left_out = sorted(measured - measured_in(known))
    said = (
        f"{counts['replicated']} of {counts['measured']} verdicts on claims, "
        f"{counts['parts_replicated']} of {counts['parts_measured']} on their parts"
    )
    if len(left_out) > MOST_NAMED:
        return f"{said} ({len(left_out)} of the {len(measured)} claims measured here are not in it yet)"
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


def whose(judged: Mapping[str, Any], reference_file: str | Sequence[str]) -> str:
    """Whose placebo is quoted, where it is not that of the study.

    Studies of other tiers quote that of the default study, whose numbers need not be theirs; the default study itself may have been run
    on other models since.

    Args:
        judged, reference_file: as in `replicated_share`.
    """
    if judged["tier"] not in (TIER, DEFAULT):
        return " (in the placebo of the default study; this study has none of its own)"
    known = placebo_of(judged, reference_file)
    if known is None or set(known["claims"]) == set(judged["claims"]):
        return ""
    return f" (in an earlier placebo, of {listing(list(known['claims']))})"


def counted(validity: Sequence[Path]) -> Mapping[str, Any]:
    """Counts of many placebos in the file on the validity of the study; empty where it is not there, or they were not run."""
    return next((files.read_json(file).get("placebo", {}) for file in validity), {})


def validity_tables(validity: Sequence[Path]) -> dict[str, str]:
    """Tables of what permuted labels pass over many seeds, and of what is planted, by name.

    Args:
        validity: the file on the validity of the study, or none.
    """
    return {"placebos": seeds_table(counted(validity)), "planted": planted_table(validity)}


def over_seeds(counts: Mapping[str, Any]) -> str:
    """What many placebos let through together, in words, with the parts that are replicated too often.

    Args:
        counts: as `placebos.counting.summary` makes them; empty where they were not run.
    """
    if not counts:
        return NOT_RUN
    parts, in_force, claims = (counts["pooled"][kind] for kind in ("parts", "parts_in_force", "claims"))
    often = counts["above_bar"]
    named = [
        f"{row['claim']} ({row['part']}) on {row['model']}, {_share(row)}" for row in often if not row["superseded"]
    ]
    return (
        f"over {counts['seeds']} seeds{_pooled_over(counts)} {_out_of(parts)} verdicts on parts that could be judged, {_share(parts)}; "
        f"of claims that no later one replaces {_out_of(in_force)}, {_share(in_force)}; {_out_of(claims)} on whole claims, "
        f"{_share(claims)}. In more than {_percent(counts['bars']['part'])} of the seeds {number(len(often), 0)} parts are "
        f"replicated, of claims that no later one replaces {'; '.join(named) or 'none'}"
    )


def seeds_table(counts: Mapping[str, Any]) -> str:
    """Parts that permuted labels replicate with any seed, by model; a sentence where none is, or where there are no counts.

    Args:
        counts: as for `over_seeds`.
    """
    if not counts:
        return "The placebo has not been run over several seeds yet."
    let_through = [row for row in counts["parts"] if row["replicated"]]
    said = (
        f"Placebos, labels permuted anew by each of {counts['seeds']} seeds: of {len(counts['parts'])} parts that could be judged, "
        f"over all models, {len(let_through)} are replicated with any seed. Pooled{_pooled_over(counts)}: "
        f"{_out_of(counts['pooled']['parts'])} verdicts on parts, {_share(counts['pooled']['parts'])}."
    )
    if not let_through:
        return latex.escape(said)
    body = []
    for model in dict.fromkeys(row["model"] for row in let_through):
        body.append(rf"\multicolumn{{{len(SEEDS_HEAD)}}}{{@{{}}l@{{}}}}{{{latex.emphasised(latex.escape(model))}}} \\")
        body += [_seeds_row(row) for row in let_through if row["model"] == model]
    bar = _percent(counts["bars"]["part"])
    caption = f" Shares with their exact 95 % intervals; pooled ones over resampled seeds. In bold what exceeds {bar}."
    table = latex.tabular(f"@{{}}{latex.LEFT}p{{0.45\\linewidth}}rrr@{{}}", SEEDS_HEAD, body)
    return latex.floating(
        table, caption=latex.escape(said + caption), label="placebos", position="htbp", size="scriptsize"
    )


def _pooled_over(counts: Mapping[str, Any]) -> str:
    """Models that pooled shares are of, where those of others were counted before; nothing where they are of all."""
    return f" on {listing(counts['pooled_over'])} alone" if "pooled_over" in counts else ""


def _seeds_row(row: Mapping[str, Any]) -> str:
    name = f"{row['claim']} {row['part']}" + (" (replaced)" if row["superseded"] else "")
    cells = [name, _out_of(row), _share(row), number(row["not_testable"], 0)]
    marked = latex.bold if row["share"] > PART_BAR else str
    return latex.row([marked(latex.escape(cell)) for cell in cells])


def _out_of(row: Mapping[str, Any]) -> str:
    return f"{number(row['replicated'], 0)} of {number(row['testable'], 0)}"


def _share(row: Mapping[str, Any]) -> str:
    """A share and its interval, for instance "4.1 % [2.0, 7.4]"; says so where nothing could be judged."""
    if row["share"] is None:
        return judging.NOT_TESTABLE
    low, high = (number(100 * row[end], 1) for end in ("low", "high"))
    return f"{number(100 * row['share'], 1)} % [{low}, {high}]"


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


def placebo_of(judged: Mapping[str, Any], reference_file: str | Sequence[str]) -> Mapping[str, Any] | None:
    """Claims and parts of the placebo: of this study if it is one, else of the reference file; nothing when there is none."""
    if judged["tier"] == TIER:
        return judged
    if not reference_file:
        return None
    return files.read_json(str(reference_file))


def measured_in(results: Mapping[str, Any]) -> set[str]:
    """Claims of a claims.json, or of a reference file, that were measured on any model."""
    return {
        name
        for of_model in results["claims"].values()
        for name, row in of_model.items()
        if row["verdict"] != judging.NOT_MEASURED
    }
