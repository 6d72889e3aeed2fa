"""Figure: story vectors and instruction directions by depth: cosines, shared space, decoding of each other's texts (O01-O03)."""

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import panels
from emotion_vectors.figures import style as figures
from emotion_vectors.models.layers import main_layer
from emotion_vectors.stimuli.events import EMOTIONS

HEIGHTS = (1.6, 1.35, 1.35)
COSINES = {
    "corrected_matched": ("matched, over reliability", {"color": figures.BLUE, "marker": "o"}),
    "matched": ("matched, as found", {"color": figures.SKY, "marker": "s"}),
    "corrected_mismatched": ("mismatched, over reliability", {"color": figures.VERMILION, "linestyle": (0, (3, 1))}),
    "mismatched": ("mismatched, as found", {"color": figures.ORANGE, "linestyle": (0, (3, 1))}),
    "ceiling": ("split-half reliability", {"color": figures.DARK, "linestyle": ":"}),
}
SPACES = {
    "space_share": ("share of the ceiling", {"color": figures.BLUE, "marker": "o"}),
    "space_overlap": ("overlap as found", {"color": figures.SKY, "marker": "s"}),
    "space_ceiling": ("split-half ceiling", {"color": figures.DARK, "linestyle": ":"}),
}
LABELS = ("cosine", "mean squared cosine of\nprincipal angles", "six-way accuracy")
HIGHEST = 1.25
"""Upper end of the first two rows at most: ratios to a reliability near nil have no bound."""
READINGS = ((figures.BLUE, "o"), (figures.VERMILION, "s"))


def measures_of(similarity: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Value and interval of every measure by depth, with those that follow from others; these and ceilings have no interval."""
    found = {name: table.set_index("depth").sort_index() for name, table in similarity.groupby("measure")}

    def derived(values: pd.Series) -> pd.DataFrame:
        return pd.DataFrame({"value": values, "low": values, "high": values})

    value = {name: table["value"] for name, table in found.items()}
    random = value["space_overlap"] - value["above_random"]
    reliabilities = [value[f"{method}_reliability"].clip(lower=0) for method in ("story", "instruction")]
    return found | {
        "corrected_mismatched": derived(value["corrected_matched"] - value["corrected_contrast"]),
        "space_ceiling": derived(value["space_ceiling"]),
        "ceiling": derived(np.sqrt(reliabilities[0] * reliabilities[1])),
        "random": derived(random).assign(null_95=random + found["above_random"]["null_95_or_missing"]),
    }


def draw(axes, measures: dict[str, pd.DataFrame], wanted: dict[str, tuple[str, dict]]) -> None:
    """Measures by depth with their intervals."""
    for name, (label, style) in wanted.items():
        table = measures[name]
        axes.fill_between(table.index, table["low"], table["high"], color=style["color"], alpha=0.2, linewidth=0)
        axes.plot(table.index, table["value"], markersize=2.2, markeredgewidth=0, label=label, zorder=3, **style)
    axes.axhline(0, color=figures.DARK, linewidth=0.5, zorder=1)


def draw_decoding(axes, table: pd.DataFrame) -> None:
    """Accuracy of each method on the texts of the other, over the null that reaches further."""
    table = table.assign(depth=figures.depths(table["layer"], table["layer"].max() + 1)).sort_values("depth")
    null = table.groupby("depth")["null_95"].max()
    figures.null_region(axes, null.index, null, label="shuffled, to 95 %")
    for (name, here), (colour, marker) in zip(table.groupby("reading"), READINGS, strict=True):
        figures.curve(axes, here, "value", colour=colour, label=figures.wrapped(name, 22), marker=marker)
    axes.axhline(1 / len(EMOTIONS), color="black", linewidth=0.8, linestyle=":", label="chance", zorder=2)


def main(inputs, pdf_file: str, png_file: str, *, models, depth):
    similarity, decoding = (figures.read_tables(files, models) for files in (inputs.similarity, inputs.decoding))
    figure, grid = panels.panels(models, HEIGHTS, figures.TEXT_WIDTH, 0.45, sharex=True, sharey="row")
    for column, model in zip(grid.T, models, strict=True):
        measures, layers = measures_of(similarity[model]), decoding[model]["layer"].nunique()
        draw(column[0], measures, COSINES)
        draw(column[1], measures, SPACES)
        figures.null_region(column[1], measures["random"].index, measures["random"]["null_95"], label="random, to 95 %")
        draw_decoding(column[2], decoding[model])
        for axes in column:
            figures.depth_axis(axes, (main_layer(layers, depth) + 1) / layers, label=axes is column[-1])
    panels.label_rows(grid, LABELS)
    panels.limit(grid[:2], -HIGHEST, HIGHEST)
    for axes in grid[:, -1]:
        panels.legend_beside(axes)
    figures.save(figure, pdf_file, png_file, title="Story vectors and instruction directions by depth")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models,
            depth=snakemake.params.depth,
        )  # fmt: skip
