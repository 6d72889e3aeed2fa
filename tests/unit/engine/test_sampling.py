"""Sampled replies: against the library's own generation, and against full forwards of the whole text without a cache."""

from dataclasses import replace

import pytest
import torch

from emotion_vectors.engine import sampling as generate
from emotion_vectors.engine.draws import GenerationError, Sampling
from emotion_vectors.engine.edits import Addition, InterventionError, intervening
from emotion_vectors.models.conversation import of_tokenizer as spoken
from emotion_vectors.models.language_model import assemble
from emotion_vectors.models.tokens import Encoded, TokenError, encode
from tests.interventions import Ablation, Clamp
from tests.random_tensors import random

TOLERANCE = 1e-4
TEXTS = (
    "the angry neighbour closed the door and walked into the garden",
    "she was happy",
    " ".join(["a letter from the school lay open on the kitchen table"] * 3),
    "he felt sad and very calm",
)
SEEDS = [11, 12, 13, 14]
GREEDY = Sampling(new_tokens=12, temperature=0, top_p=1, side_by_side=4)
WARM = Sampling(new_tokens=12, temperature=1.5, top_p=0.95, side_by_side=4)
EDITS = ["unsteered", "add", "add at three layers", "ablate", "clamp"]


def edits_of(kind, width, rows=4):
    return {
        "unsteered": [],
        "add": [Addition(1, random(rows, width))],
        "add at three layers": [Addition(layer, random(rows, width, seed=layer)) for layer in (0, 1, 3)],
        "ablate": [Ablation(2, random(rows, width))],
        "clamp": [Clamp(1, random(rows, width), values=torch.linspace(-2, 2, rows))],
    }[kind]


def prompts_of(model, texts=TEXTS):
    return [encode(model.tokenizer, text) for text in texts]


def replies(model, prompts, sampling, seeds=SEEDS, edits=(), **options):
    found = {}
    for batch in generate.generate(model, prompts, seeds, sampling, edits, **options):
        assert not set(batch) & set(found)
        found |= batch
    return [found[row] for row in sorted(found)]


def ids(found):
    return [reply.ids for reply in found]


@pytest.fixture
def prompts(llama):
    return prompts_of(llama)


def test_the_likeliest_tokens_are_those_of_the_librarys_own_generation(any_model):
    prompts = prompts_of(any_model)
    for prompt, reply in zip(prompts, replies(any_model, prompts, GREEDY), strict=True):
        alone, ends = torch.tensor([prompt.ids]), sorted(any_model.conversation.ends)
        expected = any_model.network.generate(
            alone,
            attention_mask=torch.ones_like(alone),
            do_sample=False,
            max_new_tokens=GREEDY.new_tokens,
            eos_token_id=ends,
        )
        assert reply.ids == expected[0, len(prompt.ids) :].tolist()


@pytest.mark.parametrize("kind", EDITS)
def test_every_step_equals_a_full_forward_of_the_whole_text(any_model, kind):
    """The prompt is steered as it is read, every token as it is decoded, and padding is seen by nobody."""
    prompts, edits = prompts_of(any_model), edits_of(kind, any_model.width)
    for row, reply in enumerate(replies(any_model, prompts, WARM, edits=edits)):
        plain = whole_text(any_model, prompts[row].ids, reply.ids, [])
        steered = whole_text(any_model, prompts[row].ids, reply.ids, [edit.rows(slice(row, row + 1)) for edit in edits])
        torch.testing.assert_close(torch.tensor(reply.logprobs), steered, atol=TOLERANCE, rtol=0)
        assert not edits or (steered - plain).abs().max() > 100 * TOLERANCE


def whole_text(model, prompt, reply, edits):
    """Log-probability of each token of a reply, by one forward without cache, padding or neighbours."""
    text = torch.tensor([prompt + reply])
    with torch.no_grad():
        if edits:
            with intervening(model, edits):
                logits = model.network(input_ids=text, use_cache=False).logits
        else:
            logits = model.network(input_ids=text, use_cache=False).logits
    read = logits[0, len(prompt) - 1 : -1].log_softmax(-1)
    return read[torch.arange(len(reply)), torch.tensor(reply)]


def test_steering_changes_texts_and_strength_zero_does_not(any_model):
    prompts = prompts_of(any_model)
    plain = ids(replies(any_model, prompts, WARM))
    none = [Addition(1, torch.zeros(len(prompts), any_model.width))]
    assert ids(replies(any_model, prompts, WARM, edits=none)) == plain
    assert ids(replies(any_model, prompts, WARM, edits=edits_of("add", any_model.width))) != plain


