"""Rules for the stimulus sets: each finds its fault, the valid set and the real stimuli pass."""

import random
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from emotion_vectors.artefacts.schemas import SCHEMAS, schema
from emotion_vectors.stimuli.files import Problem, Record, StimulusError
from emotion_vectors.stimuli.rules import all_sets
from emotion_vectors.stimuli.rules.texts import stock_phrases
from emotion_vectors.stimuli.sets import DOCUMENTS, RECORD_SETS
from emotion_vectors.stimuli.word_statistics import (
    moving_type_token_ratio,
    phrase_shares,
    shared_openings,
    similarities,
)
from tests.stimulus_examples import (
    ANTONYMS,
    CLUSTERS,
    DIALOGUE,
    EMOTIONS,
    FAMILIES,
    FEELS,
    MESSAGES_A,
    MESSAGES_B,
    PLAIN,
    PLAIN_2,
    SCENE,
    SCENE_2,
    STEMS,
    TEMPLATES,
    Edit,
    all_records,
    document,
    drop_line,
    few_words,
    norms_of,
    prose,
    raw,
    record,
    same_opening,
    shared_phrase,
    turn,
    word,
    write_norms,
    write_study,
)

REPOSITORY = Path(__file__).resolve().parents[4]

CASES: list[tuple[str, Edit, str, int | None, str]] = [
    ("corrupt line", raw(SCENE, lambda c: c.replace(b'"}\n', b'"\n', 1)), SCENE, 1, "not a JSON object"),
    ("repeated key", raw(SCENE, lambda c: c.replace(b"{", b'{"topic": "t01", ', 1)), SCENE, 1, "a key occurs twice"),
    ("empty file", raw(MESSAGES_A, lambda _: b"\n"), MESSAGES_A, None, "the file is empty"),
    ("not UTF-8", raw(SCENE, lambda c: c[:-4] + b"\xff" + c[-3:]), SCENE, 48, "not valid UTF-8"),
    ("byte order mark", raw(SCENE, lambda c: b"\xef\xbb\xbf" + c), SCENE, 1, "byte order mark"),
    ("line ends of Windows", raw(ANTONYMS, lambda c: c.replace(b"\n", b"\r\n", 1)), ANTONYMS, 1, "U+000D"),
    ("escaped control character", record(SCENE, 3, text=word("be\u0007la")), SCENE, 3, "U+0007"),
    ("zero-width space", record(MESSAGES_B, 5, text=word("be\u200bla")), MESSAGES_B, 5, "U+200B"),
    (
        "decomposed accent",
        record("dialogues/t02.jsonl", 2, turns=turn(0, word("cafe\u0301"))),
        "dialogues/t02.jsonl",
        2,
        "NFC",
    ),
    ("missing field", record(SCENE, 2, person=None), SCENE, 2, "'person' is a required property"),
    ("unknown field", record(SCENE, 2, mood="x"), SCENE, 2, "Additional properties are not allowed"),
    ("empty text", record(SCENE, 2, text=" "), SCENE, 2, "$.text"),
    (
        "unknown speaker",
        record(DIALOGUE, 1, turns=lambda t: [{**t[0], "speaker": "User"}, *t[1:]]),
        DIALOGUE,
        1,
        "$.turns[0].speaker",
    ),
    ("unknown writer", record(MESSAGES_A, 1, writer="c"), MESSAGES_A, 1, "$.writer"),
    ("unknown emotion", record(SCENE, 2, emotion="puzzled"), SCENE, 2, "unknown emotion 'puzzled'"),
    ("unknown topic", record(SCENE, 2, topic="t99"), SCENE, 2, "'t99' is not in topics.yaml"),
    ("missing story", drop_line(SCENE, 7), SCENE, None, "t01 has no story of 'emoac'"),
    ("repeated story", record(SCENE, 2, emotion="happy"), SCENE, 2, "'t01-happy' is already at"),
    ("missing dialogue", drop_line(DIALOGUE, 8), DIALOGUE, None, "7 dialogues, not 8"),
    ("repeated id", record(DIALOGUE, 2, id="t01-d1"), DIALOGUE, 2, "'t01-d1' is already at"),
    ("missing message", drop_line(MESSAGES_B, 1), "messages", None, "writer b has 2 messages of 'happy', not 3"),
    (
        "emotion without messages",
        lambda f: [drop_line(f"messages/{w}.jsonl", 1)(f) for w in "aaabbb"] and None,
        "messages",
        None,
        "messages for 23 emotions, not 24",
    ),
    ("short scene", record(SCENE, 4, text=lambda t: t[-500:]), SCENE, 4, "outside 90 to 135"),
    (
        "long plain story",
        record(PLAIN, 4, text=lambda t: t + " " + prose("more", 26)),
        PLAIN,
        4,
        "126 words, outside 75 to 125",
    ),
    ("short dialogue", record(DIALOGUE, 3, turns=lambda t: t[:2]), DIALOGUE, 3, "outside 80 to 130"),
    (
        "long message",
        record(MESSAGES_A, 9, text=lambda t: t + " " + prose("more", 16)),
        MESSAGES_A,
        9,
        "46 words, outside 20 to 45",
    ),
    ("banned stem in a story", record(SCENE, 1, text=word("un-Gleeful")), SCENE, 1, "'gleeful' (banned stem 'glee')"),
    ("banned stem in a message", record(MESSAGES_A, 1, text=word("HAPPY,")), MESSAGES_A, 1, "'happy'"),
    (
        "emotion word in a dialogue",
        record(DIALOGUE, 5, turns=turn(1, word("Calm,"))),
        DIALOGUE,
        5,
        "the emotion word 'calm'",
    ),
    (
        "speaker label in a dialogue",
        record(DIALOGUE, 5, turns=turn(2, lambda t: f"Human: {t}")),
        DIALOGUE,
        5,
        "speaker label",
    ),
    (
        "two turns of one speaker",
        record(DIALOGUE, 6, turns=lambda t: [t[0], {**t[1], "speaker": "Human"}, *t[2:]]),
        DIALOGUE,
        6,
        "speakers are Human, Human",
    ),
    (
        "human has the last word",
        record(DIALOGUE, 6, turns=lambda t: [*t, {**t[0], "text": "Balu."}]),
        DIALOGUE,
        6,
        "speakers are",
    ),
    ("the same text twice", record(PLAIN, 3, text=prose("t01happy", 100)), PLAIN, 3, "the same text as"),
    (
        "a text nearly twice",
        record(MESSAGES_B, 3, text=prose("happya1", 30)[:-7] + "else"),
        MESSAGES_B,
        3,
        "of the five-word sequences as",
    ),
    ("stories open alike", all_records(SCENE, same_opening), "stories/scenes", None, "4.2% of the stories share"),
    (
        "a phrase that stands for an emotion",
        lambda f: [all_records(p, shared_phrase)(f) for p in (SCENE, SCENE_2)] and None,
        "stories/scenes",
        None,
        "'mi ro ta zu' occurs in 100.0% of the stories of",
    ),
    (
        "few different words",
        lambda f: [all_records(p, few_words)(f) for p in (PLAIN, PLAIN_2)] and None,
        "stories/plain",
        None,
        "moving type-token ratio 0.7",
    ),
    (
        "person tied to emotion",
        record(SCENE, 5, person="third"),
        "stories/scenes",
        None,
        "0% of 'emoaa' in the first person",
    ),
    ("more pleasant emotions", lambda f: write_norms(norms_of(f), positive=29), "norms.csv", None, "imbalance 0.21"),
    (
        "family without its emotion",
        document(FAMILIES, lambda d: d["happy"].__setitem__(0, "other")),
        FAMILIES,
        1,
        "own family",
    ),
    ("small family", document(FAMILIES, lambda d: d["happy"].pop()), FAMILIES, 1, "'happy' has 3 words"),
    (
        "word in two families",
        document(FAMILIES, lambda d: d["calm"].append("happyx")),
        FAMILIES,
        11,
        "already in 'happy'",
    ),
    ("emotion without family", document(FAMILIES, lambda d: d.pop("sad")), FAMILIES, None, "'sad' is missing"),
    ("family of a stranger", document(FAMILIES, lambda d: d.update(odd=["odd", *"abcd"])), FAMILIES, 241, "'odd'"),
    (
        "family key twice",
        raw(FAMILIES, lambda c: c + b"happy: [happy]\n"),
        FAMILIES,
        241,
        "occurs again (first on line 1)",
    ),
    (
        "a yes that is not a word",
        document(FAMILIES, lambda d: d["happy"].append(True)),
        FAMILIES,
        6,
        "is not of type 'string'",
    ),
    ("emotion in no cluster", document(CLUSTERS, lambda d: d["warm"].pop()), CLUSTERS, None, "is in no cluster"),
    (
        "emotion in two clusters",
        document(CLUSTERS, lambda d: d["cold"].append("calm")),
        CLUSTERS,
        51,
        "already in 'warm'",
    ),
    (
        "stranger in a cluster",
        document(CLUSTERS, lambda d: d["cold"].append("odd")),
        CLUSTERS,
        51,
        "unknown emotion 'odd'",
    ),
    ("emotion against itself", document(ANTONYMS, lambda d: d.append(["sad", "sad"])), ANTONYMS, 5, "one emotion"),
    ("pair twice", document(ANTONYMS, lambda d: d.append(["sad", "happy"])), ANTONYMS, 5, "repetition"),
    (
        "stranger in a pair",
        document(ANTONYMS, lambda d: d.append(["sad", "odd"])),
        ANTONYMS,
        5,
        "unknown emotion 'odd'",
    ),
    ("no word for an emotion", document(FEELS, lambda d: d["words"].pop("sad")), FEELS, 1, "'sad' is missing"),
    (
        "prompt names an emotion",
        document(FEELS, lambda d: d["prompts"][0].update(user="A sad man.")),
        FEELS,
        51,
        "'sad'",
    ),
    (
        "prefill ends in a space",
        document(FEELS, lambda d: d["prompts"][1].update(prefill="He feels ")),
        FEELS,
        54,
        "white space",
    ),
    ("prompt id twice", document(FEELS, lambda d: d["prompts"][1].update(id="prompt_1")), FEELS, 54, "occurs again"),
    (
        "no place for the number",
        document(TEMPLATES, lambda d: d[0].update(text="I took it.")),
        TEMPLATES,
        1,
        "exactly one {x}",
    ),
    ("two places", document(TEMPLATES, lambda d: d[0].update(text="{x} or {x}.")), TEMPLATES, 1, "exactly one {x}"),
    (
        "template names an emotion",
        document(TEMPLATES, lambda d: d[0].update(text="Sad, {x} mg.")),
        TEMPLATES,
        1,
        "'sad'",
    ),
    ("few magnitudes", document(TEMPLATES, lambda d: d[0]["magnitudes"].pop()), TEMPLATES, 1, "7 magnitudes"),
    (
        "equal magnitudes",
        document(TEMPLATES, lambda d: d[0]["magnitudes"].__setitem__(1, 1)),
        TEMPLATES,
        1,
        "do not increase",
    ),
    ("sign missing", document(TEMPLATES, lambda d: d[0]["signs"].pop("sad")), TEMPLATES, 13, "'sad' is a required"),
    ("sign too large", document(TEMPLATES, lambda d: d[0]["signs"].update(sad=2)), TEMPLATES, 16, "2 is not one of"),
    (
        "sign of a fifth emotion",
        document(TEMPLATES, lambda d: d[0]["signs"].update(odd=1)),
        TEMPLATES,
        13,
        "Additional",
    ),
    ("stem that cannot match", document(STEMS, lambda d: d["sad"].append("low-spirit")), STEMS, 13, "can never match"),
    ("emotion without stems", document(STEMS, lambda d: d.pop("sad")), STEMS, None, "'sad' is missing"),
]
# A fault can leave a gap that is a fault of its own.
CONSEQUENCES = (
    "has no story of",
    "messages for 23 emotions",
    "writer a has",
    "writer b has",
    "dialogues, not 8",
    "in the first person",
)


