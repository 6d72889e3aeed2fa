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
    from matplotlib.axes import Axes

DESCRIPTIVE = "descriptive"
LOOKS = {
    judging.REPLICATED: ("R", style.BLUE, "white"),
    judging.PARTIAL: ("P", style.SKY, "black"),
    judging.INCONCLUSIVE: ("?", "#E3E3E3", "black"),
    judging.NOT_REPLICATED: ("N", style.VERMILION, "white"),
    judging.NOT_TESTABLE: ("–", "white", "black"),
    DESCRIPTIVE: ("d", "white", "black"),
    judging.NOT_MEASURED: ("", "white", "black"),
}
"""Letter, colour of the cell and of the letter, of every verdict."""
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
            letter, face, ink = LOOKS[by_claim.get(claim, judging.NOT_MEASURED)]
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=face, edgecolor=style.GREY, linewidth=0.5))
            axes.text(
                column + 0.5,
                row + 0.52,
                letter,
                ha="center",
                va="center",
                fontsize=style.TEXT,
                color=ink,
                fontweight="bold",
            )
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
