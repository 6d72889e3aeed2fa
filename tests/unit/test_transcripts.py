"""Transcripts: a killed run goes on without losing or doubling a sample, and never mixes what does not belong together."""

import json
import logging
import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

import generate_replies
from emotion_vectors import generate, provenance, transcripts
from emotion_vectors.behaviours import Item
from emotion_vectors.generate import Reply
from emotion_vectors.provenance import Run
from emotion_vectors.stimulus_files import read_json_lines, set_digest
from emotion_vectors.tokens import Encoded
from emotion_vectors.transcripts import UNSTEERED, Condition, Partial, TranscriptError, load, sample_of

ITEMS = [Item(f"b0{number}", "none", "-", "", "calm river", {}) for number in (1, 2, 3)]
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

SITUATION = {
    "prompt": "she was at school {variant} that evening",
    "variants": {"none": "with a letter", "tonight": "before the storm and very calm"},
    "continuations": {"open": ["over the bridge"]},
}
GENERATION = {"situations": 3, "samples": 2, "new_tokens": 6, "temperature": 1.0, "top_p": 0.95, "side_by_side": 4}


@pytest.fixture
def step(tmp_path, llama):
    """Runs the script on a tiny model; returns its transcript."""
    folder, situations = tmp_path / "converted", tmp_path / "blackmail.jsonl"
    llama.network.save_pretrained(folder)
    llama.tokenizer.save_pretrained(folder)
    (folder / "weights.json").write_text(json.dumps({"name": "tiny", "sha256": "e" * 64}))
    situations.write_text("".join(json.dumps({"id": f"b0{number}", **SITUATION}) + "\n" for number in (1, 2, 3)))
    inputs = SimpleNamespace(situations=situations, weights=folder, code=["scripts/emotion_vectors/generate.py"])

    def run_step(name, **changes):
        output, partial = tmp_path / f"{name}.jsonl", tmp_path / f".{name}.partial"
        arguments = {"settings": GENERATION, "seed": 3, "run": Run("generate_replies", "c" * 64, seed=3)} | changes
        row = SimpleNamespace(template="chat", dtype="float32")
        generate_replies.main(inputs, output, partial, row=row, name="blackmail", **arguments)
        assert not partial.exists()
        return output

    return run_step


def body(path):
    return path.read_bytes().split(b"\n", 1)[1]


def test_the_step_writes_every_situation_and_sample_with_its_provenance(step):
    output = step("whole")
    table = load(output)
    assert list(table.columns) == transcripts.COLUMNS
    assert len(table) == len(read_json_lines(output)) - 1 == 3 * 2 * 2
    assert table.groupby(["scenario", "variant"])["sample"].apply(list).tolist() == [[0, 1]] * 6
    assert set(table["kind"]) == {"unsteered"}
    assert table["tokens"].map(len).between(1, 6).all()
    assert table["text"].nunique() > 6
    assert provenance.of_json_lines(output)["model_sha256"] == "e" * 64


def test_an_interrupted_step_ends_like_one_that_was_not(step, monkeypatch):
    expected, decode, calls = body(step("whole")), generate._decode, []

    def fail_at_the_third(*arguments):
        calls.append(len(arguments[1]))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return decode(*arguments)

    monkeypatch.setattr(generate, "_decode", fail_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        step("broken")
    assert body(step("broken")) == expected
    assert calls == [4, 4, 4, 4]


@pytest.fixture
def steering(tmp_path, llama):
    """Makes vectors of two emotions, drawn from a seed, and what the step needs to add them."""

    def make(seed):
        drawn = torch.Generator().manual_seed(seed)
        tensors = {
            "vectors": torch.randn(2, llama.layers, llama.width, generator=drawn),
            "norms": torch.full((llama.layers,), 20.0),
        }
        file = tmp_path / f"vectors{seed}.safetensors"
        provenance.write_tensors(tensors, file, Run("test", ""), emotions='["calm", "sad"]')
        return generate_replies.Steering(str(file), ["calm", "sad"], [0.0, 0.5], 0.5)

    return make


def test_the_step_adds_emotion_vectors_beside_the_unsteered_replies(step, steering):
    output = step("steered", steering=steering(1))
    table, keys = load(output), ["scenario", "variant", "sample"]
    groups = table.groupby(["direction", "strength_norm_fraction"])
    texts = {name: group.set_index(keys)["text"] for name, group in groups}
    plain = load(step("plain")).set_index(keys)["text"]
    assert texts["-", 0.0].equals(plain)
    assert texts["calm", 0.0].equals(plain)
    assert not texts["calm", 0.5].equals(plain)
    assert not texts["calm", 0.5].equals(texts["sad", 0.5])
    assert provenance.of_json_lines(output)["layer"] == 1


@pytest.mark.parametrize("changed", ["vectors", "temperature", "code"])
def test_a_step_does_not_go_on_with_replies_of_another_kind(step, steering, monkeypatch, changed):
    first, second = {"steering": steering(1)}, {"steering": steering(1)}
    if changed == "vectors":
        second = {"steering": steering(2)}
    elif changed == "temperature":
        second["settings"] = GENERATION | {"temperature": 0.5}
    expected, whole = body(step("expected", **second)), generate.generate

    def first_batch(*arguments, **options):
        yield next(whole(*arguments, **options))

    with monkeypatch.context() as patch:
        patch.setattr(generate, "generate", first_batch)
        patch.setattr(generate_replies, "set_digest", lambda *_: "other" if changed == "code" else code_now())
        with pytest.raises(TranscriptError, match="are missing"):
            step("broken", **first)
    begun = []
    monkeypatch.setattr(generate, "generate", lambda *rest, **options: begun.append(options) or whole(*rest, **options))
    assert body(step("broken", **second)) == expected
    assert begun[0]["done"] == set()


def code_now():
    return set_digest(["scripts/emotion_vectors/generate.py"], ".")
