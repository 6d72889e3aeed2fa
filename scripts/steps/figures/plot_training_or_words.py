"""Figure: every decoding measure for the trained model, its twin, word counts and the word residual (S05, A01, A02)."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, saving, style
from emotion_vectors.figures.study import Study, evidence_of

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


def draw(axes: Axes, rates: pd.DataFrame, evidence: pd.DataFrame, kind: str) -> None:
    """One measure of one model: rate and interval of each method, nulls shaded, chance as a dotted line."""
    rates = rates.set_index("method")
    for height, (method, (_, colour)) in enumerate(METHODS.items()):
        row = rates.loc[method]
        if method in NULLS[kind]:
            null_95 = evidence.loc[NULLS[kind][method], "null_95"]
            axes.barh(height, null_95, height=0.72, color=style.GREY, linewidth=0, zorder=1, label=marks.SHUFFLED)
        marks.rate(axes, height, row, colour)
    chance = evidence.loc[NULLS[kind]["trained"], "reference"]
    axes.axvline(chance, color="black", linewidth=0.8, linestyle=":", zorder=2, label="chance")
    axes.set_yticks(range(len(METHODS)), [label for label, _ in METHODS.values()])
    axes.set_ylim(len(METHODS) - 0.5, -0.75)


def main(
    summaries: list[Path],
    training: list[Path],
    decoding: list[Path],
    messages: list[Path],
    pdf: Path,
    png: Path,
    *,
    study: Study,
    text: saving.Text,
) -> None:
    tables = study.tables(summaries)
    parts = zip(*(study.tables(paths).values() for paths in (training, decoding, messages)), strict=True)
    evidence = dict(zip(study.models, (evidence_of(*of_model) for of_model in parts), strict=True))
    measures = list(dict.fromkeys(tables[study.models[0]]["measure"]))
    figure, grid = style.bare_panels(
        len(measures), len(study.models), style.TEXT_WIDTH, 1.3 * len(measures) + 0.6, sharex="row", sharey=True
    )
    for row, measure in zip(grid, measures, strict=True):
        for axes, model in zip(row, study.models, strict=True):
            rates = tables[model][tables[model]["measure"] == measure]
            draw(axes, rates, evidence[model], measure.split(",")[0])
            label = f"rate ({measure}; n = {rates['n'].max():,})"
            axes.set_xlabel(style.wrapped(label, 110 // len(study.models)))
        row[0].set_xlim(left=0)
    for axes, model, letter in zip(grid[0], study.models, style.letters(len(study.models)), strict=True):
        style.name_panel(axes, model, letter, characters=max(14, 90 // len(study.models)))
    style.shared_legend(figure, grid.ravel(), 2)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
