"""The figure on users' turns: the lines that are drawn are those of the tables, and what is judged in their place is said."""

import numpy as np
import pytest

from emotion_vectors.artefacts import files
from tests.steps.figures.conftest import MODELS


def slope_of(axes, label: str) -> float:
    (line,) = [line for line in axes.lines if line.get_label() == label]
    x, y = line.get_data()
    return float((y[-1] - y[0]) / (x[-1] - x[0]))


def test_lines_have_the_slopes_of_their_correlations(drawn, results):
    panels = [axes for axes in drawn("anticipated_replies").axes if axes.get_xlabel()]
    assert len(panels) == 4 * len(MODELS)
    for axes, (_, row) in zip(
        panels, files.read_table(results / MODELS[0] / "anticipation/lines.parquet").iterrows(), strict=False
    ):
        assert slope_of(axes, "correlation") == pytest.approx(row["r"])
        shuffled = [line for line in axes.lines if line.get_label() == "label-shuffled vectors"]
        assert len(shuffled) == int(not np.isnan(row["shuffled_or_missing"]))


def test_what_is_judged_in_place_of_the_correlation_is_said_above(drawn):
    titles = [axes.get_title() for axes in drawn("anticipated_replies").axes[:4]]
    assert all("r = 0.30 [0.20, 0.40]" in title for title in titles)
    assert [title.split(",")[0] for title in titles] == ["A11", "A12", "A12", "A15"]
    assert "difference\n0.40 [0.30, 0.50]" in titles[1]
