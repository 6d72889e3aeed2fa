"""From text to token ids: nothing lost, nothing counted twice, and padding that no measurement can see."""

import copy
from types import SimpleNamespace

import pytest
import torch
from tokenizers.processors import TemplateProcessing

from emotion_vectors.engine import capture
from emotion_vectors.models.hooks import residual_streams
from emotion_vectors.models.tokens import (
    Encoded,
    TokenError,
    batches,
    dialogue_text,
    encode,
    pad,
    pad_id,
    single_token,
)


def test_last_token_states_do_not_depend_on_the_side_of_the_padding(any_model, stories, reference_states):
    """A trap others fell into: with padding on the left and positions counted from it, answers were read mid-prompt."""
    texts = [Encoded(text.ids[:length], text.start) for text, length in zip(stories, (9, 21, 15), strict=False)]
    right = capture.at_last_token(any_model, texts, budget=10**6)
    longest = max(len(text.ids) for text in texts)
    for row, text in enumerate(texts):
        missing = longest - len(text.ids)
        left = reference_states(
            any_model,
            [pad_id(any_model.tokenizer)] * missing + text.ids,
            attention_mask=torch.tensor([[0] * missing + [1] * len(text.ids)]),
            position_ids=torch.arange(longest)[None].sub(missing).clamp_min(0),
        )
        alone = reference_states(any_model, text.ids)
        torch.testing.assert_close(left[:, -1], alone[:, -1], atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(right[row], alone[:, -1], atol=1e-4, rtol=1e-4)


def test_padding_token_does_not_matter(llama, stories):
    rows = [0, 1]
    streams = [residual_streams(llama, pad(stories, rows, filler).ids) for filler in (0, 77)]
    for row in rows:
        length = len(stories[row].ids)
        for first, second in zip(*streams, strict=True):
            torch.testing.assert_close(first[row, :length], second[row, :length])


@pytest.mark.parametrize("budget", [95, 200, 333, 10**6])
def test_batches_cover_every_text_once_and_never_exceed_the_budget(stories, budget):
    seen = []
    for batch in batches(stories, budget, pad_id=0):
        assert batch.ids.numel() <= budget
        assert batch.ids.shape == (len(batch.rows), int(batch.lengths.max()))
        for row, index in enumerate(batch.rows):
            length = int(batch.lengths[row])
            assert batch.ids[row, :length].tolist() == stories[index].ids
            assert (batch.ids[row, length:] == 0).all()
        seen += batch.rows
    assert sorted(seen) == list(range(len(stories)))


def test_a_large_budget_makes_one_batch_and_a_small_one_many(stories):
    assert len(list(batches(stories, 10**6, 0))) == 1
    longest = max(len(text.ids) for text in stories)
    assert len(list(batches(stories, longest, 0))) == len(stories)


def test_batches_of_equal_lengths_use_the_whole_budget():
    texts = [Encoded([5] * 10, 0) for _ in range(9)]
    assert [len(batch.rows) for batch in batches(texts, 40, 0)] == [4, 4, 1]


def test_no_texts_make_no_batches():
    assert list(batches([], 100, 0)) == []


def test_text_longer_than_the_budget_is_named_with_its_length_and_the_key():
    texts = [Encoded([5] * 4, 0), Encoded([5] * 12, 0)]
    with pytest.raises(TokenError, match=r"text 1 has 12 tokens.*batch_tokens = 10"):
        list(batches(texts, 10, 0))


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_empty_text_is_refused(tokenizer, text):
    with pytest.raises(TokenError, match="empty"):
        encode(tokenizer, text)


def test_special_tokens_in_front_are_counted(tokenizer, tokenizer_without_bos):
    text = "she was happy"
    with_bos, without = encode(tokenizer, text), encode(tokenizer_without_bos, text)
    assert (with_bos.start, without.start) == (1, 0)
    assert with_bos.ids == [tokenizer.bos_token_id, *without.ids]


def test_dialogues_are_written_with_their_speakers():
    turns = [{"speaker": "Human", "text": "where is it"}, {"speaker": "Assistant", "text": "over the bridge"}]
    assert dialogue_text(turns) == "Human: where is it\n\nAssistant: over the bridge"


def test_single_tokens_are_words_with_a_space_before_them(tokenizer):
    token = single_token(tokenizer, "happy")
    assert tokenizer.decode([token]) == " happy"
    assert single_token(tokenizer, "melancholy") is None


def test_words_are_looked_up_as_they_stand_in_a_running_text(metaspace):
    """Such a tokenizer puts a blank before every text, so that a word with a blank of its own would be two pieces."""
    assert [metaspace.convert_ids_to_tokens(single_token(metaspace, word)) for word in ("happy", "sad", "calm")] == [
        "▁happy",
        "▁sad",
        "▁calm",
    ]
    assert single_token(metaspace, "melancholy") is None


@pytest.mark.parametrize("text", ["she <end> was", "<bos>", "sad<eos>"])
def test_a_text_that_spells_a_control_token_is_refused(tokenizer, text):
    with pytest.raises(TokenError, match="spells the control token"):
        encode(tokenizer, text)


def test_an_end_that_a_tokenizer_puts_after_every_text_is_left_out(tokenizer):
    ending = copy.deepcopy(tokenizer)
    frame = [("<bos>", tokenizer.bos_token_id), ("<eos>", tokenizer.eos_token_id)]
    ending.backend_tokenizer.post_processor = TemplateProcessing(single="<bos> $A <eos>", special_tokens=frame)
    assert ending("she was").input_ids[-1] == tokenizer.eos_token_id
    assert encode(ending, "she was") == encode(tokenizer, "she was")


def test_a_tokenizer_without_padding_token_pads_all_the_same(tokenizer):
    assert pad_id(tokenizer) == tokenizer.pad_token_id
    assert pad_id(SimpleNamespace(pad_token_id=None)) == 0
    assert pad_id(SimpleNamespace(pad_token_id=9)) == 9
