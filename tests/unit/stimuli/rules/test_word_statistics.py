"""Stock phrases and lexical statistics of a corpus, against plain counts."""

import random
from types import SimpleNamespace
from typing import Any

import pytest

from emotion_vectors.stimuli.files import Record
from emotion_vectors.stimuli.rules.texts import stock_phrases
from emotion_vectors.stimuli.word_statistics import (
    moving_type_token_ratio,
    phrase_shares,
    shared_openings,
    similarities,
)
from tests.stimulus_examples import (
    EMOTIONS,
    prose,
)

PHRASE = "out of nowhere again"


def corpus_with_phrase(share: float, of: str | None = None, texts: int = 16) -> Any:
    """Stories of four emotions, the phrase in a share of those of one emotion (of all when none is named)."""
    records = []
    for emotion in EMOTIONS[:4]:
        for number in range(texts):
            text = prose(f"{emotion}{number}", 90)
            if emotion == (of or emotion) and number < round(share * texts):
                text = f"{text} {PHRASE.capitalize()}, {prose(f'{emotion}{number}end', 8)}"
            records.append(Record("stories/plain/p01.jsonl", len(records) + 1, {"emotion": emotion, "text": text}))
    return SimpleNamespace(emotions=EMOTIONS[:4], stories={"plain": records}, name=lambda name: f"stories/{name}")


@pytest.mark.parametrize(("share", "found"), [(0, 0), (1 / 16, 0), (1 / 4, 0), (5 / 16, 1), (1, 1)])
def test_a_phrase_may_recur_in_a_quarter_of_the_stories_of_an_emotion(share: float, found: int) -> None:
    problems = stock_phrases(corpus_with_phrase(share, of="afraid"))
    assert len(problems) == found
    for problem in problems:
        assert problem.file == "stories/plain"
        assert f"'{PHRASE}' occurs in {share:.1%} of the stories of 'afraid', more than 25%" in problem.reason


def test_a_phrase_of_several_emotions_is_named_for_each_that_overuses_it() -> None:
    problems = stock_phrases(corpus_with_phrase(0.5))
    assert [problem.reason.split("'")[3] for problem in problems] == EMOTIONS[:4]


def test_the_premise_of_a_topic_may_recur_for_every_emotion() -> None:
    """Half of a corpus of two topics tells the premise of one of them; of eight topics an eighth."""
    assert stock_phrases(corpus_with_phrase(1 / 8, texts=8)) == []
    assert stock_phrases(corpus_with_phrase(1 / 2, texts=2)) == []
    assert len(stock_phrases(corpus_with_phrase(1, of="sad", texts=2))) == 1


def test_a_single_story_has_no_stock_phrases() -> None:
    assert stock_phrases(corpus_with_phrase(1, texts=1)) == []
    assert stock_phrases(corpus_with_phrase(0, texts=0)) == []


def test_similarities_agree_with_plain_sets() -> None:
    chance = random.Random(3)
    texts = [" ".join(chance.choices(["la", "li", "lo"], k=20)) for _ in range(12)] + ["la li", "La, li!"]
    runs = [
        {tuple(t[i : i + 5]) for i in range(max(1, len(t) - 4))}
        for t in (text.lower().replace(",", "").replace("!", "").split() for text in texts)
    ]
    pairs = [(i, j) for i in range(len(runs)) for j in range(i + 1, len(runs)) if runs[i] & runs[j]]
    expected = [(i, j, len(runs[i] & runs[j]) / len(runs[i] | runs[j])) for i, j in pairs]
    assert similarities(texts) == [(i, j, pytest.approx(value)) for i, j, value in expected]
    assert similarities(texts)[-1] == (12, 13, 1.0)


def test_lexical_statistics_of_known_texts() -> None:
    assert moving_type_token_ratio(["a b a b a b"], window=4) == 0.5
    assert moving_type_token_ratio(["a b c d", "a a"], window=2) == pytest.approx((1 + 1 + 1 + 0.5) / 4)
    assert phrase_shares(["I like it here. I like it here", "do I like it here?", "no"])[0] == ("i like it here", 2 / 3)
    assert shared_openings(["One two three.", "Four.", "one, two: three four", "five"]) == [[0, 2]]
