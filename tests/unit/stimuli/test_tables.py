"""Stimulus sets as tables, placebo labels and the report, on a small valid set."""

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from emotion_vectors.stimuli import tables
from emotion_vectors.stimuli.files import StimulusError, read_document, read_json_lines
from emotion_vectors.stimuli.rules import all_sets
from steps.stimuli import check_stimuli
from tests.stimulus_examples import (
    ANTONYMS,
    CLUSTERS,
    DIALOGUE,
    EMOTIONS,
    FAMILIES,
    FEELS,
    MESSAGES_B,
    SCENE,
    TEMPLATES,
    TOPICS,
    Edit,
    drop_line,
    norms_of,
    raw,
    record,
    story,
    turn,
    word,
    write_study,
    write_yaml,
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


# Loaders


def load(folder: Path) -> pd.DataFrame:
    return tables.load_stories(folder / "stories", emotions=EMOTIONS)


def test_stories_come_in_the_order_of_corpus_topic_and_norms(folder: Path) -> None:
    table = load(folder)
    assert list(table.columns) == ["story_id", "corpus", "topic", "emotion", "person", "text"]
    expected = [f"{topic}-{emotion}" for c in ("scenes", "plain") for topic in TOPICS[c] for emotion in EMOTIONS]
    assert list(table["story_id"]) == expected
    assert table.loc[49, "text"] == story("t02", "calm")


def test_tables_do_not_depend_on_file_names_or_line_order(folder: Path) -> None:
    before = [
        load(folder),
        tables.load_dialogues(folder / "dialogues"),
        tables.load_messages(folder / "messages", emotions=EMOTIONS),
    ]
    for number, file in enumerate(sorted(folder.rglob("*.jsonl"))):
        rows = file.read_text(encoding="utf-8").splitlines(keepends=True)
        random.Random(number).shuffle(rows)
        file.write_text("".join(rows), encoding="utf-8")
        file.rename(file.with_name(f"{100 - number}.jsonl"))
    after = [
        load(folder),
        tables.load_dialogues(folder / "dialogues"),
        tables.load_messages(folder / "messages", emotions=EMOTIONS),
    ]
    for one, other in zip(before, after, strict=True):
        assert_frame_equal(one, other)


def test_first_topics_of_a_corpus(folder: Path) -> None:
    table = tables.load_stories(folder / "stories", ["plain", "scenes"], {"scenes": 1}, emotions=EMOTIONS)
    assert list(table["topic"].unique()) == ["p01", "p02", "t01"]
    with pytest.raises(StimulusError, match="scenes: 3 topics asked for, 2 there"):
        tables.load_stories(folder / "stories", ["scenes"], {"scenes": 3}, emotions=EMOTIONS)


def test_dialogues_limited_per_topic_and_in_the_order_of_their_numbers(folder: Path) -> None:
    record(DIALOGUE, 1, id="t01-d10")(folder)
    table = tables.load_dialogues(folder / "dialogues")
    assert list(table["dialogue_id"][:8]) == [f"t01-d{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10)]
    assert list(tables.load_dialogues(folder / "dialogues", 1)["dialogue_id"]) == ["t01-d2", "t02-d1"]
    assert [spoken["speaker"] for spoken in table["turns"][0]] == ["Human", "Assistant", "Human", "Assistant"]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (raw(SCENE, lambda c: c.replace(b'"}\n', b'"\n', 1)), "t01.jsonl line 1: not a JSON object"),
        (record(SCENE, 2, person=None), "t01.jsonl line 2: field 'person' is missing or empty; write it"),
        (record(SCENE, 2, text="  "), "t01.jsonl line 2: field 'text' is missing or empty"),
        (record(SCENE, 2, emotion="puzzled"), "t01.jsonl line 2: unknown emotion 'puzzled'; correct it"),
        (record(SCENE, 2, person="second"), "t01.jsonl line 2: unknown person 'second'"),
        (record(SCENE, 2, emotion="happy"), "t01.jsonl line 2: 't01-happy' is already at .*t01.jsonl line 1; rename"),
        (raw(SCENE, lambda _: b""), "t01.jsonl: the file is empty; restore"),
        (lambda f: shutil.rmtree(f / "stories/plain"), "stories/plain: no JSON Lines files"),
    ],
)
def test_stories_that_cannot_be_used(folder: Path, edit: Edit, message: str) -> None:
    edit(folder)
    with pytest.raises(StimulusError, match=message):
        load(folder)


def test_dialogues_and_messages_that_cannot_be_used(folder: Path) -> None:
    record(DIALOGUE, 3, turns=turn(1, lambda _: ""))(folder)
    with pytest.raises(StimulusError, match=r"t01.jsonl line 3: field 'turns' is missing or empty"):
        tables.load_dialogues(folder / "dialogues")
    record(MESSAGES_B, 1, id="happy-a-1")(folder)
    with pytest.raises(StimulusError, match=r"b.jsonl line 1: 'happy-a-1' is already at"):
        tables.load_messages(folder / "messages", emotions=EMOTIONS)


