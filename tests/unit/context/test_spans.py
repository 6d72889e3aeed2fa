"""Parts of texts and their tokens, and the means over them."""

import pytest
import torch

from emotion_vectors.context import readings, spans, texts
from emotion_vectors.models.tokens import TokenError
from emotion_vectors.stimuli.function.hidden import HiddenDialogue
from emotion_vectors.stimuli.function.negations import NegationPair, PrefixPair
from emotion_vectors.stimuli.function.speakers import SpeakerDialogue

TURNS = ("the morning train came", "he felt sad", "the door closed", "a letter lay open")


def said(tokenizer, marked: spans.MarkedText) -> list[str]:
    """What the tokens of each part spell."""
    read = spans.encode_marked(tokenizer, marked)
    return [tokenizer.decode([read.encoded.ids[at] for at in part]).strip() for part in read.parts]


@pytest.mark.parametrize("name", ["tokenizer", "tokenizer_without_bos", "metaspace"])
def test_turns_are_read_without_the_labels_of_their_speakers(name, request):
    tokenizer = request.getfixturevalue(name)
    dialogue = SpeakerDialogue("d", ("sad", "calm"), TURNS)
    (marked,) = texts.of_speakers([dialogue], ("Assistant", "Human"))
    assert marked.text.startswith("Assistant: the morning train came\n\nHuman: he felt sad")
    assert said(tokenizer, marked) == ["the door closed", "a letter lay open"]


def test_what_is_hidden_is_read_after_the_preamble_alone(tokenizer):
    (marked,) = texts.of_hidden([HiddenDialogue("d", "sad", "calm", "she was afraid", TURNS)])
    assert marked.text.startswith("she was afraid\n\nHuman: the morning train came")
    assert said(tokenizer, marked) == ["he felt sad", "a letter lay open"]


def test_pairs_are_read_over_what_both_end_in(tokenizer):
    pair = NegationPair("p", "named", "less", "happy", "she was happy by the river", "she was not happy by the river")
    assert [said(tokenizer, marked) for marked in texts.of_negations([pair])] == [["happy by the river"]] * 2
    pair = PrefixPair("p", ("sad", "calm"), ("The storm came.", "The boat came."), "She closed the door.")
    first, second = texts.of_prefixes([pair])
    assert (first.text, second.text) == pair.texts
    assert said(tokenizer, first) == said(tokenizer, second) == ["She closed the door."]


def test_texts_without_a_shared_ending_are_refused():
    with pytest.raises(TokenError, match="end in different words"):
        spans.shared_ending("she was happy", "she was sad")
    with pytest.raises(TokenError, match="does not end in"):
        spans.with_ending("she was happy", "sad")


def test_a_part_without_a_token_is_refused(tokenizer):
    with pytest.raises(TokenError, match="has no token of its own"):
        spans.encode_marked(tokenizer, spans.MarkedText("she was happy", ((3, 3),)))


def test_means_are_those_of_the_states_one_text_at_a_time(any_model, reference_states):
    dialogues = [SpeakerDialogue("a", ("sad", "calm"), TURNS), SpeakerDialogue("b", ("calm", "sad"), TURNS[::-1])]
    longer = SpeakerDialogue("c", ("sad", "sad"), (*TURNS[:3], f"{TURNS[3]} and {TURNS[0]}"))
    marked = texts.of_speakers([*dialogues, longer], texts.LABELS)
    read = [spans.encode_marked(any_model.tokenizer, text) for text in marked]
    layers = [0, any_model.layers - 2]
    means = readings.part_means(any_model, read, layers, 400, "dialogues")
    for text, mean in zip(read, means, strict=True):
        states = reference_states(any_model, text.encoded.ids)
        expected = torch.stack([states[layers][:, list(part)].mean(1) for part in text.parts])
        torch.testing.assert_close(mean, expected, atol=1e-4, rtol=1e-4)


def test_blocks_above_the_deepest_layer_are_not_run(llama):
    read = [spans.encode_marked(llama.tokenizer, spans.with_ending("she was happy", "happy"))]
    run = []
    handles = [
        block.register_forward_hook(lambda *_arguments, number=number: run.append(number))
        for number, block in enumerate(llama.blocks)
    ]
    readings.part_means(llama, read, [0, 1], 100, "pairs")
    for handle in handles:
        handle.remove()
    assert run == [0, 1]


def test_a_part_of_a_study_takes_pleasant_and_unpleasant_emotions_and_whole_halves():
    names = texts.EMOTIONS_OF_SPEAKERS
    dialogues = [SpeakerDialogue(f"{a}_{b}", (a, b), TURNS) for a in names for b in names]
    chosen = texts.some_speakers(dialogues, 6)
    emotions = {name for dialogue in chosen for name in dialogue.emotions}
    assert len(chosen) == 36
    assert len(emotions & {*names[:6]}) == len(emotions & {*names[6:]}) == 3
    hidden = [HiddenDialogue(f"{n}", "sad", shown, "", TURNS) for shown in ("calm", "proud") for n in range(6)]
    assert [dialogue.name for dialogue in texts.some_hidden(hidden, 2)] == ["0", "1", "0", "1"]
