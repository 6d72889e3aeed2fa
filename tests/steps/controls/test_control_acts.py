"""The step that plants effects and exchanges sides, on an act made of files alone and a tiny model."""

import numpy as np
import pytest

from emotion_vectors.artefacts import files
from emotion_vectors.controls import plants, shares
from steps.controls import control_acts
from tests.steps.acts.asking import PARTS
from tests.steps.acts.conftest import DRAWS
from tests.steps.feelings import MAIN


@pytest.fixture(scope="module")
def controlled(asking):
    control_acts.main(
        *asking.registered,
        *asking.captured,
        *asking.stories,
        asking.feelings.file("shuffled_main.safetensors"),
        asking.file("planted.parquet"),
        asking.file("exchanged.parquet"),
        **MAIN,
        draws=2,
        placebos=[7, 8, 9],
        nulls=40,
        **DRAWS,
    )
    return asking


def test_effects_are_planted_for_every_slope_that_the_claim_asks_for(controlled):
    planted = files.read_table(controlled.file("planted.parquet"))
    slopes = [by for by in PARTS if by["measure"] == "act_slope"]
    of_emotions = planted[planted["kind"] == "emotion"]
    assert len(of_emotions) == len(slopes) * 2 * len(shares.SIZES) * 2
    assert len(planted) - len(of_emotions) == len(slopes) * 2 * len(plants.SHAMS)
    assert set(of_emotions["slope_nats"].abs()) == {0.125, 0.25, 0.5}
    # Of vectors of a few random stories the estimate keeps the side and some of the size of what was planted.
    assert (
        np.corrcoef(of_emotions["slope_nats"] * (1 - 2 * (of_emotions["part"] == "part 1")), of_emotions["estimate"])[
            0, 1
        ]
        > 0.5
    )


def test_sides_are_exchanged_by_every_seed_where_no_finite_strength_is_asked_for(controlled):
    judged = files.read_table(controlled.file("exchanged.parquet"))
    asked = [by["measure"] for by in PARTS if by["measure"] not in ("act_told", "act_dose", "act_curvature")]
    assert judged.groupby("seed")["measure"].agg(list).to_dict() == dict.fromkeys((7, 8, 9), asked)
    slopes = judged[judged["measure"] == "act_slope"]
    assert slopes.groupby("part")["estimate"].nunique().min() > 1, "each seed exchanges others"
