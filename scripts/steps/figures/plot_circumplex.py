"""Figure: emotions on the components that are judged, beside human valence and arousal (A06, A07)."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import labels, marks, panels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.statistics.effects import pearson

FIRST, OTHERS = "pc1", ("pc2", "pc3")
"""The component that A06 holds against valence, and those of which A07 takes the better against arousal."""


def judged_components(scores: pd.DataFrame) -> pd.DataFrame:
    """Scores as `x` (first component) and `y` (the better of the next two for arousal), signs turned to agree with the ratings.

    The names of the components stand in the columns `x_name` and `y_name`.
    """
    best = max(OTHERS, key=lambda name: abs(pearson(scores[name], scores["arousal"])))
    axes = {"x": (FIRST, "valence"), "y": (best, "arousal")}
    turned = {
        axis: scores[name] * (1.0 if pearson(scores[name], scores[rating]) >= 0 else -1.0)
        for axis, (name, rating) in axes.items()
    }
    return scores.assign(**turned, **{f"{axis}_name": name for axis, (name, _) in axes.items()})


def axis_label(table: pd.DataFrame, axis: str, rating: str, shares: pd.Series) -> str:
    """Component with its share of the variance and its correlation with the rating."""
    name = table[f"{axis}_name"].iloc[0]
    r = style.decimal(pearson(table[axis], table[rating]))
    return f"{name.upper()} ({100 * shares[int(name[2:])]:.0f} % of variance), r = {r} with {rating}"


def scatter(axes: Axes, table: pd.DataFrame, columns: tuple[str, str], limits: tuple[float, float]) -> Any:
    """Points coloured by valence, with room for labels around them; returns the mappable for the colour bar."""
    x, y = (table[column] for column in columns)
    drawn = axes.scatter(
        x,
        y,
        c=table["valence"],
        cmap=style.SEQUENTIAL,
        vmin=limits[0],
        vmax=limits[1],
        s=11,
        linewidth=0.25,
        edgecolor=style.DARK,
        zorder=3,
    )
    axes.set_xlim(x.min() - 0.14 * np.ptp(x), x.max() + 0.14 * np.ptp(x))
    axes.set_ylim(y.min() - 0.07 * np.ptp(y), y.max() + 0.07 * np.ptp(y))
    return drawn


def main(
    scores: list[Path], correlations: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text
) -> None:
    tables = {model: judged_components(table) for model, table in study.tables(scores).items()}
    ratings = tables[study.models[0]]
    limits = (ratings["valence"].min(), ratings["valence"].max())
    figure, cells = panels.a_panel_each([*study.models, "human ratings"], 3, style.TEXT_WIDTH, 3.1, 0.4)
    for axes, table, known in zip(cells, tables.values(), study.tables(correlations).values(), strict=False):
        at_main = known[known["layer"] == table["layer"].iloc[0]].drop_duplicates("component")
        shares = at_main.set_index("component")["variance_fraction"]
        scatter(axes, table, ("x", "y"), limits)
        axes.set(xlabel=axis_label(table, "x", "valence", shares), ylabel=axis_label(table, "y", "arousal", shares))
    drawn = scatter(cells[-1], ratings, ("valence", "arousal"), limits)
    cells[-1].set(xlabel="valence, 1 to 9", ylabel="arousal, 1 to 9")
    marks.colour_bar(drawn, cells, "human valence, 1 to 9", shrink=0.35)
    labels.freeze_layout(figure)
    for axes, table, (x, y) in zip(
        cells, [*tables.values(), ratings], [("x", "y")] * len(tables) + [("valence", "arousal")], strict=True
    ):
        labels.label_points(axes, table[x], table[y], list(table["emotion"]))
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
