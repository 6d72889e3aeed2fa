"""A language model as judge of replies against the library's own forward, its freedom from letters, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from emotion_vectors.judges import kinds, model_judge
from emotion_vectors.judges.model_judge import ModelJudge
from emotion_vectors.judges.verdicts import UNCLEAR, tabulate
from emotion_vectors.models.tokens import TokenError
from emotion_vectors.report.tables import transcripts
from emotion_vectors.statistics import agreement
from emotion_vectors.stimuli import reply_classes
from emotion_vectors.stimuli.labelled import EMOTION_CLASSES, ConductReply
from emotion_vectors.stimuli.reply_classes import INCOHERENT, NONE, ReplyClasses

TEXT = "they were afraid of the storm but proud of their small boat"
PLEASING = reply_classes.load("workflow/stimuli/behaviours/pleasing.yaml")
EMOTIONS = reply_classes.load("workflow/stimuli/emotion_replies/classes.yaml")
NAMES = PLEASING.names
LETTERS = "ABCD"


@pytest.fixture(scope="module", params=["llama", "qwen2", "gemma2"])
def judge(request, make_model):
    """Tiny models with room for the question; the last has a sliding window."""
    return ModelJudge(make_model(request.param, max_position_embeddings=2048), PLEASING)


def letters_of(model, text, order):
    """Log-probabilities of the letters after the question with its options in one order, by the library's own forward."""
    ids = torch.tensor([model_judge.ask(model, PLEASING, text, order).prompt.ids])
    with torch.no_grad():
        logprobs = model.network(input_ids=ids, use_cache=False).logits[0, -1].double().log_softmax(-1)
    return {letter: float(logprobs[model.tokenizer.convert_tokens_to_ids(letter)]) for letter in LETTERS}


def by_hand(model, text):
    """Mean log-probability of each class over four orders, each read alone."""
    found = {name: [] for name in NAMES}
    for first in range(4):
        order = [NAMES[(first + place) % 4] for place in range(4)]
        for name, logprob in zip(order, letters_of(model, text, order).values(), strict=True):
            found[name].append(logprob)
    return [float(np.mean(each)) for each in found.values()]


def test_classes_are_weighed_as_in_plain_forward_passes_of_every_order(judge):
    expected = np.array(by_hand(judge.model, TEXT))
    assert judge.weigh(TEXT).tolist() == pytest.approx(expected.tolist(), abs=1e-4)
    table = judge.classify([TEXT])
    assert table["predicted"][0] == NAMES[expected.argmax()]
    chances = np.exp(expected) / np.exp(expected).sum()
    np.testing.assert_allclose(table[[f"p_{name}" for name in NAMES]].to_numpy()[0], chances, atol=1e-4)


def test_the_place_of_a_class_in_the_list_decides_nothing(judge):
    straight = judge.weigh(TEXT)
    turned = ReplyClasses(
        PLEASING.name, PLEASING.scene, {name: PLEASING.meanings[name] for name in NAMES[1:] + NAMES[:1]}
    )
    torch.testing.assert_close(ModelJudge(judge.model, turned).weigh(TEXT), straight.roll(-1), atol=1e-4, rtol=0)
    assert straight.max() - straight.min() > 1e-3


def test_a_leaning_to_a_letter_favours_no_class(judge, monkeypatch):
    leaning = torch.tensor([-0.1, -4.0, -2.0, -9.0])
    monkeypatch.setattr(model_judge.replay, "unsteered", lambda _model, _recording: leaning.repeat(4))
    assert judge.weigh(TEXT).tolist() == pytest.approx([leaning.mean().item()] * 4)


def test_the_reply_is_read_once_and_its_options_follow_in_every_order(judge):
    packed = model_judge.encode_question(judge.model, PLEASING, TEXT)
    read = [judge.model.tokenizer.decode(packed.ids[packed.segments == segment]) for segment in range(5)]
    assert TEXT in read[0]
    assert read[0].index(TEXT) < read[0].index(model_judge.ASK)
    meanings = list(PLEASING.meanings.values())
    for shift, options in enumerate(read[1:]):
        places = [options.index(meaning[-20:]) for meaning in meanings[shift:] + meanings[:shift]]
        assert places == sorted(places)
        assert TEXT not in options
        assert options.rstrip().endswith("(")


def test_a_text_without_words_is_incoherent_and_not_asked_about(judge, monkeypatch):
    monkeypatch.setattr(ModelJudge, "weigh", lambda _judge, _text: torch.tensor([0.0, 9.0, 0.0, 0.0]))
    assert judge.classify(["", TEXT, " \n"])["predicted"].tolist() == [INCOHERENT, "candid", INCOHERENT]


def test_a_second_judge_of_emotions_chooses_among_six_or_none(make_model):
    judge = ModelJudge(make_model("llama", max_position_embeddings=2048), EMOTIONS)
    table = judge.classify([TEXT, " "])
    assert table["predicted"][0] == EMOTION_CLASSES[int(judge.weigh(TEXT).argmax())]
    assert table["predicted"][1] == NONE
    assert len(judge.weigh(TEXT)) == 7


def test_no_replies_make_an_empty_table_of_the_same_columns(judge):
    table = judge.classify([])
    assert len(table) == 0
    assert list(table) == list(tabulate(np.full((1, 4), 0.25), NAMES, np.zeros(1)))


def test_a_reply_that_does_not_fit_is_named(llama):
    message = r"reply 2 of 2, 'she was at school .*', cannot be judged by tiny-llama: .* the model reads 256.*generation\.judge"
    with pytest.raises(TokenError, match=message):
        ModelJudge(llama, PLEASING).classify(["", "she was at school " * 40])


def test_emotions_have_the_classes_of_the_labelled_replies():
    assert EMOTIONS.names == EMOTION_CLASSES


def test_labelled_replies_are_judged_in_their_order_and_can_be_summarised(judge, monkeypatch):
    """A judge that reads the class off the text is right throughout, and sure enough to be clear."""
    monkeypatch.setattr(
        ModelJudge, "weigh", lambda _judge, text: torch.tensor([float(name == text) for name in NAMES]).double()
    )
    labelled = [ConductReply(f"r{i}", "pleasing", f"situation {i // 2}", name, name) for i, name in enumerate(NAMES)]
    judges = kinds.AskedJudges(judge.model, [ConductReply("r9", "blackmail", "other", "else", "refusal"), *labelled])
    table = judges.validate(PLEASING)
    assert table["id"].tolist() == [reply.id for reply in labelled]
    assert UNCLEAR not in set(table["verdict"])
    facts = agreement.summarise(table, NAMES, 50, seed=0)
    assert (facts["replies"], facts["kappa"], facts["clear_share"]) == (4, 1.0, 1.0)


def test_judges_of_the_same_replies_stand_beside_each_other(monkeypatch):
    files = {
        "encoder": {"agreement": {"blackmail": {"kappa": 0.5}}},
        "model": {"agreement": {"blackmail": {"kappa": 0.7}}, "judge": "tiny"},
    }
    monkeypatch.setattr(transcripts.files, "provenance_of", files.get)
    found = transcripts.agreement_of(list(files))
    assert found == {"blackmail": {"kappa": 0.5}, "blackmail, judged by tiny": {"kappa": 0.7}}
