"""Labels permuted within groups: each label is used once in a group, every order is as likely, and a seed gives it again."""

import numpy as np
import pandas as pd
import torch
from pandas.testing import assert_frame_equal, assert_series_equal

from emotion_vectors.statistics import permutation, placebo

TOPICS, EMOTIONS = 6, 5
STORIES = pd.DataFrame(
    [
        {"story_id": f"t{topic:02}-{emotion}", "corpus": "scenes", "topic": f"t{topic:02}", "emotion": f"e{emotion}"}
        for topic in range(4)
        for emotion in range(30)
    ]
).assign(text=lambda table: "story " + table["story_id"])


def test_permuted_labels_do_not_depend_on_the_order_of_the_events():
    order = permutation.label_order(["x", "y", "z"], 6, seed=3)
    assert torch.equal(order.sort(-1).values, torch.arange(6).expand(3, 6))
    assert torch.equal(order, permutation.label_order(["z", "y", "x"], 6, seed=3).flip(0))
    assert torch.equal(permutation.label_order(["x", "y"], 6, seed=None), torch.arange(6).expand(2, 6))


def test_shuffled_labels_keep_the_stories_of_each_topic():
    cells = torch.arange(TOPICS * EMOTIONS).reshape(TOPICS, EMOTIONS, 1)
    shuffled = permutation.shuffle_labels(cells, np.random.default_rng(0))
    assert not torch.equal(shuffled, cells)
    for topic in range(TOPICS):
        assert sorted(shuffled[topic, :, 0].tolist()) == cells[topic, :, 0].tolist()
    orders = {tuple((shuffled[topic, :, 0] % EMOTIONS).tolist()) for topic in range(TOPICS)}
    assert len(orders) > 1, "each topic is permuted on its own"


def test_shuffled_labels_make_every_emotion_equally_likely():
    cells = torch.arange(EMOTIONS).repeat(4000, 1)
    shuffled = permutation.shuffle_labels(cells, np.random.default_rng(1))
    counts = torch.stack([(shuffled == emotion).double().mean(0) for emotion in range(EMOTIONS)])
    torch.testing.assert_close(counts, torch.full_like(counts, 1 / EMOTIONS), atol=0.03, rtol=0)


def test_permuted_labels_stay_within_their_topic_and_move():
    table = STORIES
    permuted = placebo.permute_labels(table, seed=7)
    assert_series_equal(table["text"], permuted["text"])
    assert_series_equal(table["story_id"], permuted["story_id"])
    for _, group in permuted.groupby("topic"):
        assert sorted(group["emotion"]) == sorted(table["emotion"].unique())
    assert (table["emotion"] != permuted["emotion"]).mean() > 0.9
    mapping = permuted.assign(was=table["emotion"]).pivot(index="was", columns="topic", values="emotion")
    assert (mapping["t00"] != mapping["t01"]).mean() > 0.9  # not one relabelling of all topics


def test_permuted_labels_depend_on_the_seed_only():
    table = STORIES
    once = placebo.permute_labels(table, seed=7)
    assert_frame_equal(once, placebo.permute_labels(table, seed=7))
    assert not once.equals(placebo.permute_labels(table, seed=8))
    shuffled = placebo.permute_labels(table.sample(frac=1, random_state=1), seed=7)
    assert_frame_equal(once, shuffled.sort_index())


def test_two_files_permuted_by_one_seed_share_no_permutation():
    """What is fitted on permuted labels of one file must not be right on those of another: equal permutations are as rare as by chance."""
    emotions, count = 6, 40
    fit, held_out = (permutation.label_order([f"{name}-{n:02}" for n in range(count)], emotions, 7) for name in "ab")
    assert 1 / 6 - 0.1 < (fit == held_out).double().mean() < 1 / 6 + 0.1
    second = STORIES.assign(
        topic=STORIES["topic"].str.replace("t", "s"), story_id=STORIES["story_id"].str.replace("t", "s")
    )
    first, other = (placebo.permute_labels(table, 7)["emotion"] for table in (STORIES, second))
    assert (first == other).mean() < 0.15
    alone = placebo.permute_labels(STORIES[STORIES["topic"] == "t02"], 7)["emotion"]
    assert_series_equal(alone, first[alone.index])


def test_permuted_sets_permute_the_second_axis_and_take_along_what_lies_behind_it():
    values = np.arange(24).reshape(3, 4, 2)
    sets = permutation.permuted_sets(values, 50, 0)
    assert sets.shape == (50, 3, 4, 2)
    assert (np.sort(sets, axis=2) == values).all()
    assert len({tuple(one.ravel()) for one in sets}) > 1


def test_label_sets_begin_with_the_true_labels():
    labels = permutation.label_sets(20, 7, 6, seed=0).reshape(21, 7, 6)
    assert torch.equal(labels[0], torch.arange(6).expand(7, 6))
    assert torch.equal(labels.sort(-1).values, torch.arange(6).expand(21, 7, 6))


def test_items_moved_within_groups_keep_their_group_and_leave_their_place():
    groups = np.array([0, 1, 0, 1, 0, 2])
    moved = permutation.moved_within(groups, 300, np.random.default_rng(0))
    np.testing.assert_array_equal(np.sort(moved, axis=1), np.broadcast_to(np.arange(6), (300, 6)))
    np.testing.assert_array_equal(groups[moved], np.broadcast_to(groups, (300, 6)))
    assert (moved[:, :5] != np.arange(5)).all()
    assert (moved[:, 5] == 5).all()
    assert 0.4 < np.mean(moved[:, 0] == 2) < 0.6
