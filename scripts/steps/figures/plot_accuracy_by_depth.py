"""Figure: accuracy of story decoding by depth, with null, word counts and the re-initialised twin (A01, S05)."""

import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import style
from emotion_vectors.meaning import decoding
from emotion_vectors.models.layers import main_layer

HEIGHT = 2.35


def draw(axes, accuracy: pd.DataFrame, twin: pd.DataFrame, chance: float) -> int:
    """One model: vectors and twin by depth over the null region, word counts as a level, chance as a dotted line.

    Returns:
        Number of layers.
    """
    both = accuracy[accuracy["scheme"] == decoding.BOTH]
    ours = both[both["method"] == "vectors"].sort_values("layer")
    words = both[both["method"] == "words"].iloc[0]
    count = len(ours)
    ours, twin = (table.assign(depth=style.depths(table["layer"], count)) for table in (ours, twin))
    style.null_region(axes, ours["depth"], ours["null_95"])
    style.curve(axes, ours, "accuracy", colour=style.TRAINED, label="vectors")
    style.curve(axes, twin, "accuracy", colour=style.TWIN, label="re-initialised twin", marker="s")
    style.level(axes, words["accuracy"], (words["low"], words["high"]), colour=style.WORDS, label="word counts")
    axes.axhline(chance, color="black", linewidth=0.8, linestyle=":", label="chance", zorder=2)
    return count


def main(inputs, pdf_file: str, png_file: str, *, models, depth, bootstraps, seed):
    accuracies = style.read_tables(inputs.accuracy, models)
    twins = style.read_tables(inputs.twins, models)
    rows, columns = style.model_grid(len(models), 3)
    figure, grid = style.panels(rows, columns, style.TEXT_WIDTH, HEIGHT * rows + 0.2, sharex=True, sharey=True)
    cells = grid.ravel()
    for index, (axes, model, letter) in enumerate(zip(cells, models, style.letters(len(models)), strict=False)):
        chance = 1 / twins[model]["emotion"].nunique()
        ours = twins[model][(twins[model]["method"] == "vectors") & (twins[model]["scheme"] == decoding.BOTH)]
        layers = draw(axes, accuracies[model], decoding.accuracy_curve(ours, bootstraps, seed), chance)
        main_depth = (main_layer(layers, depth) + 1) / layers
        style.depth_axis(axes, main_depth, label=style.stands_lowest(index, columns, len(models)))
        style.name_panel(axes, model, letter)
    style.hide(cells[len(models) :])
    for axes in grid[:, 0]:
        axes.set_ylabel("top-1 accuracy")
        axes.set_ylim(bottom=0)
    style.shared_legend(figure, cells[: len(models)], 6)
    style.save(figure, pdf_file, png_file, title="Decoding of stories by depth")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models,
            depth=snakemake.params.depth, bootstraps=snakemake.params.bootstraps, seed=snakemake.params.seed,
        )  # fmt: skip
