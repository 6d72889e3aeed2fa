"""The choice readout against the library's own next-token log-probabilities, and its freedom from order."""

import pytest
import torch

from emotion_vectors.conduct import choices
from emotion_vectors.models.tokens import TokenError
from emotion_vectors.stimuli import situations
from tests.interventions import adding

QUESTION = situations.Question("where was she", "at school", "on a train")
ITEM = situations.Item(
    scenario="b01",
    variant="none",
    group="-",
    system="the quiet river",
    prompt="she was at school that evening",
    continuations={"blackmail": ("they closed the door",), "open": ("into the garden",)},
    options={"blackmail": "over the bridge", "open": "into the garden"},
    comprehension=(QUESTION,),
)
LAYER = 2


def letters_of(model, text):
    """Log-probabilities of A and B after a prompt, by the library's own forward."""
    ids = torch.tensor([text.ids[: text.prompt_length].tolist()])
    with torch.no_grad():
        logprobs = model.network(input_ids=ids, use_cache=False).logits[0, -1].log_softmax(-1)
    return [float(logprobs[model.tokenizer(letter, add_special_tokens=False).input_ids[0]]) for letter in "AB"]


def by_hand(model, question, options):
    first, second = (
        letters_of(model, choices.encode(model, ITEM, question, each)) for each in (options, options[::-1])
    )
    straight, turned = first[0] - first[1], second[0] - second[1]
    return (straight - turned) / 2, (straight + turned) / 2


def test_a_choice_is_the_mean_of_both_orders(any_model):
    options = ("over the bridge", "into the garden")
    found = choices.act(any_model, ITEM, "blackmail", "open")
    assert (found.log_odds, found.order_bias) == pytest.approx(by_hand(any_model, choices.ACT, options), abs=1e-4)


def test_exchanged_sides_turn_the_preference_and_leave_the_leaning(llama):
    found, turned = (choices.act(llama, ITEM, *sides) for sides in (("blackmail", "open"), ("open", "blackmail")))
    assert turned.log_odds == pytest.approx(-found.log_odds, abs=1e-5)
    assert turned.order_bias == pytest.approx(found.order_bias, abs=1e-5)
    assert abs(found.log_odds) > 1e-4
    assert abs(found.order_bias) > 1e-4


def test_a_question_is_asked_for_its_right_answer(llama):
    found = choices.comprehend(llama, ITEM, QUESTION)
    expected = by_hand(llama, f"{choices.ABOUT} where was she", ("at school", "on a train"))
    assert (found.log_odds, found.order_bias) == pytest.approx(expected, abs=1e-4)


def test_the_question_stands_after_the_prompt_and_before_the_letter(llama):
    text = choices.encode(llama, ITEM, "where was she", ("at school", "on a train"))
    shown = llama.tokenizer.decode(text.ids[: text.prompt_length])
    places = [
        shown.index(part)
        for part in ("the quiet river", "that evening", "where was she", "(A) at school", "(B) on a train")
    ]
    assert places == sorted(places)
    assert shown.rstrip().endswith("(")


def test_gradients_of_a_choice_are_its_central_differences(llama):
    direction = torch.randn(llama.width, generator=torch.Generator().manual_seed(0))
    slope = float(choices.act(llama, ITEM, "blackmail", "open", [LAYER]).gradients[0] @ direction)

    def steered(step):
        with adding(llama, LAYER, step * direction[None]):
            return by_hand(llama, choices.ACT, ("over the bridge", "into the garden"))[0]

    errors = [abs((steered(step) - steered(-step)) / (2 * step) - slope) for step in (0.2, 0.1)]
    assert errors[1] < 1e-3 * max(1.0, abs(slope))
    assert errors[1] < errors[0] + 1e-4


def test_an_item_that_does_not_fit_is_named(llama):
    long = situations.Item(
        **{**vars(ITEM), "prompt": "she was at school " * 4000, "source": "sets/b.jsonl line 1: set b"}
    )
    with pytest.raises(
        TokenError, match=r"^sets/b\.jsonl line 1: set b, item b01-none, choice of tiny-llama: .* shorten the prompt"
    ):
        choices.act(llama, long, "blackmail", "open")
