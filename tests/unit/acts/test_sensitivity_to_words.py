"""The gate of orders against priming by words: a model that only repeats the words of its prompt opens it for no act of the study."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from functools import cache
from itertools import chain
from math import log
from pathlib import Path

import pandas as pd
import pytest
import yaml

from emotion_vectors.acts import cells, conditions, odds, sensitivity
from emotion_vectors.acts.sensitivity import GateDraws, SensitivityLimits
from emotion_vectors.stimuli.acts import items as act_items
from emotion_vectors.stimuli.acts import table as act_table
from emotion_vectors.stimuli.word_statistics import letter_words

WORKFLOW = Path(__file__).parents[3] / "workflow"
SETS = WORKFLOW / "stimuli/acts"
ACTS = act_table.load_acts(WORKFLOW / "acts.tsv", WORKFLOW / "schemas/act.schema.yaml")
ORDERS = conditions.load_orders(SETS / "orders.yaml")
LIMITS = SensitivityLimits(**yaml.safe_load((WORKFLOW / "config/config.yaml").read_text())["acts"]["gates"])
DRAWS = GateDraws(bootstraps=200, seed=1)
SITUATIONS = 12


@cache
def scenes_of(items):
    """The first situations of a set by the first hand, by context."""
    files = act_table.files_of(SETS, items)
    every = act_items.load_act_items({act_table.FIRST: files[act_table.FIRST]})
    return [*conditions.scenes(act_items.some_scenarios(every, SITUATIONS))]


def repeated(item, vocabulary, prior):
    """Log-probability of every reply, nats, under a unigram model that its prompt has primed; `prior` is added to every count."""
    prompt = letter_words(f"{item.system} {item.prompt}")
    counts, total = Counter(prompt), len(prompt) + prior * vocabulary
    return [
        sum(log((counts[word] + prior) / total) for word in letter_words(text))
        for texts in item.continuations.values()
        for text in texts
    ]


def replies_table(act, orders, prior):
    """Replies of such a model under every order on an act, as a step writes those of a language model."""
    scenes = scenes_of(act.items)
    items = [item for scene in scenes for item in scene.values()]
    texts = [text for item in items for text in (item.prompt, *chain(*item.continuations.values()))]
    vocabulary = len({word for text in texts for word in letter_words(text)})
    rows = []
    for scene in scenes:
        for framing in conditions.with_orders([act], orders):
            item = conditions.put(scene[framing.context], framing, orders, {})
            numbers = [number for replies in item.continuations.values() for number in range(len(replies))]
            facts = {"scenario": item.scenario, "hand": item.group, **asdict(framing)}
            rows += [
                {**facts, "cell": cell, "reply": number, "logprob_nats": logprob}
                for cell, number, logprob in zip(item.sides, numbers, repeated(item, vocabulary, prior), strict=True)
            ]
    return pd.DataFrame(rows)


def gates_under(act, orders, prior):
    """Gates of size and of share of scenarios."""
    measured = odds.odds_of(replies_table(act, orders, prior), act)
    return sensitivity.order_gates(act, measured, LIMITS, DRAWS)


def quoting(act, scenes):
    """Orders for and against an act that say the replies of its sides word for word: the k-th wording the k-th reply of every cell."""
    replies = [next(iter(scene.values())).continuations for scene in scenes]
    sides = cells.cells_with(act, list(replies[0]))
    wordings = range(len(next(iter(replies[0].values()))))
    return {
        act.orders: {
            direction: [" ".join(texts[cell][k] for texts in replies for cell in cells) for k in wordings]
            for direction, cells in zip((conditions.FOR, conditions.AGAINST), sides, strict=True)
        }
    }


@pytest.mark.parametrize("prior", [0.01, 0.1, 1])
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_model_that_repeats_words_opens_the_gate_of_no_act(act, prior):
    size, share = gates_under(act, ORDERS, prior)
    assert not size.passed
    assert not share.passed


@pytest.mark.parametrize("prior", [0.01, 0.1, 1])
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_the_same_model_opens_it_where_the_orders_say_the_words_of_the_replies(act, prior):
    size, share = gates_under(act, quoting(act, scenes_of(act.items)), prior)
    assert size.passed
    assert share.passed
