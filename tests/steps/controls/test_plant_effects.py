"""The step that plants effects, on an act made of files alone and a tiny model."""

import numpy as np

from emotion_vectors.artefacts import files
from emotion_vectors.controls import plants, shares
from steps.controls import plant_effects
from tests.steps.acts.asking import PARTS
from tests.steps.acts.conftest import DRAWS
from tests.steps.feelings import MAIN


def test_effects_are_planted_for_every_slope_that_the_claim_asks_for(asking):
    plant_effects.main(
        *asking.registered,
        asking.captured[1],
        *asking.stories,
        asking.feelings.file("shuffled_main.safetensors"),
        asking.file("planted.parquet"),
        **MAIN,
        draws=2,
        nulls=40,
        **DRAWS,
    )
    planted = files.read_table(asking.file("planted.parquet"))
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
