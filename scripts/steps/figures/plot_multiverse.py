"""Figure: verdicts on every claim under other thresholds and choices, and the share that stays as it is (all claims)."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.figures import saving, style, verdicts
from emotion_vectors.figures.study import Study
from emotion_vectors.multiverse import comparing

CELL, HEAD = 0.145, 0.95
"""Height of a row of cells, and of what stands above the cells, inches."""
SIDES = (("A",), ("W", "O", "S"))


def main(choices: Path, pdf: Path, png: Path, *, study: Study, text: saving.Text) -> None:
    whole = comparing.whole_claims(files.read_table(choices))
    names = list(dict.fromkeys(whole["choice"]))
    counted = comparing.shares(whole, "choice")
    groups = {letter: whole[whole["claim"].str.startswith(letter)] for letter in verdicts.GROUPS}
    shown = [[letter for letter in side if len(groups[letter])] for side in SIDES]
    rows = {letter: groups[letter]["claim"].nunique() for letter in groups}
    height = max(sum(CELL * rows[letter] + 0.2 for letter in side) for side in shown) + HEAD + 0.4
    figure, _ = style.bare_panels(1, 1, style.TEXT_WIDTH, height)
    figure.clear()
    sides = [side for side in shown if side]
    for side, area in zip(sides, figure.subfigures(1, len(sides), squeeze=False)[0], strict=True):
        cells = area.subplots(len(side), 1, squeeze=False, height_ratios=[rows[letter] for letter in side])[:, 0]
        for axes, letter in zip(cells, side, strict=True):
            verdicts.draw_choices(axes, groups[letter], study.models, names)
            axes.set_title(f"{letter}  {verdicts.GROUPS[letter]}", loc="left", fontweight="bold")
        labels = ["as registered", *(f"{name}, {_share(counted.get(name))}" for name in names), "unchanged"]
        ticks = [0.5, *(column + 0.5 + verdicts.GAP for column in range(1, len(names) + 1)), len(names) + 1.6]
        cells[0].xaxis.tick_top()
        cells[0].set_xticks(ticks, labels, rotation=60, ha="left", rotation_mode="anchor")
    present = sorted({*whole["registered"], *whole.loc[whole["varied"], "verdict"]})
    order = f"in each cell, from left to right: {', '.join(study.models)}"
    handles = verdicts.legend_of_choices(present)
    figure.legend(handles=handles, loc="outside lower center", ncols=5, columnspacing=1.4, title=order)
    saving.save(figure, pdf, png, text)


def _share(counts: tuple[int, int] | None) -> str:
    """Unchanged verdicts under a choice, of those that it could change."""
    return f"{counts[0]}/{counts[1]}" if counts else "–"


if __name__ == "__main__":
    step.run(main, snakemake)
