"""The ways that the engine is timed against give what the engine gives, and every ratio is defined."""

import importlib.util

import pytest
import torch

from emotion_vectors.benchmarks import ceilings, loops, peers, sweep
from emotion_vectors.benchmarks.loops import Conditions
from emotion_vectors.engine import plain_readouts, prompts
from emotion_vectors.engine.edits import Addition
from emotion_vectors.stimuli import situations
from tests.random_tensors import random

ITEM = situations.Item(
    scenario="b01",
    variant="none",
    group="-",
    system="the quiet river",
    prompt="she was at school that evening",
    continuations={
        "blackmail": ("they closed the door", "a storm"),
        "open": ("into the garden", "a small boat and a letter"),
    },
    options={},
    comprehension=(),
)
LAYER = 2


def given(model, count=2):
    return Conditions(prompts.encode(model, ITEM), LAYER, random(count, model.width))


def test_a_packed_text_is_split_into_what_it_was_made_of(llama):
    item = given(llama)
    assert llama.tokenizer.decode(item.prompt.ids).endswith("<turn>assistant\n")
    texts = [text for side in ITEM.continuations.values() for text in side]
    assert item.continuations == [llama.tokenizer(text, add_special_tokens=False).input_ids for text in texts]


@pytest.mark.parametrize("loop", [loops.plain_loop, loops.user_loop, loops.kv_loop])
def test_every_loop_gives_what_hooks_on_the_plain_forward_give(any_model, loop):
    item = given(any_model)
    expected = [
        plain_readouts.continuation_logprobs(
            any_model, item.prompt, item.continuations, [Addition(LAYER, item.vectors[row : row + 1])]
        )
        for row in range(2)
    ]
    assert (expected[0] - expected[1]).abs().max() > 1e-3
    torch.testing.assert_close(loop(any_model, item), torch.stack(expected), atol=1e-4, rtol=1e-4)


def test_every_ratio_is_defined_has_a_limit_and_the_methods_agree(llama):
    measured = sweep.measure(llama, llama, ITEM, LAYER, 400, 1)
    assert set(measured["ratios"]) == set(sweep.SWEEP_RATIOS) == set(measured["ceilings"])
    assert all(value > 0 for value in (*measured["ratios"].values(), *measured["ceilings"].values()))
    assert set(measured["largest_difference_nats"]) == {"plain_loop", "user_loop", "kv_loop"}
    assert max(measured["largest_difference_nats"].values()) < 1e-4
    assert measured["sizes"]["directions"] == {"emotions": 48, "null": 2000, "semantic": 200}
    share = measured["ratios"]["sweep_vs_kv_loop"] / measured["ceilings"]["sweep_vs_kv_loop"]
    assert measured["ratios"]["sweep_share_of_kv_ceiling"] == pytest.approx(share)


def test_users_loop_in_float32_whatever_the_engine_runs_in(make_model):
    rounded, exact = make_model("llama"), make_model("llama")
    torch.nn.Module.to(rounded.network, torch.bfloat16)
    measured = sweep.measure(rounded, exact, ITEM, LAYER, 400, 1)
    assert 1e-6 < measured["largest_difference_nats"]["user_loop"] < 0.5


WEIGHTS_OF_A_BLOCK = 2 * 32 * 32 + 2 * 32 * 16 + 3 * 32 * 48
"""Query and output, keys and values of half as many heads, and the three projections of the MLP of the tiny Llama."""


def test_operations_are_those_of_the_weights_that_each_way_multiplies(llama):
    item = given(llama, 5)
    prompt, lengths = len(item.prompt.ids), [len(each) for each in item.continuations]
    packed, scored = prompt + sum(lengths) - len(lengths), sum(lengths) - len(lengths) + 1
    head, block = 2 * 32 * len(llama.tokenizer), 2 * WEIGHTS_OF_A_BLOCK
    padded = len(lengths) * (prompt + max(lengths))
    once = prompt + len(lengths) * max(lengths)
    assert ceilings.of_plain_loop(llama, item) == padded * (4 * block + head)
    assert ceilings.of_user_loop(llama, item) == (len(lengths) * prompt + sum(lengths)) * (4 * block + head)
    assert ceilings.of_kv_loop(llama, item) == once * (4 * block + head)
    assert ceilings.of_sweep(llama, item) == pytest.approx((1 + 4 / 5) * block * packed + scored * head)
    assert ceilings.of_slopes(llama, item) == 2 * (4 * block * packed + scored * head)


def test_products_are_timed_in_the_precision_of_the_model(make_model):
    for dtype in (torch.float32, torch.bfloat16):
        model = make_model("llama")
        torch.nn.Module.to(model.network, dtype)
        assert 1e6 < ceilings.product_rate(model, 64, 1) < 1e14


def test_a_peer_that_is_not_installed_is_skipped_with_a_line(llama, monkeypatch, caplog):
    monkeypatch.setattr(peers.util, "find_spec", lambda _name: None)
    with caplog.at_level("INFO"):
        measured = peers.measure(llama, given(llama), 400, 1)
    (said,) = (peer["skipped"] for peer in measured.values())
    assert said.startswith("nnsight is not installed; pip install -r workflow/envs/requirements-benchmark.txt")
    assert said in caplog.text


def test_a_peer_is_held_against_the_sweep_on_the_same_conditions(llama, monkeypatch):
    """Another loop stands in for the peer, so that no library is needed."""
    monkeypatch.setattr(peers.util, "find_spec", lambda _name: object())
    monkeypatch.setattr(peers.metadata, "version", lambda _name: "0.8.1")
    monkeypatch.setitem(peers.PEERS, "nnsight", loops.kv_loop)
    peer = peers.measure(llama, given(llama, 6), 400, 2)["nnsight"]
    assert peer["version"] == "0.8.1"
    assert peer["largest_difference_nats"] < 1e-4
    expected = (min(peer["seconds"]["peer"]) / sweep.LOOPED) / (min(peer["seconds"]["sweep"]) / 6)
    assert peer["sweep_vs_peer"] == pytest.approx(expected)


@pytest.mark.skipif(importlib.util.find_spec("nnsight") is None, reason="needs nnsight, of requirements-benchmark.txt")
def test_nnsight_gives_what_the_plain_loop_gives(any_model):
    item = given(any_model)
    torch.testing.assert_close(
        peers.nnsight_loop(any_model, item), loops.plain_loop(any_model, item), atol=1e-4, rtol=1e-4
    )
