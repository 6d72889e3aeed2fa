"""Written replies: their log-odds and slopes against plain forwards and small additions, and the steps that read and judge them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.circuits import emotion_directions
from emotion_vectors.circuits.emotion_directions import EmotionDirections
from emotion_vectors.claims import evidence as evidence_rows
from emotion_vectors.claims import judging
from emotion_vectors.conduct import gates
from emotion_vectors.engine import plain_readouts
from emotion_vectors.engine.edits import Addition
from emotion_vectors.engine.prompts import of_events
from emotion_vectors.expression import arm_names, evidence, likelihood_slopes
from emotion_vectors.expression import gates as expression_gates
from emotion_vectors.expression import likelihood as expression_readings
from emotion_vectors.expression.likelihood import ReadingError
from emotion_vectors.judges import validation
from emotion_vectors.models import language_model
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli import events, situations
from emotion_vectors.stimuli.events import EMOTIONS, Event
from steps.expression import evaluate_expression, read_expressions
from tests.unit.expression.replies import CLAIMS, NAMES, REGISTERED, judged

EVENTS = [
    Event(f"s{number}", "work", "neutral", f"she walked into the garden {number}\na door closed") for number in range(3)
]
REPLIES = {
    event.scenario: {name: f"the {name} river {number} lay open" for name in NAMES}
    for number, event in enumerate(EVENTS)
}


def test_log_odds_of_written_replies_are_those_of_plain_forwards(any_model):
    tensors, facts = expression_readings.measure(any_model, EVENTS[:1], REPLIES, 2)
    assert json.loads(facts["scenarios"]) == ["s0"]
    texts = [any_model.tokenizer(text, add_special_tokens=False).input_ids for text in REPLIES["s0"].values()]
    for emotion, found in ((None, tensors["odds"][0]), ("fear", tensors["named"][0, 3])):
        (prompt,) = of_events(any_model, EVENTS[:1], emotion)
        means = plain_readouts.continuation_logprobs(any_model, prompt, texts)
        expected = [means[place] - np.delete(means.numpy(), place).mean() for place in range(6)]
        torch.testing.assert_close(found, torch.stack(expected), atol=2e-4, rtol=0)


def test_gradients_are_the_change_by_a_small_addition_at_every_position(llama):
    tensors, _ = expression_readings.measure(llama, EVENTS[:1], REPLIES, 2)
    (prompt,) = of_events(llama, EVENTS[:1])
    texts = [llama.tokenizer(text, add_special_tokens=False).input_ids for text in REPLIES["s0"].values()]
    direction = unit(torch.randn(32, generator=torch.Generator().manual_seed(1)))
    step = 0.02
    both = [
        expression_readings.contrasts()
        @ plain_readouts.continuation_logprobs(llama, prompt, texts, [Addition(2, sign * step * direction[None])])
        for sign in (1, -1)
    ]
    torch.testing.assert_close(
        tensors["gradients"][0] @ direction, (both[0] - both[1]) / (2 * step), atol=5e-3, rtol=0.05
    )


def readings_of(gradients, named=0.0):
    shape = gradients.shape[:2]
    asked = torch.zeros(shape[0], 6, 6) + named * torch.eye(6)
    return expression_readings.Readings(
        torch.zeros(shape), asked, gradients, torch.full(shape, 30.0), [f"s{number}" for number in range(shape[0])]
    )


def test_directions_that_raise_their_own_replies_are_told_from_random_ones():
    width, norm = 64, torch.tensor(2.0)
    directions = unit(torch.randn(6, width, generator=torch.Generator().manual_seed(1)))
    noise = 0.2 * torch.randn(5, 6, width, generator=torch.Generator().manual_seed(2)) / width**0.5
    readings = readings_of(directions + noise, named=1.5)
    other = unit(torch.randn(6, width, generator=torch.Generator().manual_seed(3)))
    both = likelihood_slopes.main_layer_directions(directions, other)
    found = likelihood_slopes.changes(readings, both, norm)
    null = likelihood_slopes.null_changes(readings, norm, Draws(200, 200, 1))
    table = likelihood_slopes.slope_table(found, null, Draws(200, 200, 1)).set_index(["method", "emotion"])
    own = table.loc[likelihood_slopes.INSTRUCTIONS]
    assert own.loc["all", "own_most"] == 1
    assert (own["change_nats"] > own["null_95_or_missing"]).all()
    assert own.loc["all", "change_nats"] == pytest.approx(own["change_nats"].iloc[:6].mean())
    centred = unit(directions - directions.mean(0))
    slope = 0.1 * 2.0 * float((readings.gradients[:, 2] @ centred[2]).mean())
    assert own.loc["happiness", "change_nats"] == pytest.approx(slope, rel=1e-5)
    stranger = table.loc[likelihood_slopes.STORY_VECTORS, "all"]
    assert abs(stranger["change_nats"]) < own.loc["all", "null_95_or_missing"] * 1.5
    assert stranger["own_most"] < 1
    named = table.loc[likelihood_slopes.NAMED]
    np.testing.assert_allclose(named["change_nats"], 1.5)
    assert (named["own_most"] == 1).all()
    assert named["null_95_or_missing"].isna().all()
    words = likelihood_slopes.in_words(table.reset_index())
    assert "named in the prompt +1.500 [1.500, 1.500], own reply most in 6 of 6" in words


def test_written_replies_of_other_emotions_or_none_are_refused(llama, tmp_path):
    with pytest.raises(ReadingError, match="no reply of anger to s9"):
        expression_readings.measure(llama, [Event("s9", "work", "neutral", "a\nb")], REPLIES, 2)
    file = tmp_path / "readings.safetensors"
    save_file({name: torch.zeros(1) for name in expression_readings.TENSORS}, file, metadata={"emotions": '["joy"]'})
    with pytest.raises(ReadingError, match="other emotions"):
        expression_readings.load(file)
    file.write_bytes(b"no")
    with pytest.raises(ArtefactError, match="not a complete file of readings"):
        expression_readings.load(file)


def test_the_replies_of_the_project_are_read_with_their_events():
    folder = CLAIMS.parent / "stimuli/events"
    replies = expression_readings.load_replies(folder / "expressions.jsonl")
    chosen = expression_readings.chosen_events(folder / "held_out.jsonl", 8)
    assert len({event.theme for event in chosen}) == len(chosen) == 8
    for event in chosen:
        item = expression_readings.item_of(event, replies[event.scenario])
        assert item.sides == NAMES
        assert situations.chat_of(item) == events.messages(event)


@pytest.fixture
def tensors(llama, tmp_path, monkeypatch):
    monkeypatch.setattr(language_model, "load", lambda *_arguments, **_keywords: llama)
    folder = CLAIMS.parent / "stimuli/events"
    monkeypatch.setattr(
        expression_readings, "load_replies", lambda _file: {f"work_held_out_{n}": REPLIES["s0"] for n in range(9)}
    )
    monkeypatch.setattr(
        expression_readings,
        "chosen_events",
        lambda _file, count: [
            Event(f"work_held_out_{n}", "work", "neutral", f"rain {n}\na boat") for n in range(count)
        ],
    )
    readings = tmp_path / "readings.safetensors"
    row = {"template": "chat", "dtype": "float32", "date": "2026-11-21"}
    asked = (folder / "held_out.jsonl", folder / "expressions.jsonl")
    read_expressions.main(*asked, tmp_path, readings, row=row, scenarios=2, depth=0.6667)
    random = torch.Generator().manual_seed(1)
    directions = unit(torch.randn(6, 2, 4, 32, generator=random))
    known = EmotionDirections(
        directions,
        directions.clone(),
        directions[None].repeat(2, 1, 1, 1, 1),
        torch.ones(6, 4, 48),
        torch.ones(6, 4, 32),
        torch.ones(2, 4),
        NAMES,
        ["s0-neutral"],
        ["s0-neutral"],
        [],
    )
    emotion_directions.save(known, tmp_path / "directions.safetensors")
    stories = {"vectors": torch.randn(6, 4, 32, generator=random), "norms": torch.ones(4)}
    vectors = tmp_path / "vectors.safetensors"
    save_file(stories, vectors, metadata={"emotions": json.dumps(list(EMOTIONS.values()))})
    return [readings, tmp_path / "directions.safetensors", vectors]


@pytest.mark.parametrize("passed", [True, False])
def test_evidence_is_given_for_every_part_whatever_the_gate(tensors, tmp_path, passed):
    table = judged(scenarios=4, hard=0.7)
    if not passed:
        table = table[table["arm"].isin([arm_names.PROMPTING, "unsteered"])]
    paths = ("judged", "gates", "validation", "rates", "slopes", "evidence")
    judged_file, gate_file, judged_written, *outputs = (tmp_path / f"{name}.parquet" for name in paths)
    table.to_parquet(judged_file)
    labelled = [{"situation": f"t{place}", "label": name, "predicted": name} for place in range(3) for name in NAMES]
    pd.DataFrame(labelled).to_parquet(judged_written)
    gate = gates.Gate(
        "expression", "generation", "prompted replies", 0.4, 0.3, 0.5, 60, "replies", "at least 0.5", passed
    )
    gates.table([gate]).to_parquet(gate_file)
    agreed = {"kappa": 0.5, "kappa_interval": [0.4, 0.6], "replies": 40}
    hands = tmp_path / "hands.parquet"
    compared = {validation.EACH_OTHER: agreed, validation.BOTH: agreed | {"kappa": 0.25, "replies": 30}}
    files.write_table(pd.DataFrame({"id": ["h1"]}), hands, agreement=compared)
    draws = {"bootstraps": 100, "shuffles": 100, "seed": 1}
    evaluate_expression.main(judged_file, gate_file, hands, judged_written, *tensors, *outputs, depth=0.6667, **draws)
    rates, slopes, rows = (pd.read_parquet(file) for file in outputs)
    rows = evidence_rows.unmark(rows).assign(step="evaluate_expression")
    corrected, rows = rows[rows["claim"] == "W02b"], rows[rows["claim"] != "W02b"]
    assert corrected["part"].tolist() == ["target rate, corrected"]
    known = {name: REGISTERED[name] for name in evidence.PARTS}
    verdict = judging.judge(known, rows)[0].set_index("claim")["verdict"]
    assert rows["beside"].str.contains("log-odds of written replies").all()
    said = "on 30 of 40 sampled replies that two hands label alike the judge agrees with kappa 0.25 "
    assert rows["beside"].str.contains(said, regex=False).all()
    if passed:
        assert verdict["W02"] == "replicated"
        rate = rows.loc[rows["part"] == "target rate", "estimate"].item()
        assert corrected["estimate"].item() == pytest.approx(rate)
        assert (rows["guard"] == "").all()
    else:
        assert set(verdict) == {"not testable"}
        assert corrected["guard"].str.contains("prompted replies 0.40").all()
        assert rows["guard"].str.contains("prompted replies 0.40").all()
        assert rows["beside"].str.contains("voiced by 0.").all()
    assert set(rates["arm"]) == set(table["arm"])
    assert len(slopes) == 3 * 7


def test_an_order_that_moves_its_own_replies_by_a_nat_is_followed():
    followed, ignored = (readings_of(torch.zeros(8, 6, 4), named) for named in (0.05, 0.01))
    np.testing.assert_allclose(order_gates_of(followed)["value"], [0.05 * 30, 1.0], rtol=1e-5)
    assert order_gates_of(followed)["passed"].all()
    assert order_gates_of(ignored)["passed"].tolist() == [False, True]


def test_an_order_that_raises_all_replies_alike_is_not_followed():
    readings = readings_of(torch.zeros(8, 6, 4))
    alike = replace(readings, named=readings.named + 3.0)
    assert not order_gates_of(alike)["passed"].any()


def order_gates_of(readings):
    return gates.table(expression_gates.order_gates(readings, 1.0, 0.75, 50, 1))


def test_one_readout_that_follows_orders_is_enough():
    closed_table = order_gates_of(readings_of(torch.zeros(8, 6, 4)))
    sampled = closed_table.head(1).assign(readout="generation", passed=True)
    assert expression_gates.ignored_orders(pd.concat([closed_table, sampled])) == ""
    said = expression_gates.ignored_orders(pd.concat([closed_table, sampled.assign(passed=False)]))
    assert said.count("must be at least") == 3


def test_lengths_are_those_of_the_replies_in_tokens(llama):
    tensors, _ = expression_readings.measure(llama, EVENTS[:1], REPLIES, 2)
    counts = [len(llama.tokenizer(text, add_special_tokens=False).input_ids) for text in REPLIES["s0"].values()]
    assert tensors["lengths"][0].tolist() == counts
