"""Rules against words and habits of style that mark an emotion, on sets so small that shares can be counted by eye."""

from collections.abc import Callable
from pathlib import Path

import pytest

from emotion_vectors.stimuli.files import Record
from emotion_vectors.stimuli.rules import markers
from emotion_vectors.stimuli.sets import KEPT_APART, StimulusSets
from emotion_vectors.stimuli.tables import CORPORA
from emotion_vectors.stimuli.word_statistics import content_words

# Stories of emotions other than 'calm'.
OTHERS = 40
SETS = (*CORPORA, *KEPT_APART)


def stories(texts: dict[str, list[str]], *corpora: str) -> StimulusSets:
    """A study in which each of the corpora has these stories: emotion -> its stories."""
    pairs = [(emotion, text) for emotion, told in texts.items() for text in told]
    records = {
        corpus: tuple(
            Record(f"{corpus}.jsonl", line, {"emotion": emotion, "text": text})
            for line, (emotion, text) in enumerate(pairs, 1)
        )
        for corpus in corpora
    }
    empty: dict[str, tuple[Record, ...]] = dict.fromkeys(SETS, ())
    valence = dict.fromkeys(texts, 5.0)
    return StimulusSets(Path("stimuli"), "norms.csv", valence, {**empty, **records}, (), (), {})


def with_word(word: str, of_calm: int, of_others: int, size: int = 4) -> dict[str, list[str]]:
    """`size` stories of 'calm' and forty of others, so many of each with the word."""
    return {
        "calm": [word if n < of_calm else "" for n in range(size)],
        "others": [word if n < of_others else "" for n in range(OTHERS)],
    }


def reasons(sets: StimulusSets, unit: str) -> list[str]:
    """What is said of marking words, or of marking stems."""
    found = [problem.reason for problem in markers.marking_words(sets)]
    return [reason for reason in found if reason.startswith(f"the {unit} ")]


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
    given = reasons(stories(with_word("lantern", of_calm, of_others, size), "second"), "word")
    where = f"{of_calm} of {size} stories of 'calm' and in {of_others / OTHERS:.1%} of the others, over second"
    assert given == [f"the word 'lantern' is in {where}"] * marked


@pytest.mark.parametrize("corpus", ["scenes", "plain"])
@pytest.mark.parametrize(
    ("of_calm", "of_others", "size", "marked"),
    [(2, 0, 8, False), (3, 0, 8, True), (3, 3, 8, True), (3, 4, 8, False), (3, 0, 16, False), (4, 0, 16, True)],
)
def test_three_stories_share_the_word_that_marks_where_vectors_are_made(
    corpus: str, of_calm: int, of_others: int, size: int, marked: bool
) -> None:
    given = reasons(stories(with_word("lantern", of_calm, of_others, size), corpus), "word")
    assert [reason for reason in given if reason.endswith(f"over {corpus}")] == given[:1]
    assert bool(given) == marked


def test_a_word_that_hides_in_either_set_of_a_hand_is_found_in_both() -> None:
    # 3 of 16 is no more than a fifth, 2 of 8 are no three stories; 5 of 24 are both.
    scenes = stories(with_word("lantern", 3, 0, size=16), "scenes")
    plain = stories(with_word("lantern", 2, 0, size=8), "plain")
    assert reasons(scenes, "word") == reasons(plain, "word") == []
    together = StimulusSets(
        scenes.folder, "norms.csv", scenes.valence, {**scenes.stories, "plain": plain.stories["plain"]}, (), (), {}
    )
    assert reasons(together, "word") == [
        "the word 'lantern' is in 5 of 24 stories of 'calm' and in 0.0% of the others, over scenes and plain"
    ]


@pytest.mark.parametrize("corpus", SETS)
def test_forms_of_a_word_mark_by_their_stem(corpus: str) -> None:
    forms = {"calm": ["She sighed.", "sighing", "Sighs!", ""], "others": [""] * OTHERS}
    sets = stories(forms, corpus)
    assert reasons(sets, "word") == []
    assert reasons(sets, "stem")[0] == (
        f"the stem 'sigh' is in 3 of 4 stories of 'calm' and in 0.0% of the others, over {corpus}"
    )
    assert reasons(stories({**forms, "calm": ["She sighed.", "sighing", "", ""]}, corpus), "stem") == []


def test_words_of_the_premise_mark_nothing() -> None:
    texts = {emotion: ["the lantern"] * 4 for emotion in ("calm", "afraid", "sad", "others")}
    assert markers.marking_words(stories(texts, *SETS)) == []


