"""Figure: accuracy of story decoding by depth, with null, word counts and the re-initialised twin (A01, S05)."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from emotion_vectors.artefacts import step
from emotion_vectors.decoding import hit_tables
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study
from emotion_vectors.models.layers import main_layer


def draw(axes: Axes, accuracy: pd.DataFrame, twin: pd.DataFrame, chance: float) -> int:
    """One model: vectors and twin by depth over the null region, word counts as a level, chance as a dotted line.

    Returns:
        Number of layers.
    """
    both = accuracy[accuracy["scheme"] == hit_tables.BOTH]
    trained = both[both["method"] == "vectors"].sort_values("layer")
    words = both[both["method"] == "words"].iloc[0]
    count = len(trained)
    trained, twin = (table.assign(depth=style.depths(table["layer"], count)) for table in (trained, twin))
    marks.null_region(axes, trained["depth"], trained["null_95"])
    marks.curve(axes, trained, "accuracy", colour=style.TRAINED, label="vectors")
    twin_label = "re-initialised twin, built up to the main layer"
    marks.curve(axes, twin, "accuracy", colour=style.TWIN, label=twin_label, marker="s")
    marks.level(axes, words["accuracy"], (words["low"], words["high"]), colour=style.WORDS, label="word counts")
    axes.axhline(chance, color="black", linewidth=0.8, linestyle=":", label="chance", zorder=2)
    return count


def main(accuracy: list[Path], twins: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    twin_hits = study.tables(twins)
    figure, cells = panels.a_panel_each(study.models, 3, style.TEXT_WIDTH, 2.35, 0.3, sharex=True, sharey=True)
    for axes, (model, table) in zip(cells, study.tables(accuracy).items(), strict=True):
        hits = twin_hits[model]
        hits = hits[(hits["method"] == "vectors") & (hits["scheme"] == hit_tables.BOTH)]
        chance = 1 / twin_hits[model]["emotion"].nunique()
        layers = draw(axes, table, hit_tables.accuracy_curve(hits, study.bootstraps, study.seed), chance)
        marks.depth_axis(axes, style.depths(main_layer(layers, study.main_depth), layers))
        axes.set_ylim(bottom=0)
    cells[0].set_ylabel("top-1 accuracy")
    style.shared_legend(figure, cells, 3)
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
