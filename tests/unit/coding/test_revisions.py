"""Further answers to coding tasks: sampled as the first ones are, the same after an interruption, and kept with all attempts."""

import json
from itertools import pairwise

import pytest
import torch

from emotion_vectors.coding import agent, revisions
from emotion_vectors.coding.agent import Examined
from emotion_vectors.engine import draws, sampling
from emotion_vectors.engine.edits import Addition
from emotion_vectors.engine.prompts import prompt_of
from emotion_vectors.replies import transcripts
from emotion_vectors.replies.sampled import Sampler
from emotion_vectors.replies.steering import Steering
from emotion_vectors.replies.transcripts import ATTEMPTS, UNSTEERED, Condition
from emotion_vectors.stimuli.situations import Item, chat_of

SAMPLING = draws.Sampling(new_tokens=5, temperature=1.0, top_p=0.95, side_by_side=3)
SHOWN = "calm"
CONDITIONS = [UNSTEERED, Condition("calm", "emotion", 0.5)]
ITEMS = [
    Item(f"h0{number}", "neutral", "-", "", f"{text} boat", {}, {}, ()) for number, text in enumerate(("sad", "calm"))
]
TASKS = dict.fromkeys(["h00", "h01"])


def is_final(text):
    return sum(map(ord, text)) % 3 == 0


@pytest.fixture
def examined(monkeypatch):
    """Stands in for the sandbox: some answers are final. Gives the list of those that it was asked about."""
    asked = []

    def examine(answer, _task, *, minimum):
        assert minimum == "namespaces"
        asked.append(answer)
        return Examined(
            "special-casing" if is_final(answer) else "broken code", "", None if is_final(answer) else SHOWN
        )

    monkeypatch.setattr(revisions, "examine", examine)
    return asked


@pytest.fixture
def rounds(llama, tmp_path, examined):
    """Rounds over first answers of a tiny model under two conditions, kept in a folder of the given name."""
    vectors = torch.stack([torch.zeros(llama.width), 3 * torch.ones(llama.width)])
    sampler = Sampler(llama, SAMPLING, "code", Steering(CONDITIONS, 1, vectors))
    prompts = [prompt_of(llama, item) for item in ITEMS for _ in range(6)]
    samples = [
        transcripts.sample_of("hacking", item, prompt_of(llama, item), condition, number, 5)
        for item in ITEMS
        for condition in CONDITIONS
        for number in range(3)
    ]
    found = {row: reply for batch in sampler.replies(prompts, samples, ()) for row, reply in batch.items()}
    first = [found[row] for row in range(len(samples))]

    def make(name="run"):
        return revisions.Rounds(sampler, samples, first, TASKS, "namespaces", tmp_path / name)

    return make


def lines_of(rounds, attempts=3):
    openings = [chat_of(ITEMS[int(sample.scenario[-1])]) for sample in rounds.samples]
    made = agent.work(openings, rounds.attempt, attempts)
    return [revisions.line_of(sample, each) for sample, each in zip(rounds.samples, made, strict=True)]


def test_every_sample_is_there_once_with_all_its_attempts(rounds):
    run = rounds()
    values = [json.loads(line) for line in lines_of(run)]
    assert [value["seed"] for value in values] == [sample.seed for sample in run.samples]
    counts = [len(value[ATTEMPTS]) for value in values]
    assert set(counts) == {1, 2, 3}
    for value, reply in zip(values, run.first, strict=True):
        attempts = value[ATTEMPTS]
        assert (attempts[0]["text"], attempts[0]["tokens"]) == (reply.text, reply.ids)
        assert [value[name] for name in ("text", "tokens", "ended")] == [
            attempts[-1][name] for name in ("text", "tokens", "ended")
        ]
        assert [attempt["feedback"] for attempt in attempts[:-1]] == [SHOWN] * (len(attempts) - 1)
        assert len(attempts) == 3 or is_final(attempts[-1]["text"])


def test_further_answers_are_sampled_from_the_conversation_with_the_steering_of_the_first(rounds, llama):
    """Each against the project's own generation, alone."""
    run, found = rounds(), 0
    for sample, line in zip(run.samples, lines_of(run), strict=True):
        messages = chat_of(ITEMS[int(sample.scenario[-1])])
        attempts = json.loads(line)[ATTEMPTS]
        for before, attempt in pairwise(attempts):
            messages += agent.exchange(before["text"], before["feedback"])
            prompt = llama.conversation.prompt(messages, quoted=True)
            edits = [] if sample.condition == UNSTEERED else [Addition(1, run.sampler.steering.vectors[1:])]
            ((reply,),) = [
                each.values() for each in sampling.generate(llama, [prompt], [attempt["seed"]], SAMPLING, edits)
            ]
            assert attempt["tokens"] == reply.ids
            found += 1
    assert found > 6


def test_every_round_has_seeds_of_its_own_which_conditions_share(rounds):
    seeds: dict[tuple, set] = {}
    for value in map(json.loads, lines_of(rounds())):
        for number, attempt in enumerate(value[ATTEMPTS]):
            seeds.setdefault((value["scenario"], value["sample"], number), set()).add(attempt["seed"])
    assert all(len(each) == 1 for each in seeds.values())
    assert len(set.union(*seeds.values())) == len(seeds)


@pytest.mark.parametrize("stop_at", [1, 3])
def test_an_interrupted_run_ends_like_one_that_was_not_and_examines_no_stored_answer_again(
    rounds, monkeypatch, examined, stop_at
):
    expected = lines_of(rounds("whole"))
    whole = sorted(examined)
    examined.clear()
    decode, calls = sampling._decode, []

    def fail(*arguments):
        calls.append(1)
        if len(calls) == stop_at:
            raise KeyboardInterrupt
        return decode(*arguments)

    monkeypatch.setattr(sampling, "_decode", fail)
    with pytest.raises(KeyboardInterrupt):
        lines_of(rounds("broken"))
    assert lines_of(rounds("broken")) == expected
    assert sorted(examined) == whole


def test_one_attempt_is_the_first_answer(rounds):
    run = rounds()
    assert [json.loads(line)["text"] for line in lines_of(run, attempts=1)] == [reply.text for reply in run.first]


def test_a_conversation_without_room_for_another_answer_ends_and_is_named(rounds, monkeypatch, caplog):
    monkeypatch.setattr(revisions, "examine", lambda *_rest, **_options: Examined("broken code", "", "bridge " * 60))
    counts = [len(json.loads(line)[ATTEMPTS]) for line in lines_of(rounds(), attempts=9)]
    assert max(counts) < 9
    assert "scenario='h01'" in caplog.text
    assert "leaves no room for another answer (251 at most)" in caplog.text
