"""Items by name, and their log-odds, held against the plain way of scoring a reply."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from emotion_vectors.engine.edits import Addition
from emotion_vectors.engine.plain_readouts import continuation_logprobs
from emotion_vectors.exports.vector_set import Rows
from emotion_vectors.stimuli.situations import chat_of
from emotion_vectors.trials import item_lookup, item_odds
from emotion_vectors.trials.item_lookup import ItemError
from emotion_vectors.trials.item_odds import PER_REPLY, PER_TOKEN
from tests.random_tensors import random

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def reader(make_model):
    """A tiny model that has room for the items of the study."""
    return make_model("llama", max_position_embeddings=4096)


@pytest.fixture(scope="module")
def rows(reader) -> Rows:
    return Rows(["calm", "angry"], layer=2, values=random(2, reader.width), norm=6.0)


@pytest.mark.parametrize(("name", "unit"), [("b01-tonight", PER_TOKEN), ("ap01-belief", PER_REPLY)])
def test_log_odds_are_those_of_the_plain_way(reader, rows, name: str, unit: str):
    read = item_lookup.find_item(name, ROOT)
    odds = item_odds.of_item(reader, rows, read.item, read.readouts, [0.2, -0.4])
    texts = [text for of_side in read.item.continuations.values() for text in of_side]
    replies = reader.conversation.replies(chat_of(read.item), texts)
    counts = torch.tensor([len(ids) for ids in replies.ids])
    plain = continuation_logprobs(reader, replies.prompt, replies.ids)
    assert odds.conditions == [("calm", 0.2), ("calm", -0.4), ("angry", 0.2), ("angry", -0.4)]
    torch.testing.assert_close(torch.tensor(odds.replies["logprob_nats"]), plain * counts, rtol=0, atol=2e-3)
    weighed = plain * counts if unit == PER_REPLY else plain
    assert odds.odds["logodds"].iloc[0] == pytest.approx(between(odds, weighed), abs=1e-3)
    edit = Addition(rows.layer, rows.additions([0.2, -0.4])[[3]])
    change = continuation_logprobs(reader, replies.prompt, replies.ids, [edit]) - plain
    torch.testing.assert_close(odds.changes[3], change * counts, rtol=0, atol=2e-3)
    weighed = change * counts if unit == PER_REPLY else change
    assert float(odds.odds_changes[3, 0]) == pytest.approx(between(odds, weighed), abs=1e-3)
    assert set(odds.odds["unit"]) == {unit}


def between(odds: item_odds.ItemOdds, values: torch.Tensor) -> float:
    """Mean of the replies of the target minus that of the alternative, for the first pair."""
    pair, sides = odds.odds.iloc[0], [side.split("/")[0] for side in odds.replies["side"]]
    means = [values[[side == name for side in sides]].mean() for name in (pair["target"], pair["alternative"])]
    return float(means[0] - means[1])


def test_every_pair_of_sides_is_compared_once():
    pairs = {
        name: [(one.target, one.alternative) for one in item_lookup.find_item(name, ROOT).readouts]
        for name in ("p01-neutral", "ah01-contradictory_1", "b01-planned")
    }
    assert pairs == {
        "p01-neutral": [("pleasing", "candid"), ("harsh", "candid")],
        "ah01-contradictory_1": [("hack", "honest")],
        "b01-planned": [("blackmail", "open")],
    }


def test_every_item_is_called_by_one_name_and_has_something_that_compares_its_replies():
    items = [*item_lookup.named_items(ROOT)]
    assert len({name for name, _ in items}) == len(items) > 500
    assert all(read.readouts for _, read in items)


def test_a_scene_alone_is_answered_with_its_variants_and_a_slip_with_names_like_it():
    with pytest.raises(ItemError, match=r"did you mean b01-none or b01-planned or b01-tonight\?"):
        item_lookup.find_item("b01", ROOT)
    with pytest.raises(ItemError, match=r"no item 'b01-tonigt'.*did you mean b01-tonight"):
        item_lookup.find_item("b01-tonigt", ROOT)
    with pytest.raises(ItemError, match=r"where items are called SCENE-VARIANT$"):
        item_lookup.find_item("@", ROOT)
