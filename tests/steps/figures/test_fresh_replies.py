"""The figure on own replies to fresh events: what is drawn is that of the tables, over both nulls, with every arm."""

from emotion_vectors.artefacts import files
from tests.steps.figures.conftest import MODELS


def labels_of(axes):
    return {line.get_label() for line in axes.lines if not line.get_label().startswith("_")}


def test_slopes_stand_over_both_nulls_and_every_arm_beside_them(drawn, results):
    slopes, arms = drawn("fresh_replies").axes[:2]
    (along,) = [line for line in slopes.lines if line.get_label() == "story vectors"]
    table = files.read_table(results / MODELS[0] / "circuits/fresh_slopes.parquet").set_index(["method", "emotion"])
    assert along.get_ydata()[0] == table.loc[("story vectors", "all"), "change_nats"]
    assert along.get_ydata()[4] == table.loc[("story vectors", "fear"), "change_nats"]
    (shaded,) = slopes.containers
    assert {patch.get_height() for patch in shaded} == {0.7}
    assert labels_of(slopes) == {"instruction directions", "story vectors"}
    assert labels_of(arms) == {
        "order in the prompt",
        "steering in the original's band",
        "steering, layer by layer",
        "circuit",
    }
