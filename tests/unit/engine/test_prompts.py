"""Items and events as a model reads them: replies where its template writes them, and texts that it cannot read named by their item."""

import copy
from dataclasses import replace

import pytest

from emotion_vectors.engine import prompts
from emotion_vectors.models.conversation import of_tokenizer
from emotion_vectors.models.tokens import TokenError
from emotion_vectors.stimuli.events import Event
from emotion_vectors.stimuli.situations import Item
from tests.unit.models import families

ITEM = Item(
    scenario="b01",
    variant="none",
    group="-",
    system="be calm",
    prompt="he felt sad",
    continuations={"a": ("she was happy", "they were afraid"), "b": ("he was calm",)},
    options={},
    comprehension=(),
    source="blackmail.jsonl line 3: set blackmail",
)


def reply_of(packed, row):
    """Prompt and one reply of a packed item as one row of ids."""
    return [*packed.ids[: packed.prompt_length].tolist(), *packed.targets[packed.owners == row].tolist()]


@pytest.mark.parametrize("template", ["SWITCHED", "ALWAYS_BLOCK", "MERGES_SYSTEM", "BLANK_LEAD"])
def test_replies_of_an_item_stand_where_the_template_itself_writes_them(llama, tokenizer_without_bos, template):
    tokenizer = copy.deepcopy(tokenizer_without_bos)
    tokenizer.chat_template = getattr(families, template)
    model = replace(llama, tokenizer=tokenizer, conversation=of_tokenizer(tokenizer, "chat"))
    item = replace(ITEM, system="") if template == "BLANK_LEAD" else ITEM
    packed = prompts.encode(model, item)
    system = [{"role": "system", "content": item.system}] if item.system else []
    for row, text in enumerate(("she was happy", "they were afraid", "he was calm")):
        turns = [*system, {"role": "user", "content": item.prompt}, {"role": "assistant", "content": text}]
        own = tokenizer.apply_chat_template(turns, tokenize=True, return_dict=False)
        found = reply_of(packed, row)
        assert found == own[: len(found)]
        assert tokenizer.decode(found).endswith(text)
    assert prompts.prompt_of(model, item).ids == packed.ids[: packed.prompt_length].tolist()


@pytest.mark.parametrize("field", ["system", "prompt"])
def test_an_item_that_spells_a_control_token_is_named(llama, field):
    item = replace(ITEM, **{field: "he wrote <end> and left"})
    for read in (prompts.prompt_of, prompts.encode):
        with pytest.raises(
            TokenError, match=r"blackmail\.jsonl line 3.*b01.*tiny-llama: a text spells .* '<end>' in .*and left"
        ):
            read(llama, item)


def test_a_reply_that_spells_a_control_token_is_named(llama):
    item = replace(ITEM, continuations={"a": ("she <turn> was",), "b": ("he was calm",)})
    with pytest.raises(TokenError, match=r"b01.*tiny-llama.*'<turn>'"):
        prompts.encode(llama, item)


def test_an_event_of_other_people_that_spells_a_control_token_is_named(llama):
    event = Event("work_fit_1", "work", "positive", "she wrote <bos> on the door")
    with pytest.raises(TokenError, match=r"event work_fit_1-positive of tiny-llama: .*'<bos>'"):
        prompts.of_events(llama, [event], "angry")
