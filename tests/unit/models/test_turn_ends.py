"""Where a reply of a base model ends: at a further turn, labelled as the plain template labels turns."""

import copy
from dataclasses import replace

from emotion_vectors.models import turn_ends
from emotion_vectors.models.conversation import of_tokenizer as spoken


def test_a_further_turn_is_found_inside_tokens_that_hold_more_than_its_label(llama):
    tokenizer = copy.deepcopy(llama.tokenizer)
    tokenizer.add_tokens(["river\n", "\nHum", "an: she", " was"])
    ids = tokenizer(" calm river\n\nHuman: she was").input_ids[1:]
    assert tokenizer.convert_ids_to_tokens(ids)[-4:] == ["river\n", "\nHum", "an: she", " was"]
    plain = replace(llama, tokenizer=tokenizer, conversation=spoken(tokenizer, "plain"))
    assert [turn_ends.has_ended(plain, ids[: place + 1]) for place in range(len(ids))][-4:] == [
        False,
        False,
        True,
        True,
    ]
    assert turn_ends.text_of(plain, ids[:-1]).strip() == "calm river"


def test_turns_are_labelled_as_the_plain_template_labels_them(tokenizer):
    plain = spoken(tokenizer, "plain")

    def text_of(*turns):
        messages = [{"role": role, "content": content} for role, content in turns]
        return tokenizer.decode(plain.prompt(messages).ids, skip_special_tokens=True)

    first = ("user", "she was sad")
    for further in (("user", "the storm"), ("assistant", "the garden")):
        written = text_of(first, ("assistant", "calm river"), further).removeprefix(text_of(first))
        assert plain.further_turn.split(written)[0] == " calm river"
