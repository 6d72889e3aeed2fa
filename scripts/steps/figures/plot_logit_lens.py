"""Figure: words that emotion vectors raise and lower most through the unembedding, as a table (A03; Table 1 of A)."""

from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.figures import saving, style, words
from emotion_vectors.figures.study import Study

EMOTIONS = (
    "desperate",
    "calm",
    "sad",
    "angry",
    "afraid",
    "nervous",
    "happy",
    "loving",
    "guilty",
    "proud",
    "inspired",
    "surprised",
)
"""The emotions of Table 1 of the replicated paper, in its order."""
SIDES = {"up": "raised most", "down": "lowered most"}
EDGES = {"vector": 0.0, "AUC": 0.11, "raised most": 0.17, "lowered most": 0.59}
CHARACTERS = 50
"""Letters that fit into a cell of words."""


def rows_of(tokens: pd.DataFrame, auc: pd.DataFrame) -> list[dict[str, str]]:
    """Text of every column for each emotion of the selection; tokens that are no words are counted."""
    ranked, area = tokens.sort_values("rank"), auc.set_index("emotion")["auc"]
    rows = []
    for emotion in EMOTIONS:
        row = {"vector": emotion, "AUC": style.decimal(area[emotion]) if emotion in area else "–"}
        for side, column in SIDES.items():
            chosen = ranked[(ranked["emotion"] == emotion) & (ranked["side"] == side)]["token"]
            row[column] = words.cell_of(list(chosen), CHARACTERS)
        rows.append(row)
    return rows


def main(tokens: list[Path], auc: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    aucs = study.tables(auc)
    height = len(study.models) * (words.LINE * (len(EMOTIONS) + 1) / 72 + 0.3)
    figure, grid = style.bare_panels(len(study.models), 1, style.TEXT_WIDTH, height)
    for axes, (model, table), file, letter in zip(
        grid[:, 0], study.tables(tokens).items(), tokens, style.letters(len(study.models)), strict=True
    ):
        at_main = aucs[model][aucs[model]["layer"] == files.provenance_of(file)["layer"]]
        words.draw_table(
            axes, rows_of(table, at_main), EDGES, {"raised most": style.VERMILION, "lowered most": style.BLUE}
        )
        mean, null = at_main["auc"].mean(), at_main["null_95"].iloc[0]
        style.name_panel(
            axes,
            f"{model}: AUC of the words of the own family, mean of {len(at_main)} emotions, {style.decimal(mean)} "
            f"(null to {style.decimal(null)})",
            letter,
            characters=120,
        )
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
