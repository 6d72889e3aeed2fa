"""Figure: emotions on the first two components of each model, beside human valence and arousal (A06, A07)."""

import numpy as np
import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import labels, style
from emotion_vectors.statistics.effects import pearson

TURNED_BY = {"pc1": "valence", "pc2": "arousal"}
"""Rating whose correlation fixes the arbitrary sign of each component."""


def turned(scores: pd.DataFrame) -> pd.DataFrame:
    """Scores with the signs of the components chosen so that they agree with the ratings."""
    signs = {name: 1.0 if pearson(scores[name], scores[rating]) >= 0 else -1.0 for name, rating in TURNED_BY.items()}
    return scores.assign(**{name: sign * scores[name] for name, sign in signs.items()})


def axis_label(name: str, scores: pd.DataFrame, shares: pd.Series) -> str:
    """Component with its share of the variance and its correlation with the rating that turned it."""
    rating = TURNED_BY[name]
    return f"{name.upper()} ({100 * shares[int(name[2:])]:.0f} %), r = {pearson(scores[name], scores[rating]):.2f} with {rating}"


def scatter(axes, scores: pd.DataFrame, columns: tuple[str, str], limits: tuple[float, float]):
    """Points coloured by valence, with room for labels around them."""
    x, y = (scores[column] for column in columns)
    drawn = axes.scatter(
        x, y, c=scores["valence"], cmap=style.SEQUENTIAL, vmin=limits[0], vmax=limits[1], s=9, linewidth=0.25,
        edgecolor=style.DARK, zorder=3,
    )  # fmt: skip
    axes.set_xlim(x.min() - 0.17 * np.ptp(x), x.max() + 0.17 * np.ptp(x))
    axes.set_ylim(y.min() - 0.06 * np.ptp(y), y.max() + 0.06 * np.ptp(y))
    return drawn


def main(inputs, pdf_file: str, png_file: str, *, models):
    tables = {model: turned(table) for model, table in style.read_tables(inputs.scores, models).items()}
    correlations = style.read_tables(inputs.correlations, models)
    ratings = tables[models[0]]
    limits = (ratings["valence"].min(), ratings["valence"].max())
    rows, columns = style.model_grid(len(models) + 1, 3)
    figure, grid = style.panels(rows, columns, style.TEXT_WIDTH, 3.0 * rows + 0.45)
    cells, names = grid.ravel(), style.letters(len(models) + 1)
    for axes, (model, scores), letter in zip(cells, tables.items(), names, strict=False):
        found = correlations[model]
        shares = found[found["layer"] == scores["layer"].iloc[0]].drop_duplicates("component").set_index("component")
        scatter(axes, scores, ("pc1", "pc2"), limits)
        axes.set_xlabel(axis_label("pc1", scores, shares["variance_fraction"]))
        axes.set_ylabel(axis_label("pc2", scores, shares["variance_fraction"]))
        style.name_panel(axes, model, letter)
    human = cells[len(models)]
    drawn = scatter(human, ratings, ("valence", "arousal"), limits)
    human.set_xlabel("valence, 1 to 9")
    human.set_ylabel("arousal, 1 to 9")
    style.name_panel(human, "human ratings", names[-1])
    style.hide(cells[len(models) + 1 :])
    shown = list(cells[: len(models) + 1])
    bar = figure.colorbar(drawn, ax=shown, location="bottom", shrink=0.35, aspect=35, pad=0.02)
    bar.set_label("human valence, 1 to 9", size=style.TEXT)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes, scores in zip(shown, [*tables.values(), ratings], strict=True):
        x, y = ("valence", "arousal") if axes is human else ("pc1", "pc2")
        labels.label_points(axes, scores[x], scores[y], list(scores["emotion"]), size=style.TINY)
    style.save(figure, pdf_file, png_file, title="Emotions on two components, beside human ratings")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
