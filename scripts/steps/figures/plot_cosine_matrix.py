"""Figure: cosines between all emotion vectors by family, and within minus between families, main layer (A09)."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.stimuli import tables as stimuli

SHOWN = 0.98
"""Quantile of the absolute cosines at which the colours end."""
Families = dict[str, tuple[str, ...]]


def matrix_of(table: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """Cosines as a square in this order of emotions."""
    return table.pivot(index="left", columns="right", values="cosine").loc[order, order]


def within_minus_between(matrix: pd.DataFrame, families: Families) -> pd.Series:
    """Mean cosine of every emotion with the others of its family, minus that with the emotions of other families."""
    family_of = pd.Series({emotion: name for name, members in families.items() for emotion in members})[matrix.index]
    same = family_of.to_numpy()[:, None] == family_of.to_numpy()
    itself = np.eye(len(matrix), dtype=bool)
    within = matrix.where(same & ~itself).mean(axis=1)
    return within - matrix.where(~same).mean(axis=1)


def spans_of(families: Families) -> dict[str, tuple[float, float]]:
    """First and last edge of every family among the rows of the matrix."""
    ends = np.cumsum([len(members) for members in families.values()]) - 0.5
    starts = [-0.5, *ends[:-1]]
    return dict(zip(families, zip(starts, ends, strict=True), strict=True))


def draw_bars(axes: Axes, differences: pd.Series, families: Families) -> None:
    """A bar for each family over its rows, a dot for each emotion, the mean of all as a line."""
    for name, (start, end) in spans_of(families).items():
        mean = differences[list(families[name])].mean()
        axes.barh((start + end) / 2, mean, height=0.86 * (end - start), color=style.SKY, linewidth=0, zorder=1)
    axes.scatter(differences, range(len(differences)), s=4, color=style.BLUE, linewidth=0, zorder=3)
    axes.axvline(differences.mean(), color="black", linewidth=0.9, linestyle=style.DASHED, zorder=2)
    marks.zero(axes, vertical=True)
    axes.annotate(
        f"mean {style.decimal(differences.mean(), signed=True)}",
        (differences.mean(), 1),
        xytext=(0, 2),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="center",
        fontsize=style.SMALL,
    )
    axes.set(yticks=[], ylim=(len(differences) - 0.5, -0.5), xlabel="within −\nbetween")
    axes.locator_params(axis="x", nbins=2)


def main(cosines: list[Path], families: Path, pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    tables = study.tables(cosines)
    groups = stimuli.load_clusters(families, emotions=list(dict.fromkeys(tables[study.models[0]]["left"])))
    matrices = {
        model: matrix_of(table, [emotion for members in groups.values() for emotion in members])
        for model, table in tables.items()
    }
    apart = np.concatenate([matrix.to_numpy()[~np.eye(len(matrix), dtype=bool)] for matrix in matrices.values()])
    limit = style.round_up(float(np.quantile(np.abs(apart), SHOWN)), 0.1)
    rows, columns = style.model_grid(len(matrices), 1 if len(matrices) < 3 else 2)
    width = style.COLUMN_WIDTH if columns == 1 else style.TEXT_WIDTH
    figure, grid = style.bare_panels(rows, 2 * columns, width, 2.25 * rows + 0.5, width_ratios=[2.0, 0.9] * columns)
    pairs = grid.reshape(-1, 2)
    for (axes, beside), (model, matrix), letter in zip(
        pairs, matrices.items(), style.letters(len(matrices)), strict=False
    ):
        drawn = marks.heatmap(axes, matrix, limit)
        axes.set_aspect("auto")
        spans = spans_of(groups)
        axes.set_xticks([])
        axes.set_yticks([sum(span) / 2 for span in spans.values()], [style.spaced(name) for name in spans])
        axes.tick_params(length=0)
        for _, end in spans.values():
            axes.axhline(end, color="black", linewidth=0.35)
            axes.axvline(end, color="black", linewidth=0.35)
            beside.axhline(end, color=style.GREY, linewidth=0.35)
        draw_bars(beside, within_minus_between(matrix, groups), groups)
        style.name_panel(axes, model, letter, characters=26)
    style.hide(pairs[len(matrices) :].ravel())
    marks.colour_bar(drawn, list(grid[:, ::2].ravel())[: len(matrices)], "cosine", shrink=0.8, extend="both")
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
