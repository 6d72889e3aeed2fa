"""Transcripts: a killed run goes on without losing or doubling a sample, and never mixes what does not belong together."""

import json
import logging
import os
import signal
from collections.abc import Sequence
from dataclasses import replace

import pytest

from emotion_vectors.engine.sampling import Reply
from emotion_vectors.models.tokens import Encoded
from emotion_vectors.replies import sampled, transcripts
from emotion_vectors.replies.transcripts import UNSTEERED, Condition, Partial, TranscriptError, sample_of
from emotion_vectors.stimuli.situations import Item

ITEMS = [Item(f"b0{number}", "none", "-", "", "calm river", {}, {}, ()) for number in (1, 2, 3)]
CALM = Condition("calm", "emotion", -0.05)
TEXTS = ["one", "two\nlines", 'a "quoted" \\ text', "café, 木, \u2028 and \U0001f600", "", "tab\tand\r return"]
SETTINGS = {"temperature": 1.0, "model_sha256": "a" * 64, "layer": None}


def planned(conditions: Sequence[Condition] = (UNSTEERED, CALM), study: int = 5):
    return [
        sample_of("blackmail", item, Encoded([7, row], 0), condition, 0, study)
        for row, item in enumerate(ITEMS)
        for condition in conditions
    ]


PLAN = planned()
REPLIES = {place: Reply([place, 2], [-1.0, -2.0], text, place % 2 == 0) for place, text in enumerate(TEXTS)}
BATCHES = [[4, 0], [5, 1], [2, 3]]


def run(path, plan=PLAN, settings=SETTINGS, stop_after=3):
    """Lines of a transcript, or None when the run stops early; every batch with a sample that is not stored is run again."""
    with Partial(path, plan, settings) as partial:
        for batch in BATCHES[:stop_after]:
            if not partial.stored.issuperset(batch):
                partial.append({place: REPLIES[place] for place in batch})
        return partial.lines() if stop_after == 3 else None


@pytest.fixture
def path(tmp_path):
    return tmp_path / "transcripts" / ".blackmail.partial"


@pytest.fixture
def whole(tmp_path):
    """Lines of a run that nothing interrupted, and the bytes of its partial file."""
    path = tmp_path / "whole"
    return run(path), path.read_bytes()


def test_lines_stand_in_the_order_of_the_plan_whatever_the_batches(whole):
    lines, _ = whole
    values = [json.loads(line) for line in lines]
    assert [value["text"] for value in values] == TEXTS
    assert [(value["scenario"], value["direction"]) for value in values] == [
        (sample.scenario, sample.direction) for sample in PLAN
    ]
    assert list(values[1]) == transcripts.COLUMNS
    assert (values[1]["strength_norm_fraction"], values[1]["tokens"], values[1]["ended"]) == (-0.05, [1, 2], False)


def test_a_run_killed_at_any_byte_goes_on_to_the_same_transcript(path, whole):
    lines, content = whole
    path.parent.mkdir()
    for length in {*range(0, len(content), 11), *(place + 1 for place, byte in enumerate(content) if byte == 10)}:
        path.write_bytes(content[:length])
        assert run(path) == lines, length
        assert sorted(path.read_bytes().split(b"\n")) == sorted(content.split(b"\n")), length


@pytest.mark.parametrize("stop_after", range(4))
def test_a_process_killed_in_the_middle_of_a_line_loses_that_line_only(path, whole, stop_after):
    child = os.fork()
    if child == 0:
        try:
            run(path, stop_after=stop_after)
            with path.open("ab") as file:
                file.write(PLAN[0].line(REPLIES[0]).encode()[:40])
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    with Partial(path, PLAN, SETTINGS) as partial:
        assert partial.stored == {place for batch in BATCHES[:stop_after] for place in batch}
    assert run(path) == whole[0]


@pytest.mark.parametrize("damage", [b"\0" * 50 + b"\n", b"[1]\n", b'{"text": "other"}\n', b"{}\n"])
def test_what_follows_an_unreadable_line_is_made_anew(path, whole, damage):
    lines, content = whole
    rows = content.splitlines(keepends=True)
    path.parent.mkdir()
    path.write_bytes(b"".join([*rows[:3], damage, *rows[4:]]))
    with Partial(path, PLAN, SETTINGS) as partial:
        assert partial.stored == {4, 0}
    assert path.read_bytes() == b"".join(rows[:3])
    assert run(path) == lines


def test_a_finished_partial_file_is_not_touched(path, whole):
    assert run(path) == whole[0]
    before = path.read_bytes()
    assert run(path) == whole[0]
    assert path.read_bytes() == before


