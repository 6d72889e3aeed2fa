"""Figure: what decodes the emotion of a text, by decoders of one family: words, style, a twin, vectors, both (A01b, A02b, S05b)."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, saving, style
from emotion_vectors.figures.study import Study

COLOURS = {
    "word counts": style.WORDS,
    "style counts": style.ORANGE,
    "re-initialised twin": style.TWIN,
    "vectors": style.TRAINED,
    "vectors and words": style.PURPLE,
}
MEASURES = {
    "stories": "stories of topics left out, top-1",
    "second hand": "stories of the second hand, top-1",
    "message mean": "messages read over their tokens, top-3",
    "reply token": "messages read before the reply, top-3",
}


def draw(axes: Axes, rates: pd.DataFrame) -> None:
    """One measure of one model: rate and interval of each source over its null, chance as a dotted line."""
    rates = rates.set_index("source")
    for height, (source, colour) in enumerate(COLOURS.items()):
        row = rates.loc[source]
        axes.barh(height, row["null_95"], height=0.72, color=style.GREY, linewidth=0, zorder=1, label=marks.SHUFFLED)
        marks.rate(axes, height, row, colour)
    axes.axvline(rates["chance"].iloc[0], color="black", linewidth=0.8, linestyle=":", zorder=2, label="chance")
    axes.set_yticks(range(len(COLOURS)), list(COLOURS))
    axes.set_ylim(len(COLOURS) - 0.5, -1.0)


def main(rates: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    tables = study.tables(rates)
    measured = set(tables[study.models[0]]["measure"])
    measures = {name: words for name, words in MEASURES.items() if name in measured}
    height = 1.1 * len(measures) + 0.6
    figure, grid = style.bare_panels(
        len(measures), len(study.models), style.TEXT_WIDTH, height, sharex="row", sharey=True
    )
    for row, (measure, words) in zip(grid, measures.items(), strict=True):
        for axes, model in zip(row, study.models, strict=True):
            of_measure = tables[model][tables[model]["measure"] == measure]
            draw(axes, of_measure)
            axes.set_xlabel(style.wrapped(f"{words} (n = {of_measure['n'].max():,})", 110 // len(study.models)))
        row[0].set_xlim(0, 1.08)
    for axes, model, letter in zip(grid[0], study.models, style.letters(len(study.models)), strict=True):
        style.name_panel(axes, model, letter, characters=max(14, 90 // len(study.models)))
    style.shared_legend(figure, grid.ravel(), 2)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