@pytest.mark.parametrize("kind", ["unsteered", "add", "clamp"])
@pytest.mark.parametrize("sampling", [GREEDY, WARM], ids=["likeliest", "drawn"])
def test_a_reply_depends_on_its_own_row_only(any_model, kind, sampling):
    prompts, edits = prompts_of(any_model), edits_of(kind, any_model.width)
    together = ids(replies(any_model, prompts, sampling, edits=edits))
    narrow = Sampling(sampling.new_tokens, sampling.temperature, sampling.top_p, side_by_side=1)
    assert ids(replies(any_model, prompts, narrow, edits=edits)) == together
    order = [2, 0, 3, 1]
    turned = replies(
        any_model,
        [prompts[row] for row in order],
        sampling,
        [SEEDS[row] for row in order],
        [edit.rows(torch.tensor(order)) for edit in edits],
    )
    assert ids(turned) == [together[row] for row in order]
    for row in (1, 2):
        own = [edit.rows(torch.tensor([row])) for edit in edits]
        assert ids(replies(any_model, [prompts[row]], sampling, [SEEDS[row]], own)) == [together[row]]


def test_any_amount_of_padding_changes_nothing(any_model):
    short = prompts_of(any_model, ["she was happy"])
    alone = replies(any_model, short, WARM, [5])[0]
    for words in (4, 20, 60):
        longer = prompts_of(any_model, [" ".join(["calm river"] * words)])
        beside = replies(any_model, [*longer, *short], WARM, [6, 5])[1]
        assert beside.ids == alone.ids
        torch.testing.assert_close(torch.tensor(beside.logprobs), torch.tensor(alone.logprobs), atol=TOLERANCE, rtol=0)


def test_which_token_fills_the_gap_changes_nothing(llama, prompts, monkeypatch):
    expected = replies(llama, prompts, WARM)
    monkeypatch.setattr(generate, "pad_id", lambda _tokenizer: 77)
    assert replies(llama, prompts, WARM) == expected


def test_one_seed_gives_one_text_and_another_seed_another(llama, prompts):
    same = [prompts[0]] * 4
    first, second, third, fourth = ids(replies(llama, same, WARM, [1, 2, 1, 3]))
    assert first == third
    assert len({tuple(first), tuple(second), tuple(fourth)}) == 3


def test_a_reply_stops_at_every_end_token_of_the_generation_configuration(make_model):
    model = make_model("llama")
    prompts = prompts_of(model)
    free = replies(model, prompts, WARM)
    ends = [free[0].ids[3], free[1].ids[5]]
    model.network.generation_config.eos_token_id = ends
    model = assemble(model.network, model.tokenizer, name=model.name, sha256=model.sha256)
    for reply, longer in zip(replies(model, prompts, WARM), free, strict=True):
        where = [place for place, token in enumerate(longer.ids) if token in ends]
        assert reply.ids == (longer.ids[: where[0] + 1] if where else longer.ids)
        assert reply.ended == bool(where)
        assert len(reply.logprobs) == len(reply.ids)


def test_the_text_is_what_was_drawn_without_special_tokens(llama, prompts, monkeypatch):
    drawn = iter([*llama.tokenizer(" the calm river").input_ids[1:], 2])
    monkeypatch.setattr(generate, "choose", lambda *_arguments: next(drawn))
    (reply,) = replies(llama, prompts[:1], GREEDY, [0])
    assert (reply.text, reply.ended, reply.ids[-1]) == (" the calm river", True, 2)


WRITTEN = " the calm river\nHuman rights\n\nNote: he felt sad"


@pytest.mark.parametrize(("label", "after"), [("\n\nHuman:", " she"), ("\n\nAssistant:", ""), (" \nHuman:", "")])
def test_a_reply_of_a_base_model_ends_where_a_further_turn_begins(llama, prompts, monkeypatch, label, after):
    """The tokenizer knows neither label, so that each is read from many tokens."""
    until = len(llama.tokenizer(WRITTEN + label).input_ids) - 1
    ids = llama.tokenizer(WRITTEN + label + after + " was happy").input_ids[1:]
    long = Sampling(len(ids), 0, 1, 1)
    for template, text, count in (("plain", WRITTEN, until), ("chat", llama.tokenizer.decode(ids), len(ids))):
        drawn = iter(ids)
        monkeypatch.setattr(generate, "choose", lambda *_arguments, drawn=drawn: next(drawn))
        (reply,) = replies(replace(llama, conversation=spoken(llama.tokenizer, template)), prompts[:1], long, [0])
        assert (reply.text, reply.ids, reply.ended) == (text, ids[:count], template == "plain")


