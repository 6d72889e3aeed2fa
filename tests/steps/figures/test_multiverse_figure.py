"""What the figure of other choices draws: an equals sign where a verdict stays, the letter of the other one, a hatch for neither."""

from collections import Counter

from matplotlib.patches import Rectangle

from emotion_vectors.figures import verdicts
from tests import choice_tables
from tests.steps.figures.conftest import MODELS


def test_every_cell_says_what_became_of_its_verdict(drawn):
    figure = drawn("multiverse")
    table = choice_tables.table(MODELS)
    whole = table[(table["part"] == "")]
    varied = whole[whole["varied"]]
    said = Counter(text.get_text() for axes in figure.axes for text in axes.texts)
    assert said["="] == varied["unchanged"].sum() > 0
    changed = Counter(verdicts.LOOKS[verdict][0] for verdict in varied.loc[~varied["unchanged"], "verdict"])
    registered = Counter(
        verdicts.LOOKS[row["registered"]][0] for row in whole.drop_duplicates(["claim", "model"]).to_dict("records")
    )
    # The dash of a row without anything varied looks like that of a closed gate.
    for letter in {*changed} - {verdicts.LOOKS["not testable"][0]}:
        assert said[letter] == changed[letter] + registered[letter], letter
    hatched = [
        patch for axes in figure.axes for patch in axes.patches if isinstance(patch, Rectangle) and patch.get_hatch()
    ]
    claims, choices = whole["claim"].nunique(), whole["choice"].nunique()
    assert len(hatched) == claims * choices * len(MODELS) - len(varied)


def test_shares_stand_at_the_top_and_at_the_right(drawn):
    axes = drawn("multiverse").axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()][1:3] == ["half the size, 2/4", "twice the size, 2/4"]
    assert {"2/8", "2/4"} <= {text.get_text() for text in axes.texts}
