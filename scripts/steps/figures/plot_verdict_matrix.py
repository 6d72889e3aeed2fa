"""Figure: verdicts on every claim for every model, at one glance, with those marked that permuted labels reach as well (all claims)."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims.permuted import unspecific
from emotion_vectors.figures import saving, style, verdicts
from emotion_vectors.figures.study import Study

CELL, HEAD = 0.185, 0.36
"""Height of a row of cells, and of what stands above the cells of a group, inches."""


def main(results: Path, placebo: list[Path], pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    judged = files.read_json(results)
    by_model = {
        model: {claim: row["verdict"] for claim, row in judged["claims"][model].items()} for model in study.models
    }
    groups = verdicts.groups_of(verdicts.in_force(by_model))
    marked = frozenset().union(*(unspecific(judged, files.read_json(file)).claims for file in placebo))
    lines = [["A"], ["W", "O", "S"]]
    height = len(lines) * (CELL * len(study.models) + HEAD) + 0.35
    figure, _ = style.bare_panels(1, 1, style.TEXT_WIDTH, height)
    figure.clear()
    for line, area in zip(lines, figure.subfigures(len(lines), 1), strict=True):
        widths = [len(groups[letter]) for letter in line]
        cells = area.subplots(1, len(line), squeeze=False, width_ratios=widths)[0]
        for axes, letter in zip(cells, line, strict=True):
            verdicts.draw_matrix(axes, by_model, groups[letter], marked)
            axes.set_title(f"{letter}  {verdicts.GROUPS[letter]}", loc="left", fontweight="bold")
            axes.tick_params(labelleft=letter == line[0])
    present = {verdict for claims in by_model.values() for verdict in claims.values()}
    figure.legend(
        handles=verdicts.legend_of(sorted(present), marked=bool(marked)),
        loc="outside lower center",
        ncols=4,
        columnspacing=1.4,
    )
    saving.save(figure, pdf, png, text)


if __name__ == "__main__":
    step.run(main, snakemake)