def test_batches_are_handed_over_as_they_finish_and_those_that_are_done_are_left_out(llama, prompts):
    pairs = Sampling(4, 1.0, 0.95, side_by_side=2)
    stream = generate.generate(llama, prompts, SEEDS, pairs)
    first, second = next(stream), next(stream)
    assert (sorted(first), sorted(second)) == ([0, 2], [1, 3])
    (rest,) = generate.generate(llama, prompts, SEEDS, pairs, done={0, 1, 2})
    assert rest == second
    assert list(generate.generate(llama, prompts, SEEDS, pairs, done=range(4))) == []


@pytest.mark.parametrize("family", ["llama", "qwen3"])
def test_as_many_replies_are_decoded_at_once_as_fit_into_memory(make_model, family):
    """Keys and values of a reply are what the library's own cache takes after it; logits come on top."""
    model = make_model(family)
    prompts = prompts_of(model)
    cache = model.network(input_ids=torch.tensor([prompts[0].ids]), use_cache=True).past_key_values
    held = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    logits = 20 * model.unembedding.out_features
    whole = held * (len(prompts[0].ids) + 5) / len(prompts[0].ids) + logits
    for count in (1, 3):
        how = Sampling(5, 0, 1, memory_mib=whole * (count + 0.01) / 2**20)
        assert generate.fitting(model, prompts[0], how) == count
    assert generate.fitting(model, prompts[0], Sampling(5, 0, 1, memory_mib=1e-6)) == 1
    assert generate.fitting(model, prompts[0], Sampling(5, 0, 1)) == 128
    rows = list(generate.batches(model, prompts, Sampling(5, 0, 1, memory_mib=whole * 2.01 / 2**20)))
    assert sorted(row for batch in rows for row in batch) == [0, 1, 2, 3]
    assert rows[0] == [2]


def test_nothing_of_a_steered_run_is_left_behind(llama, prompts):
    before = [len(block._forward_hooks) for block in llama.blocks]
    next(generate.generate(llama, prompts, SEEDS, WARM, edits_of("add", llama.width)))
    assert [len(block._forward_hooks) for block in llama.blocks] == before


# Refusals ----------------------------------------------------------------------------------------------------------


def test_a_prompt_without_room_for_its_reply_stops_before_anything_runs(llama, prompts, monkeypatch):
    monkeypatch.setattr(generate, "_decode", lambda *_arguments: pytest.fail("it ran"))
    longest = Encoded([7] * 245, 0)
    with pytest.raises(TokenError, match="prompt 1 has 245 tokens; of the 256 that tiny-llama reads, 12 are for"):
        generate.generate(llama, [prompts[0], longest], [1, 2], WARM)
    with pytest.raises(TokenError, match="prompt 0 has 0 tokens"):
        generate.generate(llama, [Encoded([], 0)], [1], WARM)
    generate.generate(llama, [Encoded([7] * 244, 0)], [1], WARM)


def test_edits_and_seeds_that_do_not_fit_are_refused_before_anything_runs(llama, prompts):
    with pytest.raises(GenerationError, match="one row for every prompt"):
        generate.generate(llama, prompts, SEEDS, WARM, edits_of("add", llama.width, rows=1))
    with pytest.raises(GenerationError, match="every position"):
        generate.generate(llama, prompts, SEEDS, WARM, [Addition(1, random(4, 32), torch.ones(5, dtype=torch.bool))])
    with pytest.raises(InterventionError, match="layer 9 does not exist"):
        generate.generate(llama, prompts, SEEDS, WARM, [Addition(9, random(4, 32))])
    with pytest.raises(GenerationError, match="3 seeds for 4 prompts"):
        generate.generate(llama, prompts, SEEDS[:3], WARM)


def test_output_that_is_not_finite_is_refused(llama, prompts):
    huge = [Addition(1, torch.full((4, llama.width), 3e38))] * 2
    with pytest.raises(GenerationError, match="not finite"):
        replies(llama, prompts, WARM, edits=huge)
