"""Sets on the function of emotion vectors: those of the study pass, and each kind of fault is named with file, line and remedy."""

import json
import shutil
from functools import cache
from pathlib import Path

import pytest

from emotion_vectors.stimuli import tables
from emotion_vectors.stimuli.files import StimulusError
from emotion_vectors.stimuli.function.hidden import EMOTIONS_OF_HIDING
from emotion_vectors.stimuli.function.speakers import EMOTIONS_OF_SPEAKERS
from emotion_vectors.stimuli.rules import emotion_words
from emotion_vectors.stimuli.rules.function.sets import CHECKS
from tests.unit.stimuli.rules.function.planted_set_faults import FAULTS, put

WORKFLOW = Path(__file__).resolve().parents[5] / "workflow"
STIMULI = WORKFLOW / "stimuli"
WORDS = emotion_words.load(
    STIMULI / "events/emotion_words.yaml", tables.load_emotions(WORKFLOW / "norms/warriner2013.csv")
)
TEXTS = {
    "states/situations": 120,
    "negations/negations": 160,
    "negations/prefixes": 240,
    "speakers/dialogues": 288,
    "activities/activities": 64,
    "activities/gate_pairs": 40,
    "prompts/prompts": 120,
    "hidden/dialogues": 336,
    "capability/items": 248,
    "framings/framings": 45,
}
"""File of a set -> texts that it holds."""
TREES = ("elm", "oak", "ash", "fir", "yew", "fig", "bay", "box", "lime", "pine", "palm", "plum")


def check(name, folder):
    return CHECKS[name](folder / name, WORDS)


@cache
def of_study(name):
    return check(name, STIMULI)


@pytest.mark.parametrize("file", TEXTS)
def test_the_sets_of_the_study_obey_their_rules(file):
    name, stem = file.split("/")
    report = of_study(name)
    of_file = report if "texts" in report else report[stem]
    assert of_file["texts"] == TEXTS[file]
    assert len(of_file["sha256"]) == 64


def test_every_set_has_a_description_and_nothing_but_what_is_checked():
    for name in CHECKS:
        files = {file.name for file in (STIMULI / name).iterdir()}
        assert files == {"README.md"} | {f"{file.split('/')[1]}.jsonl" for file in TEXTS if file.startswith(f"{name}/")}


def test_reports_say_what_a_design_needs():
    assert of_study("states")["situations_with_replies"] * 2 == 96
    assert of_study("states")["replies"] == 48 * 6
    assert sum(of_study("capability")["levels"].values()) >= 240


def spoilt(folder, file, spoil, line=1):
    """A copy of a set with one line spoilt, or all where `line` is None."""
    name = file.split("/")[0]
    shutil.copytree(STIMULI / name, folder / name)
    path = folder / f"{file}.jsonl"
    items = [json.loads(text) for text in path.read_text().splitlines()]
    for item in items if line is None else [items[line - 1]]:
        spoil(item)
    path.write_text("".join(json.dumps(item) + "\n" for item in items))
    return name


@pytest.mark.parametrize(
    ("file", "spoil", "message"), [(file, *fault) for (file, _), fault in FAULTS.items()], ids=map(" ".join, FAULTS)
)
def test_a_fault_is_named_with_its_file_and_what_to_do(tmp_path, file, spoil, message):
    name = spoilt(tmp_path, file, spoil)
    with pytest.raises(StimulusError, match=rf"{file}\.jsonl( line 1)?: .*{message}"):
        check(name, tmp_path)


@pytest.mark.parametrize("file", TEXTS)
def test_what_every_set_refuses(tmp_path, file):
    """A key that its schema does not know, and an id that occurs twice."""
    name = spoilt(tmp_path / "key", file, lambda item: item.update(mood="x"), line=3)
    with pytest.raises(StimulusError, match=rf"{file}\.jsonl line 3: .*mood.*; see workflow/schemas/"):
        check(name, tmp_path / "key")
    first = json.loads((STIMULI / f"{file}.jsonl").read_text().splitlines()[0])["id"]
    name = spoilt(tmp_path / "id", file, lambda item: item.update(id=first), line=2)
    with pytest.raises(StimulusError, match=rf"{file}\.jsonl line 2: '{first}' is already at .* line 1; rename"):
        check(name, tmp_path / "id")


def test_all_faults_of_a_file_are_listed_at_once(tmp_path):
    name = spoilt(tmp_path, "prompts/prompts", put("text", "Glad you came"))
    with pytest.raises(StimulusError) as raised:
        check(name, tmp_path)
    assert [problem.line for problem in raised.value.problems] == [1, 1]


def test_words_of_one_speaker_do_not_tell_the_emotion_of_the_other():
    told = of_study("speakers")["share_told_by_words"]
    assert max(told["other"].values()) < 0.13 < 0.3 < min(told["present"].values())


def test_words_of_the_turns_tell_what_is_shown_and_not_what_is_hidden():
    told = of_study("hidden")["share_told_by_words"]
    assert told["hidden"]["turns"] < 0.18 < 0.4 < told["shown"]["turns"]


def test_turns_that_give_away_what_is_hidden_are_refused(tmp_path):
    """A word that goes with the hidden emotion, whatever is shown."""
    marks = dict(zip(EMOTIONS_OF_HIDING, TREES, strict=False))

    def mark(item):
        item["turns"][0] = f"{item['turns'][0]} {marks[item['hidden']]}."

    name = spoilt(tmp_path, "hidden/dialogues", mark, line=None)
    with pytest.raises(StimulusError, match=r"words tell what is hidden, from the turns alone, of .*; rewrite until"):
        check(name, tmp_path)


def test_turns_that_give_away_the_other_speaker_are_refused(tmp_path):
    marks = dict(zip(EMOTIONS_OF_SPEAKERS, TREES, strict=True))

    def mark(item):
        item["turns"][0] = f"{item['turns'][0]} {marks[item['emotions'][1]]}."

    name = spoilt(tmp_path, "speakers/dialogues", mark, line=None)
    with pytest.raises(StimulusError, match=r"words tell the emotion of speaker 2 by the other of .*, which guessing"):
        check(name, tmp_path)
