"""Steered words: slopes and finite changes agree with plain steering, and planted effects are told from none."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from emotion_vectors.engine.edits import Addition
from emotion_vectors.engine.plain_readouts import continuation_logprobs
from emotion_vectors.meaning import feels
from emotion_vectors.meaning.feels import WordChanges
from emotion_vectors.models.conversation import of_tokenizer
from emotion_vectors.models.tokens import TokenError
from emotion_vectors.stimuli.tables import FeelsPrompt
from tests.random_tensors import random

LAYER, BUDGET, PROMPTS, WORDS, SETS = 2, 640, 6, 5, 80
SPOKEN = {"happy": "happy", "sad": "sad", "gloomy": "melancholy"}


@pytest.fixture(scope="module")
def prompts():
    return [
        FeelsPrompt(place, f"the {place} that evening", f"by the {place} she felt") for place in ("river", "bridge")
    ]


@pytest.fixture(scope="module")
def packed(llama, prompts):
    return feels.pack_prompts(llama, prompts, feels.word_tokens(llama, SPOKEN))


def test_words_of_several_tokens_are_left_out(llama):
    found = feels.word_tokens(llama, SPOKEN)
    assert list(found) == ["happy", "sad"]
    assert [llama.tokenizer.decode([token]) for token in found.values()] == [" happy", " sad"]


def test_a_tokenizer_that_splits_every_word_is_named_with_the_claim(llama):
    with pytest.raises(TokenError, match=r"tiny-llama: its tokenizer splits every word .* A05 cannot be measured"):
        feels.word_tokens(llama, {"gloomy": "melancholy"})


def test_words_follow_a_begun_reply_as_a_tokenizer_with_blanks_before_every_text_writes_them(llama, metaspace, prompts):
    model = replace(llama, tokenizer=metaspace, conversation=of_tokenizer(metaspace, "chat"))
    words = feels.word_tokens(model, SPOKEN)
    assert metaspace.convert_ids_to_tokens(list(words.values())) == ["▁happy", "▁sad"]
    for packed, prompt in zip(feels.pack_prompts(model, prompts, words), prompts, strict=True):
        assert packed.targets.tolist() == list(words.values())
        assert metaspace.decode(packed.ids[: packed.prompt_length]).endswith(prompt.prefill)


def test_a_word_that_is_written_otherwise_after_a_prompt_is_refused(llama, prompts):
    with pytest.raises(
        TokenError, match=r"'happy' is one token in running text and another.* after 'by the river she felt'"
    ):
        feels.pack_prompts(llama, prompts, {"happy": 7})


def test_changes_are_those_of_plain_steering(llama, prompts, packed):
    words = [[token] for token in feels.word_tokens(llama, SPOKEN).values()]
    additions = 0.5 * random(3, llama.width)
    found = feels.record(llama, packed, LAYER, BUDGET).changes(additions)
    assert found.shape == (2, 3, 2)
    message = [{"role": "user", "content": prompts[1].user}]
    prompt = llama.conversation.prompt(message, prompts[1].prefill)
    plain = continuation_logprobs(llama, prompt, words)
    steered = continuation_logprobs(llama, prompt, words, [Addition(LAYER, additions[[2]])])
    torch.testing.assert_close(found[1, 2], steered - plain, atol=1e-4, rtol=1e-3)


def test_slopes_are_the_limit_of_small_changes(llama, packed):
    additions = random(2, llama.width)
    gradients = feels.word_gradients(llama, packed, LAYER)
    small = 1e-2
    slopes = feels.slopes(gradients, small * additions, small * additions[None], torch.tensor(small), seed=0)
    changes = feels.record(llama, packed, LAYER, BUDGET).changes(small * additions)
    torch.testing.assert_close(slopes.values, changes, atol=2e-4, rtol=5e-2)
    torch.testing.assert_close(slopes.nulls[0][0], slopes.values.mean(0))


def test_gaussian_nulls_have_the_length_of_the_additions():
    gradients = torch.eye(4)[None].repeat(2, 1, 1)
    slopes = feels.slopes(gradients, random(4, 4), torch.zeros(30, 4, 4), torch.tensor(0.7), seed=1)
    torch.testing.assert_close(slopes.nulls[1].norm(dim=-1), torch.full((30, 4), 0.7))


def test_each_null_direction_is_tried_on_the_prompt_that_was_drawn(llama, packed):
    steered, sets = feels.record(llama, packed, LAYER, BUDGET), random(3, 2, llama.width, seed=4)
    found = steered.changes_of_sets(sets, seed=5)
    drawn = torch.randint(2, (3, 2), generator=torch.Generator().manual_seed(5))
    assert len(drawn.unique()) == 2
    for number, directions in enumerate(sets):
        everywhere = steered.changes(directions)
        expected = torch.stack([everywhere[drawn[number, place], place] for place in range(2)])
        torch.testing.assert_close(found[number], expected, atol=1e-5, rtol=1e-4)


def words_moved(own, others, seed=0):
    """Responses in which each direction moves its own word by `own` and the others by `others`, and null sets that do not."""
    effect = others + (own - others) * torch.eye(WORDS)
    values = effect + 0.1 * random(PROMPTS, WORDS, WORDS, seed=seed)
    return WordChanges(values, [0.1 * random(SETS, WORDS, WORDS, seed=seed + kind) for kind in (50, 60)])


def judged(slopes, changes, guard=""):
    return feels.evidence_on_words(slopes, changes, guard, bootstraps=200, seed=0).set_index("part")


def test_own_words_that_rise_and_others_that_fall_are_found():
    moved = words_moved(0.8, -0.3)
    found = judged(moved, moved)
    assert set(found["claim"]) == {"A05"}
    for part in ("slope, own minus others", "change at +0.1, own minus others"):
        assert found.loc[part, "estimate"] == pytest.approx(1.1, abs=0.1)
        assert found.loc[part, "low"] > 0.9
    assert found.loc["others fall", "estimate"] == pytest.approx(-0.3, abs=0.05)
    assert found.loc["others fall", "high"] < -0.2
    assert (found["null_percentile"] == 100).all()
    assert set(found["n"]) == {PROMPTS * WORDS}


def test_words_that_do_not_move_stay_inside_the_null():
    tables = [judged(words_moved(0.0, 0.0, seed), words_moved(0.0, 0.0, seed + 20)) for seed in range(8)]
    assert np.mean([table["null_percentile"] for table in tables]) < 75


def test_the_stricter_of_two_nulls_counts_and_a_closed_guard_is_passed_on():
    moved = words_moved(0.8, -0.3)
    wide = WordChanges(moved.values, [moved.nulls[0], 20 * moved.nulls[1]])
    found = judged(wide, moved, guard="outside the coherent range")
    assert found.loc["slope, own minus others", "null_percentile"] < 95
    assert found.loc["others fall", "null_percentile"] == 100
    assert set(found["guard"]) == {"outside the coherent range"}


def test_tables_hold_the_mean_over_prompts_by_measure_and_strength():
    moved = words_moved(0.8, -0.3)
    names = list("abcde")
    table = feels.response_table(moved.values, {0.1: moved.values, 0.5: 5 * moved.values}, names, 0.1)
    row = table.query("measure == 'change' and strength_norm_fraction == 0.5 and direction == 'b' and word == 'd'")
    assert row["delta_logprob_nats"].item() == pytest.approx(5 * moved.values.mean(0)[1, 3].item(), rel=1e-5)
    assert len(table) == 3 * WORDS**2
    costs = feels.cost_table({0.1: 0.02, 0.5: 0.4})
    assert costs["neutral_logprob_fall_nats_per_token"].tolist() == [0.02, 0.4]
