"""The ways that the engine is timed against give what the engine gives, and every ratio is defined."""

import pytest
import torch

from emotion_vectors.benchmarks import sweep
from emotion_vectors.engine import plain_readouts, prompts
from emotion_vectors.engine.edits import Addition
from emotion_vectors.stimuli import situations

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


def test_a_packed_text_is_split_into_what_it_was_made_of(llama):
    prompt, continuations = sweep.split(prompts.encode(llama, ITEM))
    assert llama.tokenizer.decode(prompt.ids).endswith("<turn>assistant\n")
    texts = [text for side in ITEM.continuations.values() for text in side]
    assert continuations == [llama.tokenizer(text, add_special_tokens=False).input_ids for text in texts]


def test_the_loop_with_a_cache_gives_what_the_plain_loop_gives(any_model):
    prompt, continuations = sweep.split(prompts.encode(any_model, ITEM))
    vector = torch.randn(1, any_model.width, generator=torch.Generator().manual_seed(0))
    edits = [Addition(LAYER, vector)]
    plain = plain_readouts.continuation_logprobs(any_model, prompt, continuations, edits)
    cached = sweep.cached_logprobs(any_model, prompt, continuations, edits)
    torch.testing.assert_close(cached, plain.flatten(), atol=1e-4, rtol=1e-4)


def test_every_ratio_is_defined_and_the_methods_agree(llama):
    found = sweep.measure(llama, ITEM, prompts.encode(llama, ITEM), LAYER, 400, 1)
    assert set(found["ratios"]) == set(sweep.SWEEP_RATIOS)
    assert all(value > 0 for value in found["ratios"].values())
    assert max(found["largest_difference_nats"].values()) < 1e-4


def test_operations_of_a_replay_count_the_blocks_above(llama):
    packed = prompts.encode(llama, ITEM)
    places = len(packed.predictors.unique())
    unembedding = 2.0 * llama.unembedding.weight.numel() * places
    last, before = (sweep.replay_operations(llama, packed, layer) for layer in (llama.layers - 1, LAYER))
    assert last == pytest.approx(unembedding)
    weights = sum(each.numel() for each in llama.blocks[-1].parameters() if each.ndim == 2)
    assert before - last == pytest.approx(2.0 * weights * len(packed.ids) * (llama.layers - 1 - LAYER))
