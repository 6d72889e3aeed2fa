"""Figure: every decoding measure for the trained model, its twin, word counts and the word residual (S05, A01, A02)."""

import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import style

METHODS = {
    "trained": ("trained", style.TRAINED),
    "word-residual": ("word residual", style.RESIDUAL),
    "words": ("word counts", style.WORDS),
    "re-initialised": ("re-initialised", style.TWIN),
}
NULLS = {
    "stories": {"trained": ("A01", "above chance"), "word-residual": ("S05", "stories: word-residual")},
    "messages": {"trained": ("A02", "top-3 rate"), "word-residual": ("S05", "messages: word-residual")},
}
"""Evidence that holds the label-shuffled null and the chance level of a method, for each kind of item."""


def evidence_of(files: list[str]) -> pd.DataFrame:
    """Evidence of several steps, by claim and part."""
    return pd.concat([pd.read_parquet(file) for file in files]).set_index(["claim", "part"])


def draw(axes, rates: pd.DataFrame, evidence: pd.DataFrame, kind: str) -> None:
    """One measure of one model: rate and interval of each method, nulls shaded, chance as a dotted line."""
    rates = rates.set_index("method")
    for place, (method, (_, colour)) in enumerate(METHODS.items()):
        row = rates.loc[method]
        if method in NULLS[kind]:
            null_95 = evidence.loc[NULLS[kind][method], "null_95"]
            axes.barh(place, null_95, height=0.72, color=style.GREY, linewidth=0, zorder=1,
                      label="label-shuffled null, to its 95th percentile")  # fmt: skip
        axes.plot(
            [row["low"], row["high"]], [place, place], color=colour, linewidth=1.8, solid_capstyle="butt", zorder=3
        )
        axes.plot(row["rate"], place, marker="o", markersize=4, color=colour, zorder=4)
        axes.annotate(
            f"{row['rate']:.2f}", (row["rate"], place), xytext=(0, 3), textcoords="offset points", ha="center", va="bottom",
            fontsize=style.SMALL, zorder=3.5, bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.3},
        )  # fmt: skip
    chance = evidence.loc[NULLS[kind]["trained"], "reference"]
    axes.axvline(chance, color="black", linewidth=0.8, linestyle=":", zorder=2, label="chance")
    axes.set_yticks(range(len(METHODS)), [label for label, _ in METHODS.values()])
    axes.set_ylim(len(METHODS) - 0.5, -0.75)


def main(inputs, pdf_file: str, png_file: str, *, models):
    tables = style.read_tables(inputs.summaries, models)
    steps = zip(inputs.training, inputs.decoding, inputs.messages, strict=True)
    evidence = {model: evidence_of(list(files)) for model, files in zip(models, steps, strict=True)}
    measures = list(dict.fromkeys(tables[models[0]]["measure"]))
    figure, grid = style.panels(
        len(measures), len(models), style.TEXT_WIDTH, 1.3 * len(measures) + 0.6, sharex="row", sharey=True
    )
    for row, measure in zip(grid, measures, strict=True):
        kind = measure.split(",")[0]
        for axes, model in zip(row, models, strict=True):
            rates = tables[model][tables[model]["measure"] == measure]
            draw(axes, rates, evidence[model], kind)
            axes.set_xlabel(style.wrapped(f"rate ({measure}; n = {rates['n'].max():,})", 120 // len(models)))
        row[0].set_xlim(left=0)
    for axes, model, letter in zip(grid[0], models, style.letters(len(models)), strict=True):
        style.name_panel(axes, model, letter, characters=max(14, 100 // len(models)))
    style.shared_legend(figure, grid.ravel(), 2)
    style.save(figure, pdf_file, png_file, title="What training adds")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
