"""Figure: what the readout of each act responds to without steering, and how many of its gates are open, by model (A19b-A29b)."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.acts import overview
from emotion_vectors.acts.conditions import CONTEXT, ORDER
from emotion_vectors.acts.odds import MENTION
from emotion_vectors.acts.sensitivity import GateDraws
from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.stimuli.acts.table import load_acts

ROW = 0.25
"""Height of the row of an act, inches."""
SERIES = {
    ORDER: ("order for the act minus order against it", style.BLUE, "o"),
    CONTEXT: ("context of the act minus its control", style.VERMILION, "s"),
    MENTION: ("mere mention minus plain context", style.GREEN, "^"),
}
"""Label, colour and marker of what the readout may respond to, from top to bottom of a row."""


def draw(axes: Axes, responses: pd.DataFrame, acts: list[str], order_nats: float) -> None:
    """Responses of one model, a row for each act from top to bottom."""
    for name, offset in zip(SERIES, (-0.25, 0, 0.25), strict=True):
        label, colour, marker = SERIES[name]
        table = responses[responses["response"] == name].set_index("act").loc[acts]
        at = np.arange(len(acts)) + offset
        axes.hlines(at, table["low"], table["high"], color=colour, linewidth=1.2, zorder=2)
        axes.scatter(table["value"], at, s=15, color=colour, marker=marker, linewidth=0, zorder=3, label=label)
    axes.axvline(order_nats, color=style.BLUE, linewidth=0.8, linestyle=style.DASHED, label="an order must reach this")
    marks.zero(axes, vertical=True)
    axes.set_ylim(len(acts) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelbottom=True)
    axes.set_xlabel("change of log-odds, nats per reply")


def count(axes: Axes, gates: pd.DataFrame, acts: list[str]) -> None:
    """Number of open gates at the right edge of every row; a row all of whose gates are open is tinted."""
    for row, act in enumerate(acts):
        passed = gates.loc[gates["behaviour"] == act, "passed"]
        axes.axhline(row - 0.5, color=style.GREY, linewidth=0.4, zorder=0.5)
        if passed.all():
            axes.axhspan(row - 0.5, row + 0.5, color=style.SKY, alpha=0.25, linewidth=0, zorder=0)
        axes.annotate(
            f"{passed.sum()} of {len(passed)} gates",
            (1, row),
            xytext=(3, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            va="center",
            fontsize=style.SMALL,
            fontweight="bold" if passed.all() else "normal",
            annotation_clip=False,
        )


def main(
    gates: list[Path],
    changes: list[Path],
    acts: Path,
    schema: Path,
    pdf: Path,
    png: Path,
    *,
    study: Study,
    text: saving.Text,
) -> None:
    known = load_acts(acts, schema)
    height = ROW * len(known) + 0.4
    figure, cells = panels.a_panel_each(study.models, 3, style.TEXT_WIDTH, height, 0.4, sharex=True, sharey=True)
    by_model = zip(cells, study.tables(gates).values(), study.tables(changes).values(), strict=True)
    for axes, of_gates, changed in by_model:
        responses = overview.responses(of_gates, changed, known, GateDraws(study.bootstraps, study.seed))
        draw(axes, responses, list(known), study.order_nats)
        count(axes, of_gates, list(known))
    cells[0].set_yticks(range(len(known)), [style.spaced(name.removeprefix("act_")) for name in known])
    cells[0].fill_between([], [], [], color=style.SKY, alpha=0.25, linewidth=0, label="all gates open")
    style.shared_legend(figure, cells[:1], 3)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
