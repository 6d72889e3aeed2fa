"""What a model is told is what the study says to it: templates of many families, each against the text that it should make."""

import copy
import datetime

import pytest
from transformers.utils import chat_template_utils

from emotion_vectors.models import turn_ends
from emotion_vectors.models.conversation import DATE, of_tokenizer
from emotion_vectors.models.language_model import assemble, conversation_of
from emotion_vectors.models.tokens import TokenError, encode
from tests.unit.models import families

SYSTEM = {"role": "system", "content": "be calm"}
USER = {"role": "user", "content": "she was happy when the train came"}
REPLY = {"role": "assistant", "content": "he felt sad"}
FURTHER = {"role": "user", "content": "and now"}
MESSAGES = [SYSTEM, USER, REPLY, FURTHER]


@pytest.fixture
def with_template(tokenizer, tokenizer_without_bos):
    """The conversation of the tests' tokenizer with another template; without a beginning of the text where the template writes none."""

    def make(template, ends=()):
        changed = copy.deepcopy(tokenizer if "bos_token" in template else tokenizer_without_bos)
        changed.chat_template = template
        return conversation_of("tiny", changed, "chat", DATE, ends)

    return make


def text_of(conversation, messages, prefill=""):
    return conversation.tokenizer.decode(conversation.prompt(messages, prefill).ids)


# The library's own rendering, where nothing has to be mended


def test_a_prompt_is_the_tokenizers_own_template_up_to_the_reply(tokenizer):
    prompt = of_tokenizer(tokenizer, "chat").prompt(MESSAGES)
    expected = tokenizer.apply_chat_template(MESSAGES, add_generation_prompt=True, tokenize=True, return_dict=False)
    assert prompt.ids == expected
    assert prompt.ids.count(tokenizer.bos_token_id) == 1, "the template writes the only beginning of the text"


@pytest.mark.parametrize("template", ["DEFAULT_SYSTEM", "MERGES_SYSTEM"])
def test_templates_that_keep_a_system_text_are_left_as_they_are(with_template, template):
    conversation = with_template(getattr(families, template))
    for messages in ([USER], [SYSTEM, USER], MESSAGES):
        expected = conversation.tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, tokenize=True, return_dict=False
        )
        assert conversation.prompt(messages).ids == expected


def test_a_prefill_follows_the_prompt(tokenizer):
    conversation = of_tokenizer(tokenizer, "chat")
    addition = tokenizer("they were afraid", add_special_tokens=False).input_ids
    assert conversation.prompt(MESSAGES, "they were afraid").ids == conversation.prompt(MESSAGES).ids + addition


def test_the_plain_template_writes_turns_and_ends_before_the_reply(tokenizer):
    conversation = of_tokenizer(tokenizer, "plain")
    turns = ["Note: be calm", "Human: she was happy when the train came", "Assistant: he felt sad", "Human: and now"]
    expected = encode(tokenizer, "\n\n".join([*turns, "Assistant:"]))
    assert conversation.prompt(MESSAGES) == expected
    assert expected.start == 1
    prefilled = conversation.prompt(MESSAGES, "they were afraid")
    assert tokenizer.decode(prefilled.ids, skip_special_tokens=True).endswith("Assistant: they were afraid")
    assert prefilled.ids[: len(expected.ids)] == expected.ids


# Where a system text goes


@pytest.mark.parametrize("template", ["REFUSES_SYSTEM", "DROPS_SYSTEM", "SYSTEM_BEFORE_LAST_USER"])
def test_a_system_text_without_a_turn_opens_the_first_user_turn(with_template, template):
    conversation = with_template(getattr(families, template))
    expected = (
        "<bos><turn>user\nbe calm\n\nshe was happy when the train came<end>\n<turn>assistant\nhe felt sad<end>\n<turn>user\nand now<end>\n"
        "<turn>assistant\n"
    )
    assert text_of(conversation, MESSAGES) == expected
    assert conversation.facts()["system"].startswith("in the first user turn, since the template")


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("MERGES_SYSTEM", "in the first user turn, by the template"),
        ("DEFAULT_SYSTEM", "in a system turn"),
        ("DATED", "in a system turn"),
    ],
)
def test_it_is_told_where_a_template_keeps_a_system_text(with_template, template, told):
    assert with_template(getattr(families, template)).facts()["system"] == told


def test_a_system_text_that_a_template_adds_by_itself_is_shown(with_template):
    assert with_template(families.DEFAULT_SYSTEM).facts()["default_system"] == "You are kind."
    assert with_template(families.REFUSES_SYSTEM).facts()["default_system"] == ""


def test_blanks_that_a_template_takes_from_a_text_are_told_and_nothing_else_is_lost(with_template):
    conversation = with_template(families.MERGES_SYSTEM)
    assert conversation.facts()["strips_blanks"]
    assert not with_template(families.DEFAULT_SYSTEM).facts()["strips_blanks"]
    assert text_of(conversation, [{"role": "user", "content": " she was happy \n"}]).count("\nshe was happy<end>") == 1


# The clock


def test_a_prompt_is_the_same_on_every_day(with_template, monkeypatch):
    first = with_template(families.DATED).facts()

    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2031, 3, 5, tzinfo=tz)

    monkeypatch.setattr(chat_template_utils, "datetime", Later)
    assert with_template(families.DATED).facts() == first
    assert "21 Nov 2026" in first["sample"]


