"""Figure: in which layers the neurons and heads of each emotion's circuit lie (W09)."""

import json
from pathlib import Path

import pandas as pd

from emotion_vectors.artefacts import step
from emotion_vectors.figures import panels, style

KINDS = ("neurons", "heads")
HEIGHT = 1.0


def counts_of(circuits: dict[str, dict[str, dict[str, list[int]]]], kind: str) -> pd.DataFrame:
    """Number of parts of a kind in each layer (columns) of the circuit of each emotion (rows)."""
    return pd.DataFrame(
        {emotion: {int(layer): len(parts[kind]) for layer, parts in layers.items()} for emotion, layers in circuits.items()}
    ).T.sort_index(axis=1)  # fmt: skip


def draw(axes, counts: pd.DataFrame, most: int):
    """One kind in one model; returns the mappable for the colour bar."""
    drawn = axes.pcolormesh(
        [*counts.columns, counts.shape[1]], range(len(counts) + 1), counts, cmap=style.SEQUENTIAL, vmin=0, vmax=most,
        edgecolors="white", linewidth=0.2,
    )  # fmt: skip
    axes.set_ylim(len(counts), 0)
    axes.set_yticks([place + 0.5 for place in range(len(counts))], counts.index)
    ticks = range(0, counts.shape[1], 5)
    axes.set_xticks([tick + 0.5 for tick in ticks], [str(tick) for tick in ticks])
    axes.tick_params(axis="y", length=0)
    return drawn


def main(inputs, pdf_file: str, png_file: str, *, models):
    circuits = [json.loads(Path(file).read_text())["circuits"] for file in inputs.circuits]
    figure, grid = panels.panels(models, [HEIGHT] * len(KINDS), style.TEXT_WIDTH, 0.55, sharex="col", sharey=True)
    for row, kind in zip(grid, KINDS, strict=True):
        counts = [counts_of(each, kind) for each in circuits]
        most = max(int(each.to_numpy().max()) for each in counts)
        drawn = [draw(axes, each, most) for axes, each in zip(row, counts, strict=True)]
        bar = figure.colorbar(drawn[-1], ax=list(row), pad=0.01, aspect=12)
        bar.set_label(f"{kind} in the circuit", size=style.TEXT)
    for axes in grid[-1]:
        axes.set_xlabel("layer")
    style.save(figure, pdf_file, png_file, title="Layers of the neurons and heads of every circuit")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output.pdf, snakemake.output.png, models=snakemake.params.models
        )  # fmt: skip
