"""Verdicts on all claims at one glance: a cell for each claim and model, told apart by colour and letter."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from emotion_vectors.claims import judging
from emotion_vectors.claims.registry import superseded_by
from emotion_vectors.figures import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LOOKS = {
    judging.REPLICATED: ("R", style.BLUE, "white"),
    judging.PARTIAL: ("P", style.SKY, "black"),
    judging.INCONCLUSIVE: ("?", "#E3E3E3", "black"),
    judging.NOT_REPLICATED: ("N", style.VERMILION, "white"),
    judging.NOT_TESTABLE: ("–", "white", "black"),
    judging.DESCRIPTIVE: ("d", "white", "black"),
    judging.NOT_MEASURED: ("", "white", "black"),
}
"""Letter, colour of the cell and of the letter, of every verdict."""
SAME, HATCH, GAP = "same", "/////", 0.15
OF_CHOICES = {SAME: ("=", "white", style.DARK), "": ("", "white", "black")}
"""The same of cells of other choices: of an unchanged verdict, and of one that cannot change."""
UNSPECIFIC = "as strong with permuted labels"
GROUPS = {
    "A": "Sofroniew et al. 2026, emotion vectors",
    "W": "Wang et al. 2025, circuits",
    "O": "overlap",
    "S": "wider",
}
"""First letter of the ids of a group of claims -> name of the group."""


def in_force(verdicts: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Claims of a study (model -> claim -> verdict) without those whose place a measured one of a later registration takes."""
    by_claim: dict[str, set[str]] = {}
    for of_model in verdicts.values():
        for claim, verdict in of_model.items():
            by_claim.setdefault(claim, set()).add(verdict)
    measured = [claim for claim, given in by_claim.items() if given != {judging.NOT_MEASURED}]
    return [claim for claim in by_claim if superseded_by(claim, measured) is None]


def groups_of(claims: Sequence[str]) -> dict[str, list[str]]:
    """Claims by the first letter of their ids, groups and claims in order."""
    return {letter: [claim for claim in claims if claim.startswith(letter)] for letter in GROUPS}


def draw_matrix(
    axes: Axes,
    verdicts: Mapping[str, Mapping[str, str]],
    claims: Sequence[str],
    unspecific: Collection[tuple[str, str]],
) -> None:
    """Cells of one group: a row for each model, a column for each claim.

    Args:
        verdicts: model -> claim -> verdict; unspecific: model and claim of verdicts that permuted labels reach as well.
    """
    for row, (model, by_claim) in enumerate(verdicts.items()):
        for column, claim in enumerate(claims):
            verdict = by_claim.get(claim, judging.NOT_MEASURED)
            _part_of_cell(axes, (column, row), (0, 1), verdict, style.TEXT)
            if (model, claim) in unspecific:
                axes.plot(
                    column + 0.82,
                    row + 0.18,
                    "o",
                    color=style.ORANGE,
                    markersize=3.2,
                    markeredgecolor="black",
                    markeredgewidth=0.4,
                )
    axes.set(xlim=(0, len(claims)), ylim=(len(verdicts), 0))
    axes.set_xticks([column + 0.5 for column in range(len(claims))], [claim[1:] for claim in claims])
    axes.set_yticks([row + 0.5 for row in range(len(verdicts))], list(verdicts))
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def draw_choices(axes: Axes, whole: pd.DataFrame, models: Sequence[str], choices: Sequence[str]) -> None:
    """Verdicts on claims under other choices: a row for each claim, its own verdict first, then a cell for each choice.

    A cell is parted between the models. An equals sign is the same verdict, a letter the other one; what cannot change is hatched. The
    share at the right is of all cells of the row that can.

    Args:
        whole: rows of the table of choices on whole claims of one group.
    """
    claims = list(dict.fromkeys(whole["claim"]))
    keys = zip(whole["claim"], whole["model"], whole["choice"], strict=True)
    told = dict(zip(keys, whole.to_dict("records"), strict=True))
    for row, claim in enumerate(claims):
        of_claim = whole[whole["claim"] == claim]
        registered = of_claim.drop_duplicates("model").set_index("model")["registered"]
        for number, model in enumerate(models):
            _part_of_cell(axes, (0, row), (number, len(models)), registered.get(model, judging.NOT_MEASURED))
            for column, choice in enumerate(choices, start=1):
                cell = told.get((claim, model, choice), {"varied": False})
                changed = SAME if cell["varied"] and cell["unchanged"] else str(cell.get("verdict"))
                verdict = changed if cell["varied"] else ""
                _part_of_cell(axes, (column + GAP, row), (number, len(models)), verdict)
        varied = of_claim[of_claim["varied"]]
        for left in (0, *(column + GAP for column in range(1, len(choices) + 1))):
            axes.add_patch(Rectangle((left, row), 1, 1, fill=False, edgecolor=style.DARK, linewidth=0.7))
        share = f"{varied['unchanged'].sum()}/{len(varied)}" if len(varied) else "–"
        axes.text(len(choices) + 1 + 2 * GAP, row + 0.52, share, va="center", fontsize=style.SMALL)
    axes.set(xlim=(-0.03, len(choices) + 2.3), ylim=(len(claims) + 0.04, -0.04))
    axes.set_yticks([row + 0.5 for row in range(len(claims))], claims)
    axes.set_xticks([])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _part_of_cell(
    axes: Axes, corner: tuple[float, float], part: tuple[int, int], verdict: str, size: float = style.SMALL
) -> None:
    """One model's part of a cell: its number, and how many there are. size: of the letter, points."""
    letter, face, ink = {**LOOKS, **OF_CHOICES}[verdict]
    width = 1 / part[1]
    left, top = corner[0] + part[0] * width, corner[1]
    hatch = HATCH if not verdict else None
    axes.add_patch(Rectangle((left, top), width, 1, facecolor=face, edgecolor=style.GREY, linewidth=0.5, hatch=hatch))
    axes.text(
        left + width / 2,
        top + 0.52,
        letter,
        ha="center",
        va="center",
        fontsize=size,
        color=ink,
        fontweight="bold",
    )


def legend_of_choices(present: Sequence[str]) -> list[Any]:
    """Handles for the verdicts that occur, for the same verdict, and for one that cannot change."""
    marks = {SAME: "=  the same verdict", "": "cannot change"}
    return legend_of(present, marked=False) + [
        Patch(facecolor="white", edgecolor=style.GREY, linewidth=0.5, label=label, hatch=HATCH if not look else None)
        for look, label in marks.items()
    ]


def legend_of(present: Sequence[str], *, marked: bool) -> list[Any]:
    """Handles for the verdicts that occur, and for the mark of the placebo where it is used."""
    handles: list[Any] = [
        Patch(facecolor=face, edgecolor=style.GREY, linewidth=0.5, label=f"{letter}  {verdict}".strip())
        for verdict, (letter, face, _) in LOOKS.items()
        if verdict in present
    ]
    if marked:
        handles.append(
            Line2D(
                [],
                [],
                marker="o",
                linestyle="",
                color=style.ORANGE,
                markeredgecolor="black",
                markersize=4,
                label=UNSPECIFIC,
            )
        )
    return handles