def test_a_word_counts_once_a_story_and_in_any_case() -> None:
    def found(*told: str) -> list[str]:
        return reasons(stories({"calm": [*told, "", ""], "others": [""] * 4}, "second"), "word")

    assert found("Lantern, lantern. LANTERN!", "") == []
    assert len(found("Lantern's", "the lantern")) == 1


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


BALANCED = ['"Why not?"', "Not so.", "No.", "Well."]


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (
            ["Why? No.", '"Who?" Not I.', "Not?", "Never?"],
            "question marks in 100.0% of its stories, outside 25.0% to 75.0%",
        ),
        (['"No."', "Not so.", "No.", "Well."], "question marks in 0.0% of its stories, outside 25.0% to 75.0%"),
        (['"Why???"', "Why?? No.", "Not so.", "No."], "1.25 question marks a story, outside 0.25 to 1"),
        (
            ['"Why not!?"', "Not so!", "No.", "Well."],
            "exclamation marks in 50.0% of its stories, outside 0.0% to 25.0%",
        ),
        (['"Why not?!!"', "Not so.", "No.", "Well."], "0.50 exclamation marks a story, outside 0 to 0.25"),
        (["Why not?", "Not so.", "No.", "Well."], "passages of speech in 0.0% of its stories, outside 25.0% to 75.0%"),
        (['"Why?"', '"Not so."', "\u201cNo.\u201d", '"No."'], "passages of speech in 100.0% of its stories"),
        (['"Why?" ' + '"Oh." ' * 8, "Not so.", "No.", "Never."], "2.25 passages of speech a story, outside 0.25 to 2"),
        (['"Why not?"', "Notes.", "Know.", "Well."], "negations in 25.0% of its stories, outside 50.0% to 100.0%"),
        (['"Why not?"', "So.", "No.", "Well."], "0.50 negations a story, outside 1 to 3"),
        (['"Why?" ' + "I can't, " * 13, "So.", "No.", "Well."], "3.50 negations a story, outside 1 to 3"),
    ],
)
def test_a_habit_of_style_outside_its_bounds_is_named(texts: list[str], reason: str) -> None:
    others = [*BALANCED[:2], "Never, not.", "Well."]
    problems = markers.marking_style(stories({"calm": texts, "others": others}, "second"))
    assert all(problem.reason.startswith("'calm' has ") for problem in problems)
    assert any(reason in problem.reason for problem in problems), problems
    assert {problem.file for problem in problems} == {"stimuli/stories/second"}


@pytest.mark.parametrize("corpus", SETS)
@pytest.mark.parametrize(
    ("spoilt", "habit"),
    [
        (lambda text: text.replace(".", "?"), "question marks"),
        (lambda text: text.replace("?", "."), "question marks"),
        (lambda text: text.replace(".", "!"), "exclamation marks"),
        (lambda text: text + " So \u2014 she waited.", "dashes"),
        (lambda text: text + " So... she waited.", "ellipses"),
        (lambda text: text.replace('"', ""), "passages of speech"),
        (lambda text: text + ' "Oh."' * 4, "passages of speech"),
        (lambda text: text.lower().replace("not", "so").replace("no", "oh"), "negations"),
        (lambda text: text + " It was not, not, not, not so.", "negations"),
    ],
)
def test_every_set_is_held_to_its_habits(corpus: str, spoilt: Callable[[str], str], habit: str) -> None:
    balanced = [f'"Why not {n}?" he asked.' if n % 2 else f"No {n}, no." for n in range(8)]
    assert markers.marking_style(stories({"calm": balanced, "others": balanced}, corpus)) == []
    problems = markers.marking_style(stories({"calm": list(map(spoilt, balanced)), "others": balanced}, corpus))
    assert {problem.file for problem in problems} == {f"stimuli/stories/{corpus}"}
    assert any(problem.reason.startswith("'calm' has ") and habit in problem.reason for problem in problems)
    assert not any("'others'" in problem.reason for problem in problems)


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ('"No," she said, "not so."', 2),
        ("\u201cNo,\u201d she said.", 1),
        ("'It isn't Tom's,' she said. 'Is it?'", 2),
        ("The neighbours' dog and the Okonkwos' cat weren't hers, in '27.", 0),
    ],
)
def test_speech_is_known_by_any_quotation_marks_and_not_by_apostrophes(text: str, passages: int) -> None:
    assert markers.HABITS["passages of speech"](text) == passages


def test_every_set_has_bounds_for_every_habit_and_a_judgement() -> None:
    assert set(markers.STYLE_BOUNDS) == set(SETS) == {corpus for (corpus,) in markers.JUDGED_SETS[:3]}
    assert {tuple(bounds) for bounds in markers.STYLE_BOUNDS.values()} == {tuple(markers.HABITS)}
    assert {*markers.JUDGED_SETS[3:]} == {CORPORA}
