"""Figure: slopes of two conduct experiments against each other, all emotions coloured by human valence, main layer (A27-A29)."""

import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import labels, style
from emotion_vectors.statistics.effects import pearson


def plane_of(effects: pd.DataFrame, valence: pd.Series, across: str, up: str) -> pd.DataFrame:
    """Raw slopes of two experiments (`x`, `y`), their nulls (`x_null`, `y_null`) and valence, by emotion."""
    raw = effects[effects["measure"] == "raw"].set_index(["experiment", "emotion"])[["estimate", "null_95"]]
    sides = {"x": raw.loc[across], "y": raw.loc[up]}
    columns = {name: side["estimate"] for name, side in sides.items()}
    nulls = {f"{name}_null": side["null_95"] for name, side in sides.items()}
    return pd.DataFrame({**columns, **nulls}).join(valence.rename("valence"), how="left", validate="one_to_one")


def draw(axes, plane: pd.DataFrame, limits: tuple[float, float]):
    """One model: emotions over the box of the nulls, with room for labels; returns the mappable for the colour bar."""
    wide, high = plane[["x_null", "y_null"]].median()
    axes.fill_between([-wide, wide], -high, high, color=style.GREY, alpha=0.5, linewidth=0, zorder=0,
                      label="null, to its 95th percentile (median)")  # fmt: skip
    for line in (axes.axhline, axes.axvline):
        line(0, color=style.DARK, linewidth=0.5, zorder=0.5)
    axes.margins(0.14, 0.07)
    return axes.scatter(
        plane["x"], plane["y"], c=plane["valence"], cmap=style.SEQUENTIAL, vmin=limits[0], vmax=limits[1], s=10,
        linewidth=0.25, edgecolor=style.DARK, zorder=3,
    )  # fmt: skip


def main(inputs, pdf_file: str, png_file: str, *, models, across: str, up: str):
    valence = pd.read_csv(inputs.norms).set_index("emotion")["valence_1to9"]
    tables = style.read_tables(inputs.effects, models)
    planes = {model: plane_of(effects, valence, across, up) for model, effects in tables.items()}
    rows, columns = style.model_grid(len(models), 3)
    width = style.COLUMN_WIDTH if len(models) == 1 else style.TEXT_WIDTH
    figure, grid = style.panels(rows, columns, width, min(3.1, 9 / rows) * rows + 0.6)
    cells = grid.ravel()
    for axes, (model, plane), letter in zip(cells, planes.items(), style.letters(len(models)), strict=False):
        drawn = draw(axes, plane, (valence.min(), valence.max()))
        axes.set_xlabel(f"slope of {across.replace('_', ' ')}, nats at strength 0.1")
        axes.set_ylabel(f"slope of {up.replace('_', ' ')}, nats at strength 0.1")
        r = f"r = {pearson(plane['x'], plane['y']):.2f}".replace("-", "−")
        style.name_panel(axes, f"{style.wrapped(model, 30)}\n{r}", letter, characters=80)
    style.hide(cells[len(models) :])
    shown = list(cells[: len(models)])
    bar = figure.colorbar(drawn, ax=shown, location="bottom", shrink=0.35 if columns > 1 else 0.7, aspect=35, pad=0.02)
    bar.set_label("human valence, 1 to 9", size=style.TEXT)
    style.shared_legend(figure, shown, 1)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes, plane in zip(shown, planes.values(), strict=True):
        labels.label_points(axes, plane["x"], plane["y"], list(plane.index), size=style.TINY)
    title = f"Slopes of {across} and {up} along all emotion vectors"
    style.save(figure, pdf_file, png_file, title=title)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models,
            across=snakemake.params.across, up=snakemake.params.up,
        )  # fmt: skip