def test_another_day_of_the_configuration_is_another_conversation(with_template, tokenizer):
    dated = with_template(families.DATED)
    other = conversation_of("tiny", dated.tokenizer, "chat", "2020-02-03", ())
    assert "03 Feb 2020" in other.sample()
    assert other.facts()["sha256"] != dated.facts()["sha256"]


def test_a_template_that_draws_at_random_is_refused_by_name(with_template):
    with pytest.raises(TokenError, match=r"tiny: .*draws at random"):
        with_template(families.RANDOM)


# Where a reply begins and ends


@pytest.mark.parametrize(
    ("template", "told", "begins"),
    [
        ("SWITCHED", "switched off", "<turn>assistant\n<think>\n\n</think>\n\n"),
        ("ALWAYS_BLOCK", "empty block kept", "<turn>assistant\n<think>\n\n</think>\n\n"),
        ("OPENED", "block closed at once", "<turn>assistant\n<think>\n\n</think>\n\n"),
        ("DEFAULT_SYSTEM", "none", "<end>\n<turn>assistant\n"),
        ("NO_HEADER", "none", "<end>\n<turn>assistant\n"),
    ],
)
def test_a_reply_begins_where_the_template_begins_it(with_template, template, told, begins):
    conversation = with_template(getattr(families, template))
    assert conversation.facts()["thinking"] == told
    assert text_of(conversation, [SYSTEM, USER]).endswith(begins)


@pytest.mark.parametrize("template", ["SWITCHED", "ALWAYS_BLOCK", "NO_HEADER", "BLANK_LEAD", "DEFAULT_SYSTEM"])
def test_a_scored_reply_stands_where_the_template_itself_writes_it(with_template, template):
    conversation = with_template(getattr(families, template))
    found = conversation.replies([USER], ["she was sad"])
    messages = [USER, {"role": "assistant", "content": "she was sad"}]
    own = conversation.tokenizer.apply_chat_template(messages, tokenize=True, return_dict=False)
    scored = [*found.prompt.ids, *found.ids[0]]
    assert scored == own[: len(scored)]
    assert conversation.tokenizer.decode(scored).endswith("she was sad")


def test_turns_end_in_the_token_of_the_template_beside_those_of_the_settings(with_template):
    conversation = with_template(families.REFUSES_SYSTEM, ends=[7])
    token = conversation.tokenizer.convert_tokens_to_ids
    assert conversation.ends == {7, token("<end>"), token("<eos>")}
    assert with_template(families.BLANK_LEAD).ends == {token("<eos>")}


def test_a_reply_ends_at_the_end_of_its_turn_whatever_the_settings_say(make_model):
    model = make_model("llama")
    end = model.tokenizer.convert_tokens_to_ids("<end>")
    assert model.network.generation_config.eos_token_id == 2 != end
    reply = [*model.tokenizer(" happy", add_special_tokens=False).input_ids, end]
    invented = model.tokenizer("\nuser hello", add_special_tokens=False).input_ids
    assert [turn_ends.has_ended(model, reply[:count]) for count in (1, 2)] == [False, True]
    assert turn_ends.text_of(model, [*reply, *invented]) == " happy"


def test_turns_without_an_end_token_end_where_a_further_turn_begins(with_template):
    conversation = with_template(families.LABELS)
    for label in ("USER:", "ASSISTANT:"):
        assert conversation.further_turn.split(f" she was sad\n{label} and now")[0] == " she was sad"
    assert not conversation.further_turn.search("she told the USER: no")


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("CUTS_TEXTS", "changes the text"),
        ("DOUBLES_TEXTS", "drops, repeats or moves the text of a user turn"),
        ("TWO_BEGINNINGS", "does not have one beginning"),
        ("END_INSIDE", "stands inside the prompt"),
    ],
)
def test_a_template_that_does_not_keep_what_it_is_given_is_refused_by_name(with_template, template, reason):
    with pytest.raises(TokenError, match=f"tiny: .*{reason}"):
        with_template(getattr(families, template))


def test_a_beginning_that_the_template_leaves_to_the_tokenizer_is_written_once(tokenizer):
    changed = copy.deepcopy(tokenizer)
    changed.chat_template = families.TURNS + families.ASK
    prompt = conversation_of("tiny", changed, "chat", DATE, ()).prompt(MESSAGES)
    assert prompt.ids[0] == changed.bos_token_id
    assert prompt.ids.count(changed.bos_token_id) == 1


def test_a_missing_or_unknown_template_says_what_to_set(tokenizer_without_bos, monkeypatch):
    with pytest.raises(TokenError, match="chatml"):
        of_tokenizer(tokenizer_without_bos, "chatml")
    monkeypatch.setattr(tokenizer_without_bos, "chat_template", None)
    with pytest.raises(TokenError, match=r"plain in workflow/models\.tsv"):
        of_tokenizer(tokenizer_without_bos, "chat")


def test_a_model_is_refused_at_load_before_anything_runs(make_model, tokenizer):
    network, changed = make_model("llama").network, copy.deepcopy(tokenizer)
    changed.chat_template = families.CUTS_TEXTS
    with pytest.raises(TokenError, match="model-x: the chat template changes"):
        assemble(network, changed, name="model-x", sha256="0")
