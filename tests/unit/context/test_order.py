"""Pairs ordered by meaning: planted orders are seen at their depth, word order and noise are not."""

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.claims import judging, registry
from emotion_vectors.context import order, words
from emotion_vectors.statistics.algebra import VectorError
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.function.negations import NegationPair, PrefixPair
from tests.random_tensors import random

CLAIM = registry.load(["workflow/claims/anthropic-2026.yaml"], "workflow/schemas/claim.schema.yaml")["A13"]
EMOTIONS = [f"e{number}" for number in range(10)]
LAYERS, WIDTH = 9, 24
VECTORS = random(len(EMOTIONS), LAYERS, WIDTH, seed=1)
SHUFFLED = random(40, len(EMOTIONS), LAYERS, WIDTH, seed=2)
DRAWS = Draws(bootstraps=200, shuffles=200, seed=5)
NEGATIONS = [
    NegationPair(f"{kind}_{negated}_{emotion}_{number}", kind, negated, emotion, f"{emotion} more", f"{emotion} less")
    for kind in ("named", "shown")
    for negated in ("less", "more")
    for emotion in EMOTIONS
    for number in (1, 2)
]
PREFIXES = [
    PrefixPair(f"p{number}", (EMOTIONS[number % 10], EMOTIONS[(number + 3) % 10]), ("this", "that"), "so")
    for number in range(80)
]


def states_of(pairs, strength, seed=3):
    """States of both texts; the first lies further along the direction of the pair by `strength` [layer]."""
    numbers = {name: number for number, name in enumerate(EMOTIONS)}
    states = random(len(pairs), 2, LAYERS, WIDTH, seed=seed)
    unit = VECTORS / VECTORS.norm(dim=-1, keepdim=True)
    for at, pair in enumerate(pairs):
        if isinstance(pair, NegationPair):
            direction = unit[numbers[pair.emotion]]
        else:
            direction = unit[numbers[pair.emotions[0]]] - unit[numbers[pair.emotions[1]]]
        states[at, 0] += torch.tensor(strength)[:, None] * direction
    return states


READERS = {"negation": (order.read_negations, NEGATIONS), "prefix": (order.read_prefixes, PREFIXES)}


def judged(name, strength, seed=3):
    reader, texts = READERS[name]
    pairs = reader(texts, states_of(texts, strength, seed), EMOTIONS)
    orders = order.measure(pairs, VECTORS, SHUFFLED, DRAWS)
    row = order.evidence_on_order(orders, np.full(len(texts), 0.5), DRAWS)
    part = next(each for each in CLAIM["parts"] if each["name"] == row["part"])
    return orders, row, judging.verdict_on(CLAIM, part, row).verdict


LATE = [0.0] * 5 + [2.0, 6.0, 6.0, 6.0]
THROUGHOUT = [6.0] * LAYERS
TURNED = [0.0] * 6 + [-6.0] * 3


@pytest.mark.parametrize("name", READERS)
def test_what_late_layers_order_is_replicated(name):
    orders, row, verdict = judged(name, LATE)
    assert verdict == judging.REPLICATED
    assert row["guard"] == ""
    assert row["n"] == 80
    early, late = orders.thirds
    assert (early, late) == ([0, 1, 2], [6, 7, 8])
    assert row["estimate"] == pytest.approx(orders.ordered[:, late].mean() - orders.ordered[:, early].mean())


@pytest.mark.parametrize("name", READERS)
def test_what_is_ordered_throughout_or_the_other_way_is_not(name):
    _, row, verdict = judged(name, THROUGHOUT)
    assert row["guard"] == ""
    assert verdict in (judging.NOT_REPLICATED, judging.INCONCLUSIVE)
    _, row, verdict = judged(name, TURNED)
    assert verdict == judging.NOT_TESTABLE
    assert "not beyond the 95th" in row["guard"]


def test_noise_is_hardly_ever_replicated():
    verdicts = [judged(name, [0.0] * LAYERS, seed)[2] for name in READERS for seed in range(10)]
    assert verdicts.count(judging.REPLICATED) <= 1
    assert verdicts.count(judging.NOT_TESTABLE) >= 14


def test_labels_exchanged_in_every_pair_turn_the_share_round():
    reader, texts = READERS["prefix"]
    states = states_of(texts, LATE)
    shares = reader(texts, states, EMOTIONS).ordered(VECTORS)
    np.testing.assert_allclose(reader(texts, states.flip(1), EMOTIONS).ordered(VECTORS), 1 - shares)


def test_a_prefix_pair_lies_along_the_difference_of_unit_vectors():
    reader, texts = READERS["prefix"]
    states = states_of(texts, LATE)
    shares = reader(texts, states, EMOTIONS).ordered(VECTORS)
    for at in (0, 17):
        first, second = (EMOTIONS.index(name) for name in texts[at].emotions)
        for layer in range(LAYERS):
            axis = VECTORS[first, layer] / VECTORS[first, layer].norm()
            axis = axis - VECTORS[second, layer] / VECTORS[second, layer].norm()
            assert shares[at, layer] == float((states[at, 0, layer] - states[at, 1, layer]) @ axis > 0)


def test_pairs_without_a_difference_count_half():
    states = random(len(NEGATIONS), 1, LAYERS, WIDTH, seed=4).expand(-1, 2, -1, -1)
    assert (order.read_negations(NEGATIONS, states, EMOTIONS).ordered(VECTORS) == 0.5).all()


def test_kinds_stand_apart_in_the_table():
    orders = judged("negation", LATE)[0]
    table = order.order_table(orders, DRAWS)
    assert table.groupby("kind").size().to_dict() == dict.fromkeys(
        ["all", "named", "shown", "negation means less", "negation means more"], LAYERS
    )
    by_kind = table.pivot(index="layer", columns="kind", values="share")
    np.testing.assert_allclose((by_kind["named"] + by_kind["shown"]) / 2, by_kind["all"])
    assert (table["low"] <= table["share"]).all()
    assert (table["share"] <= table["high"]).all()
    assert (table["null_95"] >= 0.5).all()


def test_an_emotion_without_a_vector_is_named():
    with pytest.raises(VectorError, match="no vector for 'e9'"):
        order.read_negations(NEGATIONS, states_of(NEGATIONS, LATE), EMOTIONS[:-1])


def test_counts_of_words_order_what_words_tell_and_nothing_else():
    rows = [
        (topic, emotion, f"{emotion} more in {topic} {emotion}" if emotion == "e0" else f"{emotion} in {topic}")
        for topic in ("market", "harbour", "train")
        for emotion in EMOTIONS
    ]
    stories = pd.DataFrame(rows, columns=["topic", "emotion", "text"])
    pairs = order.read_negations(NEGATIONS, states_of(NEGATIONS, LATE), EMOTIONS)
    ordered = words.ordered_by_words(pairs, stories, EMOTIONS)
    of_first = np.array([pair.emotion == "e0" for pair in NEGATIONS])
    assert (ordered[of_first] == 1).all()
    assert (ordered[~of_first] == 0).all()
