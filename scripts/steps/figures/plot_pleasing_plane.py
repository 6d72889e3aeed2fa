"""Figure: slopes of two conduct experiments against each other, all emotions coloured by human valence, main layer (A27-A29)."""

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import labels, marks, panels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.statistics.effects import pearson
from emotion_vectors.stimuli import tables

ACROSS, UP = "pleasing", "harshness"
COLUMNS = {"estimate": "", "low": "_low", "high": "_high", "null_95": "_null"}


def plane_of(effects: pd.DataFrame, valence: pd.Series) -> pd.DataFrame:
    """Raw slopes of both experiments (`x`, `y`) with intervals (`x_low`, ...), nulls (`x_null`, `y_null`) and valence, by emotion."""
    raw = effects[effects["measure"] == "raw"].set_index(["experiment", "emotion"])
    sides = {"x": raw.loc[ACROSS], "y": raw.loc[UP]}
    columns = {f"{name}{ending}": side[column] for name, side in sides.items() for column, ending in COLUMNS.items()}
    return pd.DataFrame(columns).join(valence.rename("valence"), how="left", validate="one_to_one")


def draw(axes: Axes, plane: pd.DataFrame, limits: tuple[float, float]) -> Any:
    """One model: emotions with their intervals over the box of the nulls; returns the mappable for the colour bar."""
    wide, high = plane[["x_null", "y_null"]].median()
    axes.fill_between(
        [-wide, wide],
        -high,
        high,
        color=style.GREY,
        alpha=0.5,
        linewidth=0,
        zorder=0,
        label="null, to its 95th percentile (median)",
    )
    marks.zero(axes)
    marks.zero(axes, vertical=True)
    axes.hlines(
        plane["y"],
        plane["x_low"],
        plane["x_high"],
        color=style.GREY,
        linewidth=0.4,
        zorder=1,
        label="95 % over situations",
    )
    axes.vlines(plane["x"], plane["y_low"], plane["y_high"], color=style.GREY, linewidth=0.4, zorder=1)
    drawn = axes.scatter(
        plane["x"],
        plane["y"],
        c=plane["valence"],
        cmap=style.SEQUENTIAL,
        vmin=limits[0],
        vmax=limits[1],
        s=13,
        linewidth=0.25,
        edgecolor=style.DARK,
        zorder=3,
    )
    unit = "nats per token at strength 0.1"
    axes.set(xlabel=f"slope of {ACROSS}, {unit}", ylabel=f"slope of {UP}, {unit}")
    axes.locator_params(nbins=5)
    axes.margins(0.05)
    return drawn


def main(effects: list[Path], norms: Path, pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    valence = tables.load_norms(norms).set_index("emotion")["valence_1to9"]
    planes = {model: plane_of(table, valence) for model, table in study.tables(effects).items()}
    width = style.COLUMN_WIDTH if len(planes) == 1 else style.TEXT_WIDTH
    figure, cells = panels.a_panel_each(study.models, 2, width, 3.2, 0.65)
    for axes, (model, plane) in zip(cells, planes.items(), strict=True):
        drawn = draw(axes, plane, (valence.min(), valence.max()))
        r = style.decimal(pearson(plane["x"], plane["y"]))
        axes.set_title(f"{style.wrapped(model, 40)}, r = {r}")
    marks.colour_bar(drawn, cells, "human valence, 1 to 9", shrink=0.35 if len(cells) > 1 else 0.7)
    style.shared_legend(figure, cells, 2)
    labels.freeze_layout(figure)
    for axes, plane in zip(cells, planes.values(), strict=True):
        beyond = plane[(plane["x"].abs() > plane["x_null"]) | (plane["y"].abs() > plane["y_null"])]
        labels.label_points(axes, beyond["x"], beyond["y"], list(beyond.index), avoid=plane[["x", "y"]])
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
