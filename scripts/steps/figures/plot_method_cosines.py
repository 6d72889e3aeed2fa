"""Figure: story vectors and instruction directions by depth: cosines, shared space, decoding of each other's texts (O01-O03)."""

from pathlib import Path

from emotion_vectors.artefacts import step
from emotion_vectors.figures import marks, overlap, panels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.models.layers import main_layer
from emotion_vectors.stimuli.events import EMOTIONS

HEIGHTS = (1.1, 0.95, 0.9, 0.9)
HIGHEST = 1.25
"""Upper end of the first two rows at most: ratios to a reliability near nil have no bound."""


def main(
    similarity: list[Path], decoding: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text
) -> None:
    cosines, decoded = study.tables(similarity), study.tables(decoding)
    readings = list(dict.fromkeys(decoded[study.models[0]]["reading"]))
    figure, grid = panels.panels(study.models, HEIGHTS, style.TEXT_WIDTH, 0.45, sharex=True, sharey="row")
    for column, model in zip(grid.T, study.models, strict=True):
        measures, layers = overlap.measures_of(cosines[model]), decoded[model]["layer"].nunique()
        overlap.draw_measures(column[0], measures, overlap.COSINES)
        overlap.draw_measures(column[1], measures, overlap.SPACES)
        random = measures["random"]
        marks.null_region(column[1], random.index, random["null_95"], label="random spaces, to 95 %")
        for axes, reading, look in zip(column[2:], readings, overlap.READINGS, strict=True):
            table = decoded[model][decoded[model]["reading"] == reading]
            overlap.draw_reading(axes, table, look, 1 / len(EMOTIONS))
            axes.set_ylim(bottom=0)
        at = style.depths(main_layer(layers, study.main_depth), layers)
        for axes in column:
            marks.depth_axis(axes, at, label=axes is column[-1], meaning="main layer, judged")
    labels = [
        "cosine",
        "mean squared\ncosine of angles",
        *(f"{style.wrapped(name, 16)}\naccuracy" for name in readings),
    ]
    panels.label_rows(grid, labels)
    panels.limit(grid[:2], -HIGHEST, HIGHEST)
    for axes in grid[:, -1]:
        panels.legend_beside(axes)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
