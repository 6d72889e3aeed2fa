"""Figure: the word after "feels" when an emotion vector is added: own word and all others, by strength, and what is judged (A05)."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, saving, style
from emotion_vectors.figures.study import Study, evidence_of

STRENGTH, CHANGE, COST = "strength_norm_fraction", "delta_logprob_nats", "neutral_logprob_fall_nats_per_token"
SIDES = {
    True: (style.VERMILION, "o", "word of the vector’s own emotion"),
    False: (style.BLUE, "s", "words of the other emotions"),
}


def curves_of(responses: pd.DataFrame, coherence: pd.DataFrame, guard_nats: float) -> pd.DataFrame:
    """Mean change and its middle 80 % over vectors, for own words and those of others, by strength, 0 included; coherent or not."""
    changes = responses[responses["measure"] == "change"]
    changes = changes.assign(own=changes["direction"] == changes["word"])
    by_vector = changes.groupby(["own", STRENGTH, "direction"])[CHANGE].mean()
    table = by_vector.groupby(["own", STRENGTH]).quantile([0.1, 0.9]).unstack().set_axis(["low", "high"], axis=1)
    cost = {0.0: 0.0, **coherence.set_index(STRENGTH)[COST]}
    table = table.assign(mean=by_vector.groupby(["own", STRENGTH]).mean()).reset_index()
    unsteered = pd.DataFrame({"own": [True, False], STRENGTH: 0.0, "low": 0.0, "high": 0.0, "mean": 0.0})
    table = pd.concat([table, unsteered], ignore_index=True).sort_values(["own", STRENGTH], ascending=[False, True])
    return table.assign(coherent=table[STRENGTH].map(cost) <= guard_nats)


def draw(axes: Axes, curves: pd.DataFrame) -> None:
    """One model: both kinds of words by strength, hollow where neutral text does not stay coherent."""
    for side, (colour, marker, label) in SIDES.items():
        curve = curves[curves["own"] == side].sort_values(STRENGTH)
        axes.fill_between(curve[STRENGTH], curve["low"], curve["high"], color=colour, alpha=0.18, linewidth=0)
        axes.plot(curve[STRENGTH], curve["mean"], color=colour, label=label, zorder=2)
        faces = [colour if coherent else "white" for coherent in curve["coherent"]]
        axes.scatter(
            curve[STRENGTH],
            curve["mean"],
            s=12,
            marker=marker,
            edgecolor=colour,
            facecolor=faces,
            linewidth=0.7,
            zorder=3,
        )
    marks.zero(axes)
    marks.zero(axes, vertical=True)
    axes.set(xlabel="strength / residual norm", ylabel="change of log-probability, nats")


def main(
    responses: list[Path],
    coherence: list[Path],
    evidence: list[Path],
    pdf: Path,
    png: Path,
    *,
    study: Study,
    text: saving.Text,
) -> None:
    costs, judged = study.tables(coherence), study.tables(evidence)
    figure, grid = style.bare_panels(
        len(study.models), 2, style.TEXT_WIDTH, 1.8 * len(study.models) + 0.6, sharex="col", width_ratios=[1.2, 1]
    )
    letters = iter(style.letters(grid.size))
    for (axes, beside), (model, table) in zip(grid, study.tables(responses).items(), strict=True):
        draw(axes, curves_of(table, costs[model], study.guard_nats))
        rows = evidence_of(judged[model]).loc["A05"].rename(index=lambda part: style.wrapped(part, 20))
        marks.estimates(beside, rows, colour="black", label="estimate, 95 % over prompts and emotions")
        marks.zero(beside, vertical=True)
        beside.set_xlabel("nats at strength 0.1")
        style.name_panel(axes, model, next(letters), characters=40)
        style.name_panel(beside, "what A05 judges", next(letters))
    grid[0, 0].scatter([], [], s=12, edgecolor=style.DARK, facecolor="white", label="outside the coherent range")
    style.shared_legend(figure, grid.ravel(), 3)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
