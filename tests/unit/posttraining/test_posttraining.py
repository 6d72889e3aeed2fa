"""A planted shift is seen on both sets of prompts and in the emotions that it favours; without one nothing is replicated."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from emotion_vectors.claims import judging
from emotion_vectors.conduct.directions import Directions
from emotion_vectors.posttraining import evidence, gates, shifts
from emotion_vectors.posttraining.shifts import PosttrainingError, StatesBeforeReply, TunedPair
from emotion_vectors.preferences.association import standardised
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.vectors.emotion_vectors import EmotionVectors
from tests.random_tensors import random

REGISTERED = yaml.safe_load(Path("workflow/claims/anthropic-2026.yaml").read_text())
(CLAIM,) = (one for one in REGISTERED if one["id"] == "A30")
NAMES = [
    *("brooding", "gloomy", "reflective"),
    *("spiteful", "playful"),
    *(f"emotion {number}" for number in range(19)),
]
KINDS = ["neutral"] * 20 + ["personal"] * 20 + ["self"] * 20
LAYERS, WIDTH, MAIN = 3, 48, 1
DRAWS = Draws(bootstraps=200, shuffles=200, seed=1)


def known(seed, likeness=0.0):
    """Directions of which those of emotions that rise, and of those that fall, are alike in so far as is said."""
    values = random(len(NAMES), LAYERS, WIDTH, seed=seed)
    for alike in (slice(3), slice(3, 5)):
        values[alike] = likeness * values[alike].sum(0) + (1 - likeness) * values[alike]
    vectors = EmotionVectors(values - values.mean(0), torch.full((LAYERS,), 2.0), NAMES)
    return Directions(vectors, MAIN, shuffled=random(200, len(NAMES), WIDTH, seed=seed + 1))


def untuned(seed, told=3.0):
    """States of a base in which the kind of a prompt is told before the reply."""
    of_kind = told * random(len(set(KINDS)), LAYERS, WIDTH, seed=seed + 4)
    return (
        random(len(KINDS), LAYERS, WIDTH, seed=seed + 2) + of_kind[[sorted(set(KINDS)).index(kind) for kind in KINDS]]
    )


def read(states):
    return StatesBeforeReply([f"p{number}" for number in range(len(KINDS))], KINDS, states)


def pair(towards=0.0, seed=0, likeness=0.0):
    """A base and a model whose states lie further along the emotions that rise, less along those that fall."""
    directions = known(seed, likeness)
    base = untuned(seed)
    tuned = base + random(len(KINDS), LAYERS, WIDTH, seed=seed + 3)
    units = directions.vectors.at(MAIN) / directions.vectors.at(MAIN).norm(dim=-1, keepdim=True)
    tuned[:, MAIN] += towards * (units[:3].sum(0) - 1.5 * units[3:5].sum(0))
    return TunedPair.of("tuned", "base", [read(tuned), read(base)], [directions, directions])


def judged(made):
    table = pd.DataFrame(evidence.rows(evidence.Shifted(made, DRAWS))).set_index("part")
    assert [*table.index] == [part["name"] for part in CLAIM["parts"]]
    return {
        part["name"]: judging.verdict_on(CLAIM, part, table.loc[part["name"]].to_dict()).verdict
        for part in CLAIM["parts"]
    }, table


def moved(offset, directions, base=None):
    """A base, and a model whose states lie away from it by one offset [d_model] whatever is asked, but for noise."""
    base = untuned(0) if base is None else base
    tuned = base + 0.5 * random(len(KINDS), LAYERS, WIDTH, seed=3)
    tuned[:, MAIN] += offset
    return TunedPair.of("tuned", "base", [read(tuned), read(base)], [directions, directions])


@pytest.mark.parametrize("seed", [100, 200])
@pytest.mark.parametrize("likeness", [0.0, 0.8])
def test_a_planted_shift_is_seen(likeness, seed):
    verdicts, table = judged(pair(towards=3.0, seed=seed, likeness=likeness))
    assert {*verdicts.values()} == {judging.REPLICATED}
    assert table.loc[evidence.SAME, "estimate"] > 0.8
    assert "between halves of one set" in table.loc[evidence.SAME, "beside"]


def test_a_shift_the_other_way_is_not_what_was_claimed():
    verdicts, _ = judged(pair(towards=-3.0))
    assert verdicts["spiteful, playful fall"] == verdicts["brooding, gloomy, reflective rise"] == judging.NOT_REPLICATED


@pytest.mark.parametrize("seed", [10, 20, 30, 40])
def test_noise_is_no_shift(seed):
    verdicts, _ = judged(pair(seed=seed))
    assert judging.REPLICATED not in verdicts.values()


def test_a_shift_along_no_emotion_is_the_same_on_both_sets_for_shuffled_vectors_too():
    verdicts, table = judged(moved(4 * random(WIDTH, seed=5), known(0)))
    assert table.loc[evidence.SAME, "estimate"] > 0.9
    assert verdicts[evidence.SAME] != judging.REPLICATED


def test_emotions_with_vectors_alike_that_a_random_shift_happens_to_move_do_not_rise():
    """The mean of three that are nearly one spreads as one does, not as that of three that differ."""
    directions = known(0, likeness=0.95)
    vectors = unit(directions.vectors.at(MAIN))
    means = [float(standardised((vectors @ random(WIDTH, seed=seed)).numpy())[:3].mean()) for seed in range(200)]
    lucky = next(seed for seed, mean in enumerate(means) if 1.5 < mean < 1.7)
    verdicts, table = judged(moved(20 * random(WIDTH, seed=lucky), directions))
    rise = table.loc["brooding, gloomy, reflective rise"]
    assert rise["low"] > 1.3
    assert verdicts["brooding, gloomy, reflective rise"] == judging.INCONCLUSIVE
    assert 80 < rise["null_percentile"] <= 95
    assert rise["null_95"] == pytest.approx(np.quantile(np.abs(means), 0.95), abs=0.35)


def test_what_tuning_adds_anywhere_is_no_shift_of_emotions_where_vectors_lie_in_few_directions():
    """Vectors in few directions may read an offset more widely than shuffled ones do, whatever it is."""
    directions, few = known(0), random(WIDTH, seed=8)
    values = directions.vectors.values
    values[:, MAIN] = 0.05 * values[:, MAIN] + torch.linspace(-1, 1, len(NAMES))[:, None] * unit(few)
    along = few / few.norm()
    across = random(WIDTH, seed=9)
    offset = 1.5 * along + 10 * unit(across - (across @ along) * along)
    _, table = judged(moved(offset, directions))
    same = table.loc[evidence.SAME]
    listed = dict(one.rsplit(" ", 1) for one in same["beside"].split("percentiles among ")[1].split(", "))
    assert float(listed["label-shuffled sets"]) > 95
    assert same["null_percentile"] == float(listed["offsets in random directions"]) < 95


def test_what_all_prompts_share_stands_beside_and_what_is_left_is_a_mirror_image():
    made = pair(towards=3.0)
    first, second = evidence.Shifted(made, DRAWS).by_set(made.along_vectors)
    units = unit(made.tuned.vectors.double())
    common = (units @ made.offset).numpy()
    np.testing.assert_allclose(common, (first + second) / 2, atol=1e-6)
    assert np.corrcoef(first - common, second - common)[0, 1] == pytest.approx(-1)
    share = common.var() / (common.var() + ((first - second) / 2).var())
    _, table = judged(made)
    assert f"what all prompts share makes {share:.3f} of the variance" in table.loc[evidence.SAME, "beside"]


def test_offsets_are_as_long_as_the_true_one_and_read_along_the_true_vectors():
    made = pair(towards=3.0, likeness=0.95)
    drawn = evidence.Shifted(made, Draws(bootstraps=1, shuffles=4000, seed=1)).random_offsets()
    units = unit(made.tuned.vectors.double())
    expected = (made.offset.norm() ** 2 / WIDTH * units @ units.T).numpy()
    np.testing.assert_allclose(np.cov(drawn.T), expected, atol=0.1 * expected.max())


@pytest.mark.parametrize(
    ("deaf", "said"), [("base", "its base"), ("tuned", "the tuned model"), ("both", "and its base")]
)
def test_without_the_kind_of_the_prompt_before_the_reply_nothing_is_tested(deaf, said):
    states = {
        name: untuned(seed, told=0.0 if deaf in (name, "both") else 3.0) for name, seed in (("tuned", 17), ("base", 0))
    }
    directions = known(0)
    verdicts, table = judged(
        TunedPair.of("tuned", "base", [read(states["tuned"]), read(states["base"])], [directions] * 2)
    )
    assert {*verdicts.values()} == {judging.NOT_TESTABLE}
    (guard,) = table["guard"].unique()
    assert said in guard
    assert ("the tuned model" in guard) == (deaf != "base")


def test_the_share_told_leaves_each_prompt_out_of_its_own_mean():
    draws = np.random.default_rng(0)
    values, kinds = draws.normal(size=(12, 40)), ["a", "b", "c"] * 4
    right = 0
    scaled = values / values.std(0)
    for one in range(12):
        others = [row for row in range(12) if row != one]
        distances = {
            kind: ((scaled[one] - scaled[[row for row in others if kinds[row] == kind]].mean(0)) ** 2).sum()
            for kind in "abc"
        }
        right += min(distances, key=distances.get) == kinds[one]
    assert gates.share_told(values, kinds) == right / 12
    apart = values[:, :3] + 20 * np.eye(3)[[ord(kind) - ord("a") for kind in kinds]]
    assert gates.share_told(apart, kinds) == 1.0


def test_shifts_are_readings_of_the_tuned_model_minus_those_of_its_base():
    made = pair(towards=1.0)
    units = made.tuned.vectors / made.tuned.vectors.norm(dim=-1, keepdim=True)
    expected = (made.tuned.states - made.base.states) @ units.T
    np.testing.assert_allclose(made.along_vectors, expected.numpy())
    table = evidence.emotion_shifts(evidence.Shifted(made, DRAWS)).set_index("emotion")
    np.testing.assert_allclose(table["shift_first_norm_fraction"], expected[:20].mean(0).numpy())
    np.testing.assert_allclose(table["shift_second_norm_fraction"], expected[20:].mean(0).numpy())
    assert table["shift_sd"].mean() == pytest.approx(0)
    assert table["shift_sd"].std(ddof=0) == pytest.approx(1)


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("", "small: its row names no base model; of workflow/models.tsv would test it: large beside large-base"),
        ("small-base", "small: its base model small-base is not among the models that this study runs; of workflow"),
    ],
)
def test_where_the_base_is_not_studied_the_rows_that_would_test_it_are_named(base, said):
    rows = evidence.untested("small", base, [("large", "large-base")])
    assert [row["part"] for row in rows] == [part["name"] for part in CLAIM["parts"]]
    assert all(row["guard"].startswith(said) for row in rows)
    for row, part in zip(rows, CLAIM["parts"], strict=True):
        assert judging.verdict_on(CLAIM, part, row).verdict == judging.NOT_TESTABLE


def test_models_of_other_shapes_or_prompts_are_no_pair():
    directions = known(0)
    states = random(len(KINDS), LAYERS, WIDTH)
    wide = read(random(len(KINDS), LAYERS, WIDTH + 8))
    with pytest.raises(
        PosttrainingError, match=r"row 'one', column 'base': 'two' has 3 layers of width 56, 'one' 3 of 48"
    ):
        TunedPair.of("one", "two", [read(states), wide], [directions, directions])
    other = shifts.StatesBeforeReply(["other"] * len(KINDS), KINDS, states)
    with pytest.raises(PosttrainingError, match="repeat read_prompts for both"):
        TunedPair.of("one", "two", [read(states), other], [directions, directions])
