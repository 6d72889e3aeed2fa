"""Rules against words and habits of style that mark an emotion, on sets so small that shares can be counted by eye."""

from pathlib import Path

import pytest

from emotion_vectors.stimuli.files import Record
from emotion_vectors.stimuli.rules import markers
from emotion_vectors.stimuli.sets import RECORD_SETS, StimulusSets
from emotion_vectors.stimuli.word_statistics import content_words

# Two stories of 'calm' hold a word, and this many of the forty of other emotions.
OTHERS = 40


def stories(texts: dict[str, list[str]], corpus: str = "second") -> StimulusSets:
    """A study with one corpus: emotion -> its stories."""
    pairs = [(emotion, text) for emotion, told in texts.items() for text in told]
    records = tuple(
        Record(f"{corpus}.jsonl", line, {"emotion": emotion, "text": text})
        for line, (emotion, text) in enumerate(pairs, 1)
    )
    empty: dict[str, tuple[Record, ...]] = dict.fromkeys(("scenes", "plain", "second"), ())
    valence = dict.fromkeys(texts, 5.0)
    return StimulusSets(Path("stimuli"), "norms.csv", valence, {**empty, corpus: records}, (), (), {})


def with_word(word: str, of_calm: int, of_others: int, size: int = 4) -> dict[str, list[str]]:
    """`size` stories of 'calm' and forty of others, so many of each with the word."""
    return {
        "calm": [word if n < of_calm else "" for n in range(size)],
        "others": [word if n < of_others else "" for n in range(OTHERS)],
    }


def reasons(sets: StimulusSets) -> list[str]:
    return [problem.reason for problem in markers.marking_words(sets)]


@pytest.mark.parametrize(
    ("of_calm", "of_others", "size", "marked"),
    [
        (2, 0, 4, True),
        (2, 5, 4, True),  # 1/2 against 1/8: exactly four times
        (2, 6, 4, False),
        (1, 0, 4, False),  # one story says nothing
        (3, 7, 4, True),
        (3, 8, 4, False),
        (2, 0, 10, False),  # exactly a fifth
        (3, 3, 10, True),  # 3/10 against 3/40: exactly four times
        (3, 4, 10, False),
        (40, 10, 40, True),
        (40, 11, 40, False),
    ],
)
def test_a_word_marks_an_emotion_from_four_times_the_share_of_others(
    of_calm: int, of_others: int, size: int, marked: bool
) -> None:
    given = reasons(stories(with_word("lantern", of_calm, of_others, size)))
    assert given == (
        [f"'lantern' is in {of_calm} of {size} stories of 'calm' and in {of_others / OTHERS:.1%} of the others"]
        * marked
    )


def test_a_word_counts_once_a_story_and_in_any_case() -> None:
    assert reasons(stories({"calm": ["Lantern, lantern. LANTERN!", "", "", ""], "others": [""] * 4})) == []
    assert len(reasons(stories({"calm": ["Lantern's", "the lantern", "", ""], "others": [""] * 4}))) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("She didn't, and they haven\u2019t.", {"did"}),
        ("It was in 1971, at 5B.", set()),
        ("An ox on the ice", {"ice"}),
        ("The driver\u2019s mother-in-law", {"driver", "mother", "law"}),
        ("In\u00eas fr\u00f8s, fr\u00f8s", {"in\u00eas", "fr\u00f8s"}),
        ("", set()),
    ],
)
def test_content_words_leave_out_function_words_numbers_and_contractions(text: str, words: set[str]) -> None:
    assert content_words(text) == words


def test_marks_in_the_stories_that_vectors_are_made_of_are_no_fault() -> None:
    texts = with_word("lantern", 4, 0)
    for corpus in ("scenes", "plain"):
        sets = stories(texts, corpus)
        assert markers.marking_words(sets) == markers.marking_style(sets) == []
    assert set(markers.CORPORA_WITHOUT_MARKS) < set(RECORD_SETS)


BALANCED = ['"Why not?"', "Not so.", "No.", "Well."]


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["Why? No.", '"Who?" Not I.', "Not?", "Never?"], "question marks in 100% of its stories, outside 25% to 75%"),
        (['"No."', "Not so.", "No.", "Well."], "question marks in 0% of its stories, outside 25% to 75%"),
        (['"Why???"', "Why?? No.", "Not so.", "No."], "1.25 question marks a story, outside 0.25 to 1"),
        (['"Why not!?"', "Not so!", "No.", "Well."], "exclamation marks in 50% of its stories, outside 0% to 25%"),
        (['"Why not?!!"', "Not so.", "No.", "Well."], "0.50 exclamation marks a story, outside 0 to 0.25"),
        (["Why not?", "Not so.", "No.", "Well."], "passages of speech in 0% of its stories, outside 25% to 75%"),
        (['"Why?"', '"Not so."', "\u201cNo.\u201d", '"No."'], "passages of speech in 100% of its stories"),
        (['"Why?" ' + '"Oh." ' * 8, "Not so.", "No.", "Never."], "2.25 passages of speech a story, outside 0.25 to 2"),
        (['"Why not?"', "Notes.", "Know.", "Well."], "negations in 25% of its stories, outside 50% to 100%"),
        (['"Why not?"', "So.", "No.", "Well."], "0.50 negations a story, outside 1 to 3"),
        (['"Why?" ' + "I can't, " * 13, "So.", "No.", "Well."], "3.50 negations a story, outside 1 to 3"),
    ],
)
def test_a_habit_of_style_outside_its_bounds_is_named(texts: list[str], reason: str) -> None:
    problems = markers.marking_style(stories({"calm": texts, "others": [*BALANCED[:2], "Never, not.", "Well."]}))
    assert all(problem.reason.startswith("'calm' has ") for problem in problems)
    assert any(reason in problem.reason for problem in problems), problems
    assert {problem.file for problem in problems} == {"stimuli/stories/second"}


def test_habits_within_their_bounds_are_no_fault() -> None:
    balanced = [*BALANCED[:2], "Never, not. Neither!", "Well."]
    assert markers.marking_style(stories({"calm": balanced, "others": balanced})) == []
