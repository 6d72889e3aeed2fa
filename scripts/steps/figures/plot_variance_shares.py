"""Figure: how much of the variance among emotion vectors each component holds, and the share that is judged (A08)."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import panels, saving, style
from emotion_vectors.figures.study import Study, evidence_of

SHOWN, JUDGED = 20, 2
"""Components that are drawn, and those of which A08 takes the share."""


def shares_of(correlations: pd.DataFrame, layer: int) -> pd.Series:
    """Share of the variance by component at one layer, in percent."""
    at_layer = correlations[correlations["layer"] == layer].drop_duplicates("component")
    return 100 * at_layer.set_index("component")["variance_fraction"].sort_index()


def draw(axes: Axes, shares: pd.Series, judged: pd.Series) -> None:
    """One model: single components as bars, their sum as a curve, the judged sum with its interval over its null."""
    colours = [style.BLUE if component <= JUDGED else style.SKY for component in shares.index]
    axes.bar(shares.index, shares, color=colours, linewidth=0, label="single components", zorder=2)
    total = shares.cumsum()
    axes.plot(total.index, total, color=style.DARK, linewidth=0.9, label="sum up to there", zorder=2.5)
    axes.bar(
        JUDGED,
        100 * judged["null_95"],
        width=1.6,
        color=style.GREY,
        alpha=0.75,
        linewidth=0,
        zorder=1,
        label="null of the sum of two, to its 95th percentile",
    )
    axes.vlines(JUDGED, 100 * judged["low"], 100 * judged["high"], color=style.VERMILION, linewidth=1.6, zorder=3)
    axes.plot(
        JUDGED,
        100 * judged["estimate"],
        "D",
        color=style.VERMILION,
        markersize=4,
        label="first two together, 95 %",
        zorder=4,
    )
    axes.axvline(JUDGED, color=style.DARK, linewidth=0.5, linestyle=":", zorder=0.5)
    axes.set(xlabel="component", xlim=(0.3, shares.index.max() + 0.7), ylim=(0, None))
    axes.set_xticks([tick for tick in (1, 2, 5, 10, 15, 20) if tick <= shares.index.max()])


def main(
    scores: list[Path],
    correlations: list[Path],
    evidence: list[Path],
    pdf: Path,
    png: Path,
    *,
    study: Study,
    text: saving.Text,
) -> None:
    layers = {model: int(table["layer"].iloc[0]) for model, table in study.tables(scores).items()}
    wide = style.TEXT_WIDTH if len(study.models) > 1 else style.COLUMN_WIDTH
    figure, cells = panels.a_panel_each(study.models, 3, wide, 2.1, 0.7, sharey=True)
    tables = zip(study.tables(correlations).items(), study.tables(evidence).values(), strict=True)
    for axes, ((model, table), rows) in zip(cells, tables, strict=True):
        shares = shares_of(table, layers[model])
        draw(axes, shares[shares.index <= SHOWN], evidence_of(rows).loc[("A08", "share of PC1 and PC2")])
    cells[0].set_ylabel("variance among vectors, %")
    style.shared_legend(figure, cells, 2 if len(cells) > 1 else 1)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
