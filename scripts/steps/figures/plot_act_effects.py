"""Figure: effect of the named emotion vectors on the difference between the contexts of every act, by model (A19b-A29b)."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.acts import conditions, overview
from emotion_vectors.artefacts import step
from emotion_vectors.claims import registry
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.stimuli.acts.table import FIRST, load_acts

ROW, AROUND = 0.12, 0.2
"""Height of the row of a direction, and what every panel takes besides, inches."""
CLOSED = "gates closed"
GREYED: dict[str, Any] = {"facecolor": "#EEEEEE", "hatch": "////", "edgecolor": "white", "linewidth": 0}
"""Look of a panel whose gates are closed."""
ARROWS = {1: " →", -1: " ←"}
BESIDE = {conditions.LEFT: ("|", style.GREEN), conditions.CONTROL: ("x", style.VERMILION)}
"""Marker and colour of what stands beside a judged slope: what is left of it, and the same words where nobody acts."""
JUDGED, PLAIN = "difference between the contexts, 95 %, judged", "context of the act alone (wording), 95 %"


def draw(axes: Axes, rows: pd.DataFrame, smallest: set[float]) -> None:
    """One act of one model, from top to bottom: what is judged over its null, beside it the plain wording and the second hand."""
    first, judged = rows["hand"] == FIRST, rows["measure"] == conditions.DIFFERENCE
    marks.estimates(axes, rows[first & judged], colour=style.BLUE, label=JUDGED)
    plain, second = rows[first & (rows["measure"] == conditions.WORDING)], rows[~first & judged]
    at, pale = np.arange(len(plain)), {"color": style.ORANGE, "alpha": 0.6, "zorder": 1.8}
    axes.hlines(at + 0.25, plain["low"], plain["high"], linewidth=0.8, **pale)
    axes.scatter(plain["estimate"], at + 0.25, s=9, marker="D", linewidth=0, label=PLAIN, **pale)
    hollow = {"facecolor": "none", "edgecolor": style.DARK, "linewidth": 0.6, "zorder": 2.5}
    axes.scatter(second["estimate"], at - 0.25, s=9, label="difference, second hand", **hollow)
    for measure, (marker, colour) in BESIDE.items():
        of_measure = rows[first & (rows["measure"] == measure)]
        look = {"s": 14, "marker": marker, "color": colour, "linewidth": 0.7, "zorder": 3.5, "label": measure}
        axes.scatter(of_measure["estimate"], np.arange(len(of_measure)), **look)
    dotted = {"color": style.DARK, "linewidth": 0.7, "linestyle": style.DOTTED, "zorder": 1.5}
    for effect in sorted({side * size for size in smallest for side in ARROWS}):
        axes.axvline(effect, label="smallest effect of interest", **dotted)
    marks.zero(axes, vertical=True)


def entitle(axes: Axes, act: str, gates: pd.DataFrame, characters: int) -> None:
    """Name of the act below what stands above the panel, which says so and is greyed where a gate is closed."""
    called = style.spaced(act.removeprefix("act_"))
    if not gates.loc[gates["behaviour"] == act, "passed"].all():
        called += f": {CLOSED}"
        axes.patch.set(**GREYED)
    axes.set_title(f"{axes.get_title()}\n{style.wrapped(called, characters)}".strip())


def main(
    effects: list[Path],
    gates: list[Path],
    acts: Path,
    act_schema: Path,
    claims: Path,
    claim_schema: Path,
    pdf: Path,
    png: Path,
    *,
    study: Study,
    text: saving.Text,
) -> None:
    known, registered = load_acts(acts, act_schema).values(), registry.load([claims], claim_schema)
    by_model, of_gates = study.tables(effects), study.tables(gates)
    characters = 80 // len(study.models)
    shown = [{model: overview.named_effects(table, act) for model, table in by_model.items()} for act in known]
    heights = [ROW * rows[study.models[0]].index.nunique() for rows in shown]
    below = AROUND * len(known) + 1.0
    figure, grid = panels.panels(study.models, heights, style.TEXT_WIDTH, below, sharex=True, sharey="row")
    for panels_of_act, act, rows in zip(grid, known, shown, strict=True):
        expected = overview.expected(registered, act)
        for axes, model in zip(panels_of_act, study.models, strict=True):
            draw(axes, rows[model], {smallest for _, smallest in expected.values()})
            entitle(axes, act.name, of_gates[model], characters)
        sides = {direction: ARROWS[side] for direction, (side, _) in expected.items()}
        named = [direction + sides.get(direction, "") for direction in rows[study.models[0]].index.unique()]
        panels_of_act[0].set_yticks(range(len(named)), named)
    for axes in grid[-1]:
        axes.set_xlabel(style.wrapped("nats per reply at strength 0.1", characters))
    grid[0, 0].fill_between([], [], [], label=f"{CLOSED}: not to be read", **GREYED)
    style.shared_legend(figure, grid.ravel(), 3)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