def test_word_lists_prompts_and_templates(folder: Path) -> None:
    families = tables.load_families(folder / FAMILIES, emotions=EMOTIONS[::-1])
    assert list(families) == EMOTIONS[::-1]
    assert families["sad"] == ("sad", "sadx", "sady", "sadz")
    assert tables.load_clusters(folder / CLUSTERS, emotions=EMOTIONS)["warm"] == tuple(EMOTIONS[:20])
    assert tables.load_antonyms(folder / ANTONYMS, emotions=EMOTIONS) == (("happy", "sad"), ("calm", "afraid"))
    feels = tables.load_feels(folder / FEELS, emotions=EMOTIONS)
    assert feels.words["calm"] == "calm"
    assert feels.prompts[1] == tables.FeelsPrompt("prompt_2", "Describe a man at a desk.", "It is 2. He feels")
    (template,) = tables.load_templates(folder / TEMPLATES)
    assert template.messages()[2:4] == ["I took 3 mg.", "I took 4.5 mg."]


@pytest.mark.parametrize(
    "loader", [tables.load_families, tables.load_clusters, tables.load_antonyms, tables.load_feels]
)
def test_word_lists_of_another_form_or_with_strangers(tmp_path: Path, loader: Callable[..., Any]) -> None:
    write_yaml(tmp_path / "words.yaml", 3)
    with pytest.raises(StimulusError, match="not in the form of its schema"):
        loader(tmp_path / "words.yaml", emotions=EMOTIONS)
    strangers = {
        tables.load_antonyms: [["sad", "odd"]],
        tables.load_feels: {"words": {"odd": "odd"}, "prompts": []},
        tables.load_clusters: {"cold": ["odd"]},
        tables.load_families: {"odd": ["odd"]},
    }
    write_yaml(tmp_path / "words.yaml", strangers[loader])
    with pytest.raises(StimulusError, match=r"words.yaml line \d: unknown emotion 'odd'"):
        loader(tmp_path / "words.yaml", emotions=EMOTIONS)


def test_emotions_come_in_the_order_of_the_norms(folder: Path) -> None:
    assert tables.load_emotions(norms_of(folder)) == EMOTIONS


@pytest.mark.parametrize(
    ("old", "new"), [("happy,happy,7.5", "happy,happy,nan"), ("calm,calm", "happy,calm"), ("2.5", "25")]
)
def test_norms_that_cannot_be_used(folder: Path, old: str, new: str) -> None:
    file = norms_of(folder)
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(StimulusError, match=r"norms.csv line \d+: '\w+' repeated or without norms"):
        tables.load_emotions(file)


def test_yaml_errors_name_the_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("happy: [one]\nsad: [two\n", encoding="utf-8")
    with pytest.raises(StimulusError, match=r"a.yaml line 3: not valid YAML"):
        read_document(tmp_path / "a.yaml")
    with pytest.raises(StimulusError, match=r"b.jsonl: the file does not exist"):
        read_json_lines(tmp_path / "b.jsonl")


# Report


def test_report_is_written_with_digests_of_files_and_sets(folder: Path, tmp_path: Path) -> None:
    check_stimuli.main(norms_of(folder), tmp_path / "report.json", folder=str(folder))
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    files = report["digests"]["files"]
    assert files[SCENE] == hashlib.sha256((folder / SCENE).read_bytes()).hexdigest()
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(files.items()) if name.startswith("messages/"))
    assert report["digests"]["sets"]["messages"] == hashlib.sha256(lines.encode()).hexdigest()
    assert report["emotions"] == EMOTIONS
    assert report["documents"]["feels"]["entries"] == {"words": 48, "prompts": 2}


def test_digest_of_a_set_follows_its_content_only(folder: Path) -> None:
    before = all_sets.digests(folder, norms_of(folder))["sets"]
    moved = folder.parent / "elsewhere"
    shutil.copytree(folder, moved)
    assert all_sets.digests(moved, norms_of(folder))["sets"] == before
    record("stories/plain/p02.jsonl", 1, text=word("balu"))(moved)
    after = all_sets.digests(moved, norms_of(folder))["sets"]
    assert {name for name in before if before[name] != after[name]} == {"stories", "stories/plain"}


def test_a_broken_rule_leaves_no_report(folder: Path, tmp_path: Path) -> None:
    drop_line(SCENE, 1)(folder)
    with pytest.raises(StimulusError):
        check_stimuli.main(norms_of(folder), tmp_path / "report.json", folder=str(folder))
    assert not (tmp_path / "report.json").exists()
