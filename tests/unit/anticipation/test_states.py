"""States around users' turns against plain forwards, one text at a time; tempers against the plain way and finite differences."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.anticipation import answers, others, temper, turns
from emotion_vectors.anticipation.temper import ORDERS
from emotion_vectors.anticipation.user_messages import Amounts, item_of, load
from emotion_vectors.engine.plain_readouts import continuation_logprobs
from emotion_vectors.replies.quality import NO_EVENT
from emotion_vectors.stimuli import word_statistics
from emotion_vectors.stimuli.function.speakers import EMOTIONS_OF_SPEAKERS, SpeakerDialogue
from emotion_vectors.stimuli.function.states import AGITATED, CALM, UserSituation, load_user_situations
from tests.random_tensors import random

STIMULI = Path(__file__).resolve().parents[3] / "workflow/stimuli"
SITUATIONS, PROMPTS = STIMULI / "states/situations.jsonl", STIMULI / "prompts/prompts.jsonl"
TEXTS = ["the train was late.", "where is the boat?", "so quiet!", "the river x", "hm"]
LAYER = 2


@pytest.mark.parametrize("text", TEXTS)
def test_the_users_turn_ends_with_its_last_token(any_model, text: str):
    prompt, end = turns.with_user_end(any_model, text)

    def decoded(ids):
        return any_model.tokenizer.decode(ids)

    assert decoded(prompt.ids[: end + 1]).endswith(text)
    assert text[-1] not in decoded(prompt.ids[end + 1 :]).replace("<end>", "").replace("<turn>", "").replace(
        "assistant", ""
    )
    assert end < len(prompt.ids) - 1


def test_states_are_those_of_plain_forwards(any_model, reference_states):
    both = turns.around_user_end(any_model, TEXTS, LAYER, budget=300)
    for text, (at_end, before_reply) in zip(TEXTS, both, strict=True):
        prompt, end = turns.with_user_end(any_model, text)
        states = reference_states(any_model, prompt.ids)[LAYER]
        torch.testing.assert_close(at_end, states[end], atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(before_reply, states[-1], atol=1e-4, rtol=1e-4)


def transcript(model, *texts: str) -> pd.DataFrame:
    tokens = [model.tokenizer(text, add_special_tokens=False).input_ids for text in texts]
    return pd.DataFrame({"tokens": tokens, "text": texts})


def test_means_over_replies_leave_out_their_first_token_and_their_end(llama, reference_states):
    items = [item_of(text, name=text) for text in TEXTS[:2]]
    answered = transcript(llama, "she was happy and calm", "he", "the boat came over the bridge", "a letter lay open")
    (end,) = [token for token in llama.conversation.ends if token != llama.tokenizer.eos_token_id] or [2]
    answered.at[2, "tokens"] = [*answered.at[2, "tokens"], end]
    answered.at[1, "tokens"] = [answered.at[1, "tokens"][0], end]
    means, readable = answers.states(llama, items, answered, LAYER, budget=300)
    assert readable.tolist() == [[1, 0], [1, 1]]
    assert not means[0, 1].any()
    for item, sample in ((0, 0), (1, 0), (1, 1)):
        prompt = llama.conversation.prompt([{"role": "user", "content": TEXTS[item]}]).ids
        reply = [token for token in answered.at[2 * item + sample, "tokens"] if token != end]
        states = reference_states(llama, [*prompt, *reply])[LAYER]
        torch.testing.assert_close(means[item, sample], states[len(prompt) + 1 :].mean(0), atol=1e-4, rtol=1e-4)


class Counting:
    """An encoder that counts words."""

    WORDS = ("boat", "train", "letter", "garden", "storm", "river")

    def embed(self, texts):
        counts = np.array([[0.1 + text.count(word) for word in self.WORDS] for text in texts])
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


def test_replies_make_sense_that_have_words_do_not_loop_and_are_about_their_own_item():
    items = [item_of(f"the {word}", name=word) for word in Counting.WORDS]
    replies = [f"your {word} will come" for word in Counting.WORDS]
    assert answers.sensible(replies, items, Counting()).tolist() == [[1.0]] * 6
    spoilt = ["", "the train came and the train came and the train came", "a garden and more", *replies[3:]]
    assert answers.sensible(spoilt, items, Counting()).tolist() == [[0.0]] * 3 + [[1.0]] * 3
    assert answers.sensible(["", " "], items[:2], Counting()).tolist() == [[0.0], [0.0]]


SITUATION = UserSituation(
    "storm_1",
    "afraid",
    "calm",
    ("they were afraid of the storm", "the storm came and they lay by the door"),
    ("a quiet morning is very calm", "the river is calm"),
    ("close the door they are angry", "over the bridge", "afraid of that storm"),
)


def plain_odds(model, text: str, system: str = "", hook=None) -> float:
    """By the plain way, with what a hook does to a block."""
    messages = [{"role": "system", "content": system}] * bool(system) + [{"role": "user", "content": text}]
    sides = []
    for texts in (SITUATION.agitated, SITUATION.calm):
        replies = model.conversation.replies(messages, texts)
        handle = model.blocks[LAYER].register_forward_hook(hook(len(replies.prompt.ids) - 1)) if hook else None
        sides.append(continuation_logprobs(model, replies.prompt, replies.ids).mean())
        if handle:
            handle.remove()
    return float(sides[0] - sides[1])


def test_log_odds_are_those_of_the_plain_way_under_every_message(any_model):
    measured = temper.measure(any_model, [SITUATION], LAYER)
    first = SITUATION.prompts[0]
    expected = {
        "odds": [[plain_odds(any_model, text) for text in SITUATION.prompts]],
        "bland": [plain_odds(any_model, NO_EVENT)],
        "ordered": [[plain_odds(any_model, first, ORDERS[side]) for side in (AGITATED, CALM)]],
    }
    for name, values in expected.items():
        torch.testing.assert_close(measured[name], torch.tensor(values), atol=1e-4, rtol=0)


def test_gradients_are_the_limit_of_additions_at_the_token_before_the_reply(llama):
    gradients = temper.measure(llama, [SITUATION], LAYER)["gradients"]
    direction, step = random(llama.width, seed=4), 0.02

    def adding(amount: float):
        def at(token: int):
            def hook(_module, _inputs, output):
                hidden = (output[0] if isinstance(output, tuple) else output).clone()
                hidden[:, token] += amount * direction
                return (hidden, *output[1:]) if isinstance(output, tuple) else hidden

            return hook

        return at

    for wording, text in enumerate(SITUATION.prompts):
        plus, minus = (plain_odds(llama, text, hook=adding(side * step)) for side in (1, -1))
        assert float(gradients[0, wording] @ direction) == pytest.approx(
            (plus - minus) / (2 * step), rel=0.02, abs=2e-3
        )


def test_orders_share_no_stem_with_a_reply():
    replies = [text for each in load_user_situations(SITUATIONS) for text in (*each.calm, *each.agitated)]
    assert not word_statistics.word_stems(ORDERS.values()) & word_statistics.word_stems(replies)


# Dialogues ---------------------------------------------------------------------------------------------------------

DIALOGUES = STIMULI / "speakers/dialogues.jsonl"


@pytest.mark.parametrize("count", [24, 6])
def test_groups_hold_every_emotion_of_the_user_once_beside_one_of_the_assistant(count: int):
    groups = others.load(DIALOGUES, count)
    assert len(groups) == count
    for group in groups:
        assert [dialogue.emotions[0] for dialogue in group] == list(EMOTIONS_OF_SPEAKERS)
        assert len({dialogue.emotions[1] for dialogue in group}) == 1
    named = Counter(dialogue.name for group in groups for dialogue in group)
    assert set(named.values()) == {1}
    assert len({group[0].emotions[1] for group in groups}) == min(count, 12) if count > 12 else True


def test_a_dialogue_is_read_over_the_assistants_last_turn(llama, reference_states):
    texts = ("the train was late", "a calm river", "they were angry", "close the door and be happy")
    dialogue = SpeakerDialogue("angry_calm_1", ("angry", "calm"), texts)
    (state,) = others.measure(llama, [[dialogue]], LAYER, budget=300)[0]
    roles = ("user", "assistant", "user")
    messages = [{"role": role, "content": text} for role, text in zip(roles, texts, strict=False)]
    written = llama.conversation.replies(messages, [texts[3]])
    ids = [*written.prompt.ids, *written.ids[0]]
    assert texts[3] in llama.tokenizer.decode(ids)
    expected = reference_states(llama, ids)[LAYER][len(written.prompt.ids) + 1 :].mean(0)
    torch.testing.assert_close(state, expected, atol=1e-4, rtol=1e-4)


def test_what_is_answered_are_first_wordings_and_prompts_in_their_groups():
    amounts = Amounts(situations=12, prompts=9, samples=2, new_tokens=8, dialogue_groups=3, reliability=0.3)
    asked = load(SITUATIONS, PROMPTS, amounts)
    items = asked.items("situations.jsonl")
    assert [item.prompt for item in items[:12]] == [situation.prompts[0] for situation in asked.situations]
    assert Counter(item.group for item in items) == {"situations": 12, "neutral": 3, "personal": 3, "self": 3}
    assert len({situation.user for situation in asked.situations}) == 6
    assert all(asked.situations[row].reply != "amused" for row in asked.tempered)
    assert len(asked.wordings) == 24
