"""Figure: readings while only the number in a message grows, by emotion, and the mean signed correlations, main layer (A04)."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import files, step
from emotion_vectors.figures import marks, saving, style
from emotion_vectors.figures.study import Study, evidence_of

SIDES = {1: (style.VERMILION, "predicted to rise"), -1: (style.BLUE, "predicted to fall")}
LAST = 1.0
"""Place of the greatest number of every template; the least stands at 0, the others at equal distances."""


def placed(readings: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Readings with the place of their number among those of the template, 0 to 1, and with the registered sign."""
    rank = readings.groupby(["template", "emotion"])["magnitude"].rank(method="first") - 1
    most = rank.groupby([readings["template"], readings["emotion"]]).transform("max")
    signs = cells[["template", "emotion", "sign"]].drop_duplicates()
    return readings.assign(place=LAST * rank / most).merge(signs, on=["template", "emotion"], validate="many_to_one")


def draw(axes: Axes, curves: pd.DataFrame) -> None:
    """One emotion: a thin line for each template, the mean of each predicted side on top."""
    for sign, (colour, label) in SIDES.items():
        side = curves[curves["sign"] == sign]
        for _, curve in side.groupby("template"):
            curve = curve.sort_values("place")
            axes.plot(curve["place"], curve["projection_sd"], color=colour, linewidth=0.5, alpha=0.5, zorder=2)
        mean = side.assign(place=side["place"].round(3)).groupby("place")["projection_sd"].mean()
        axes.plot(mean.index, mean, color=colour, linewidth=2.0, label=f"{label}, mean over templates", zorder=3)
    marks.zero(axes)
    axes.set_xticks([0, LAST], ["least", "most"])
    axes.set_xlim(-0.12, LAST + 0.12)


def main(
    readings: list[Path],
    correlations: list[Path],
    evidence: list[Path],
    pdf: Path,
    png: Path,
    *,
    study: Study,
    text: saving.Text,
) -> None:
    tables, judged = study.tables(readings), study.tables(evidence)
    emotions = sorted(tables[study.models[0]]["emotion"].unique())
    figure, grid = style.bare_panels(
        len(study.models), len(emotions) + 1, style.TEXT_WIDTH, 1.5 * len(study.models) + 0.75, sharex="col"
    )
    for row, (model, table), file, known in zip(
        grid, tables.items(), readings, study.tables(correlations).values(), strict=True
    ):
        curves = placed(table, known[known["layer"] == files.provenance_of(file)["layer"]])
        for axes, emotion in zip(row[:-1], emotions, strict=True):
            draw(axes, curves[curves["emotion"] == emotion])
            axes.sharey(row[0])
            axes.tick_params(labelleft=axes is row[0])
        rows = evidence_of(judged[model]).loc["A04"].rename(index=lambda part: style.wrapped(part, 12))
        marks.estimates(row[-1], rows, colour="black", label="mean signed ρ, 95 % over templates")
        marks.zero(row[-1], vertical=True)
        row[0].set_ylabel(f"{style.wrapped(model, 18)}\nreading, s.d.")
    titles = [f"{emotion} vector" for emotion in emotions] + ["signed rank correlation"]
    for column, title, letter in zip(grid.T, titles, style.letters(len(titles)), strict=True):
        style.name_panel(column[0], title, letter, characters=16)
        column[-1].set_xlabel("mean signed ρ" if letter == style.letters(len(titles))[-1] else "number in the message")
    style.shared_legend(figure, grid.ravel(), 2)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
