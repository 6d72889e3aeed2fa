"""Figure: the leading part of each claim about acts against the size of the model (A19b-A29b, S04b)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import registry
from emotion_vectors.figures import marks, panels, saving, style
from emotion_vectors.figures.study import Study

HEIGHT = 1.15
"""Of a panel, inches."""
LED_BY = ("act_slope", "act_graded")
"""Measures in nats per reply that lead a claim about acts."""


def leading(entry: Mapping[str, Any], of_model: Mapping[str, Any]) -> dict[str, float] | None:
    """The first part of a claim, turned to its predicted side: estimate, low, high, reach of the null, gated; None without numbers."""
    part = entry["parts"][0]
    row = of_model.get(part["name"], {})
    if row.get("estimate") is None:
        return None
    low, middle, high = (row[name] - row["reference"] for name in ("low", "estimate", "high"))
    if part["prediction"] == "negative":
        low, middle, high = -high, -middle, -low
    return {
        "estimate": middle,
        "low": low,
        "high": high,
        "reach": abs(row["null_95"] - row["reference"]),
        "gated": bool(row["guard"]),
    }


def draw(axes: Axes, rows: Sequence[dict[str, float] | None], millions: Sequence[int]) -> None:
    """Estimates of all models that have one, over the reach of their nulls."""
    for row, at in zip(rows, np.log10(millions), strict=True):
        if row is None:
            continue
        axes.bar(at, 2 * row["reach"], width=0.12, bottom=-row["reach"], color=style.GREY, alpha=0.75, linewidth=0)
        axes.vlines(at, row["low"], row["high"], color=style.BLUE, linewidth=1.2)
        face = "white" if row["gated"] else style.BLUE
        axes.scatter(at, row["estimate"], s=22, facecolor=face, edgecolor=style.BLUE, zorder=3)
    marks.zero(axes)


def main(
    results: Path, claims: Path, claim_schema: Path, pdf: Path, png: Path, *, study: Study, text: saving.Text
) -> None:
    registered, parts = registry.load([claims], claim_schema), files.read_json(results)["parts"]
    leads = {name: entry["parts"][0].get("measured_by", {}).get("measure") for name, entry in registered.items()}
    shown = [name for name, measure in leads.items() if measure in LED_BY]
    figure, cells = panels.a_panel_each(shown, 5, style.TEXT_WIDTH, HEIGHT, 0.35, sharex=True)
    for axes, claim in zip(cells, shown, strict=True):
        rows = [leading(registered[claim], parts[model].get(claim, {})) for model in study.models]
        draw(axes, rows, study.millions)
        axes.set_xticks(np.log10(study.millions), [f"{size:,}" for size in study.millions])
        axes.tick_params(axis="x", labelbottom=True, rotation=45)
        axes.margins(x=0.3)
    named = ", ".join(f"{size:,} {model}" for size, model in zip(study.millions, study.models, strict=True))
    figure.supxlabel(style.wrapped(f"parameters, millions: {named}", 110))
    figure.supylabel("nats per reply, predicted side up")
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
