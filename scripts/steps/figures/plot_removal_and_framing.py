"""Figure: what framing does to answers and what a clamp leaves of it, and what removed subspaces cost text and answers (S01-S03)."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct.kinds import SHUFFLED
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.removal import cost_evidence, framing_evidence
from emotion_vectors.removal.framing_evidence import Framed
from emotion_vectors.removal.kinds import ALL_LAYERS, EMOTION, FRAMED_EMOTIONS, MATCHED, ROTATED, TOPICS
from emotion_vectors.statistics.resampling import Draws, bootstrap

Array = NDArray[np.float64]
FLIPS = 1000
RANDOM = (ROTATED, MATCHED, TOPICS, SHUFFLED)
FRAMED = "after framed minus after neutral words, 95 %"
UNITS, VALUES = ("passage", "item"), (cost_evidence.FALL, "lost")
LABELS = ("log-odds of the right answer, nats", "lost by text, nats per token", "lost by questions, accuracy")


def draw_framings(axes: Axes, answers: pd.DataFrame, draws: Draws) -> None:
    """Effect of all framings, over the null of exchanged words, and of each kind, and beside it what the clamp leaves."""
    rows, left = {}, []
    for name in ("all", *FRAMED_EMOTIONS):
        chosen = answers if name == "all" else answers[answers["kind"] == name]
        if not chosen.empty:
            framed = Framed(chosen, pd.DataFrame())
            effect = vars(framing_evidence.exchanged(framed.change, draws, framing_evidence.NATS))
            # Three framings can be exchanged in eight ways only: a kind alone has no null of its own.
            rows[name] = effect if name == "all" else effect | {"null_95": effect["reference"]}
            left.append((framed.table("clamped") - framed.table("neutral")).mean())
    marks.estimates(axes, pd.DataFrame(rows).T.infer_objects(), colour=style.BLUE, label=FRAMED)
    look = {"marker": "D", "s": 14, "facecolor": "white", "edgecolor": style.VERMILION, "zorder": 4}
    axes.scatter(left, np.arange(len(left)) + 0.22, label="the same with the emotion subspace clamped", **look)
    axes.use_sticky_edges = False
    marks.zero(axes, vertical=True)


def draw_costs(axes: Axes, costs: dict[str, Array], caps: dict[str, Array], draws: Draws) -> None:
    """Loss without the emotion subspace, removed and capped, and the range of what random subspaces cost.

    Args:
        costs: kind -> [subspace, unit]; caps: how much is kept -> [unit].
    """
    shown = {"removed": costs[EMOTION][0], **caps}
    for height, values in enumerate(shown.values()):
        ends = bootstrap(values, lambda rows, of=values: float(of[rows].mean()), draws.bootstraps, draws.seed)
        axes.hlines(height, *ends, color=style.BLUE, linewidth=1.6)
        axes.scatter(values.mean(), height, color=style.BLUE, s=16, zorder=3)
    for height, kind in enumerate(RANDOM, len(shown)):
        low, middle, high = np.quantile(costs[kind].mean(1), [0.05, 0.5, 0.95])
        axes.barh(
            height, high - low, left=low, height=0.6, color=style.GREY, label="random subspaces, 5th to 95th percentile"
        )
        axes.vlines(middle, height - 0.3, height + 0.3, color=style.DARK, linewidth=1.0)
    named = [*shown, *(f"random, {kind}" for kind in RANDOM)]
    axes.set_yticks(np.arange(len(named)), named)
    axes.set_ylim(len(named) - 0.4, -0.6)
    axes.use_sticky_edges = False
    marks.zero(axes, vertical=True)


def main(
    falls: list[Path], answers: list[Path], framed: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text
) -> None:
    draws = Draws(study.bootstraps, FLIPS, study.seed)
    figure, grid = panels.panels(study.models, [1.7, 1.5, 1.5], style.TEXT_WIDTH, 1.2)
    for column, of_model in enumerate(zip(falls, answers, framed, strict=True)):
        of_texts, of_questions, after_words = map(files.read_table, of_model)
        lost = cost_evidence.lost_answers(of_questions)
        if not after_words.empty:
            draw_framings(grid[0, column], after_words, draws)
        for axes, table, unit, value in zip(grid[1:, column], (of_texts, lost), UNITS, VALUES, strict=True):
            if not table.empty:
                by_kind = cost_evidence.by_kind(cost_evidence.full(table, ALL_LAYERS), unit, value)
                draw_costs(axes, by_kind, cost_evidence.capped(table, value), draws)
        for axes, label in zip(grid[:, column], LABELS, strict=True):
            axes.set_xlabel(label)
            if not axes.has_data():
                axes.text(0.5, 0.5, "gate closed", transform=axes.transAxes, ha="center", fontsize=style.SMALL)
                axes.set(xticks=[], yticks=[])
    style.shared_legend(figure, grid.ravel(), 2)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
