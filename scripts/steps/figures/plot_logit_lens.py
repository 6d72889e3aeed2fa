"""Figure: tokens that emotion vectors raise and lower most through the unembedding, a typeset table (A03; Table 1 of A)."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.figures import style
from emotion_vectors.figures.text_widths import POINTS_PER_INCH, fitting, visible

EMOTIONS = (
    "desperate", "calm", "sad", "angry", "afraid", "nervous", "happy", "loving", "guilty", "proud", "inspired", "surprised",
)  # fmt: skip
"""The emotions of Table 1 of the replicated paper, in its order."""
SIZE, LINE, HEAD = 6.2, 9.0, 27.0
"""Font size, height of a line and of the head of a model's part, points."""
COLUMNS = {"emotion": 2.0, "AUC": 48.0, "words": 70.0, "up": 101.0, "down": 304.0}
"""Left edge of each column, points."""


def rows_of(words: pd.DataFrame, auc: pd.DataFrame, width: float) -> list[dict[str, str]]:
    """Text of every column for each emotion of the selection.

    Raises:
        KeyError: an emotion of the selection is not in the tables.
    """
    own = auc.set_index("emotion")
    ends = {"up": COLUMNS["down"] - 8, "down": width}
    rows = []
    for emotion in EMOTIONS:
        row = {
            "emotion": emotion,
            "AUC": f"{own.loc[emotion, 'auc']:.2f}",
            "words": f"{own.loc[emotion, 'family_tokens']:d}",
        }
        for side, end in ends.items():
            chosen = words[(words["emotion"] == emotion) & (words["side"] == side)].sort_values("rank")
            row[side] = fitting([visible(token) for token in chosen["token"]], end - COLUMNS[side], SIZE)
        rows.append(row)
    return rows


def draw(axes, rows: list[dict[str, str]], title: str, letter: str, width: float) -> None:
    """The part of one model; lengths in points from the upper left corner."""
    height = HEAD + LINE * len(rows)
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.axis("off")
    axes.text(2, 7, f"{letter}  " if letter else "", fontsize=style.TITLE, fontweight="bold", va="center")
    axes.text(14 if letter else 2, 7, title, fontsize=style.TITLE, va="center")
    heads = {"emotion": "emotion", "AUC": "AUC", "words": "words", "up": "raised most", "down": "lowered most"}
    colours = {"up": style.VERMILION, "down": style.BLUE}
    for column, text in heads.items():
        colour = colours.get(column, "black")
        axes.text(COLUMNS[column], 20, text, fontsize=SIZE, fontweight="bold", va="center", color=colour)
    for at in (14, HEAD - 1.5, height - 0.4):
        axes.plot([0, width], [at, at], color="black", linewidth=0.5)
    for index, row in enumerate(rows):
        middle = HEAD + LINE * (index + 0.5) - 0.8
        if index % 2:
            axes.axhspan(middle - LINE / 2, middle + LINE / 2, color="#F1F1F1", linewidth=0, zorder=0)
        for column, text in row.items():
            axes.text(COLUMNS[column], middle, text, fontsize=SIZE, va="center_baseline")


def main(inputs, pdf_file: str, png_file: str, *, models):
    words, aucs = style.read_tables(inputs.words, models), style.read_tables(inputs.auc, models)
    width = style.TEXT_WIDTH * POINTS_PER_INCH - 8
    height = len(models) * (HEAD + LINE * len(EMOTIONS) + 8) / POINTS_PER_INCH
    figure, grid = style.panels(len(models), 1, style.TEXT_WIDTH, height)
    for axes, model, file, letter in zip(grid[:, 0], models, inputs.words, style.letters(len(models)), strict=True):
        layer = files.provenance_of(file)["layer"]
        auc = aucs[model][aucs[model]["layer"] == layer]
        title = (
            f"{model}: own-family AUC, mean of {len(auc)} emotions, {auc['auc'].mean():.2f} "
            f"(null, 95th percentile: {auc['null_95'].iloc[0]:.2f})"
        )
        draw(axes, rows_of(words[model], auc, width), title, letter, width)
    style.save(figure, pdf_file, png_file, title="Tokens that emotion vectors raise and lower most")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