@pytest.fixture(scope="module")
def good_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("good")
    write_study(root)
    return root


@pytest.fixture
def folder(good_set: Path, tmp_path: Path) -> Path:
    """A copy of the valid stimuli that a test may break."""
    shutil.copytree(good_set, tmp_path / "study")
    return tmp_path / "study/stimuli"


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(StimulusError) as caught:
        all_sets.check_all(folder, norms_of(folder))
    assert str(caught.value).split("\n") == [str(problem) for problem in caught.value.problems]
    return caught.value.problems


def test_good_set_passes(folder: Path) -> None:
    report = all_sets.check_all(folder, norms_of(folder))
    assert {name: facts["items"] for name, facts in report["sets"].items()} == {
        "scenes": 96,
        "plain": 96,
        "dialogues": 16,
        "messages": 144,
    }
    assert report["sets"]["messages"]["words"] == {"mean": 30.0, "min": 30, "max": 30}


@pytest.mark.parametrize(
    ("edit", "file", "line", "reason"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_rule_finds_its_fault(folder: Path, edit: Edit, file: str, line: int | None, reason: str) -> None:
    edit(folder)
    problems = problems_of(folder)
    found = [problem for problem in problems if reason in problem.reason]
    assert (found[0].file.endswith(file), found[0].line) == (True, line)
    assert all(problem.remedy for problem in problems)
    others = [problem for problem in problems if problem not in found]
    assert all(any(gap in problem.reason for gap in CONSEQUENCES) for problem in others), others


def test_all_problems_are_listed_at_once(folder: Path) -> None:
    record(SCENE, 1, text=word("gleeful"))(folder)
    drop_line("dialogues/t02.jsonl", 1)(folder)
    document(ANTONYMS, lambda pairs: pairs.append(["sad", "sad"]))(folder)
    message = str(StimulusError(problems_of(folder))).split("\n")
    assert len(message) == 3
    assert message[1].endswith(f"{SCENE} line 1: 'happy' contains 'gleeful' (banned stem 'glee'); rewrite the sentence")


def test_real_stimuli_pass_every_rule() -> None:
    all_sets.check_all(REPOSITORY / "workflow/stimuli", REPOSITORY / "workflow/norms/warriner2013.csv")


@pytest.mark.parametrize("name", sorted({*(s for _, s in RECORD_SETS.values()), *DOCUMENTS}))
def test_schemas_are_closed_and_described(name: str) -> None:
    def inspect(part: Any, where: str) -> None:
        if not isinstance(part, dict):
            return
        if part.get("type") == "object":
            assert part.get("additionalProperties") is False, where
        for keyword in ("properties", "patternProperties"):
            for key, value in part.get(keyword, {}).items():
                assert value.get("description"), f"{where}.{key}"
                inspect(value, f"{where}.{key}")
        inspect(part.get("items"), f"{where}[]")

    assert (SCHEMAS / f"{name}.schema.yaml").is_file()
    assert schema(name).schema["description"]
    inspect(schema(name).schema, name)


# Stock phrases

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


# Statistics


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