def test_samples_that_are_stored_stay_as_they_are(path):
    run(path, stop_after=1)
    with Partial(path, PLAN, SETTINGS) as partial:
        partial.append({0: replace(REPLIES[0], text="another"), 1: REPLIES[1]})
        partial.append({place: REPLIES[place] for place in range(6)})
        assert [json.loads(line)["text"] for line in partial.lines()] == TEXTS


@pytest.mark.parametrize(
    ("plan", "settings", "named"),
    [
        (PLAN, SETTINGS | {"temperature": 0.5}, "another temperature;"),
        (PLAN, SETTINGS | {"model_sha256": "b" * 64, "layer": 3}, "another layer, model_sha256;"),
        (PLAN, {"temperature": 1.0, "layer": None}, "another model_sha256;"),
        (PLAN, SETTINGS | {"vectors_sha256": "c"}, "another vectors_sha256;"),
        (planned(study=6), SETTINGS, "another plan_sha256;"),
        (planned(conditions=(UNSTEERED, replace(CALM, strength_norm_fraction=0.05))), SETTINGS, "another plan_sha256;"),
        (PLAN[::-1], SETTINGS, "another plan_sha256;"),
        ([replace(PLAN[0], prompt_sha256="d"), *PLAN[1:]], SETTINGS, "another plan_sha256;"),
    ],
)
def test_what_was_begun_otherwise_is_begun_afresh_and_said(path, caplog, plan, settings, named):
    run(path, stop_after=2)
    with caplog.at_level(logging.WARNING), Partial(path, plan, settings) as partial:
        assert partial.stored == set()
    assert named in caplog.text
    assert len(path.read_bytes().splitlines()) == 1
    assert len(run(path, plan, settings)) == len(plan)


def test_a_run_that_goes_on_says_from_where(path, caplog):
    run(path, stop_after=2)
    with caplog.at_level(logging.INFO):
        run(path)
    assert "going on after 4 of 6 samples" in caplog.text


def test_what_else_is_said_of_a_reply_is_stored_with_it(path):
    for places in ([0, 1], []):
        with Partial(path, PLAN[:2], SETTINGS, ["outcome"]) as partial:
            partial.append(
                {place: REPLIES[place] for place in places}, {place: {"outcome": f"{place}"} for place in places}
            )
            values = [json.loads(line) for line in partial.lines()]
    assert [value["outcome"] for value in values] == ["0", "1"]
    assert list(values[0]) == [*transcripts.COLUMNS, "outcome"]
    with Partial(path, PLAN[:2], SETTINGS) as partial:
        assert partial.stored == set()


def test_a_transcript_is_read_as_the_samples_and_replies_that_it_holds(path):
    path.parent.mkdir()
    for further in (None, {transcripts.ATTEMPTS: [{"text": "one"}]}):
        lines = [sample.line(REPLIES[place], further) for place, sample in enumerate(PLAN)]
        path.write_text("".join(f"{line}\n" for line in ["{}", *lines]))
        samples, replies = sampled.parts_of(transcripts.load(path))
        assert samples == PLAN
        assert replies == [replace(REPLIES[place], logprobs=[]) for place in range(len(PLAN))]
        path.write_text("".join(f"{line}\n" for line in ["{}", *lines[:2], PLAN[0].line(REPLIES[0], {"other": 1})]))
        with pytest.raises(TranscriptError, match="line 4 is no sample"):
            transcripts.load(path)


def test_missing_samples_are_counted(path):
    run(path, stop_after=1)
    with Partial(path, PLAN, SETTINGS) as partial, pytest.raises(TranscriptError, match="4 samples are missing"):
        partial.lines()


def test_a_plan_with_a_sample_twice_is_refused(path):
    with pytest.raises(TranscriptError, match="twice"):
        Partial(path, [*PLAN, PLAN[0]], SETTINGS)


def test_seeds_are_shared_by_conditions_and_by_nothing_else():
    def seed(behaviour="blackmail", item=ITEMS[0], condition=UNSTEERED, number=0, study=5):
        return sample_of(behaviour, item, Encoded([1], 0), condition, number, study).seed

    assert seed() == seed(condition=CALM)
    others = [seed(behaviour="pleasing"), seed(item=ITEMS[1]), seed(number=1), seed(study=6)]
    variant = seed(item=replace(ITEMS[0], variant="tonight"))
    assert len({seed(), variant, *others}) == 6
    assert all(0 <= each < 2**32 for each in others)


# The step ----------------------------------------------------------------------------------------------------------
