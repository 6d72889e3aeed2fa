"""What arms express: rates and evidence on judged replies made by hand, and the likelihood of written replies on tiny models."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.circuits import emotion_directions
from emotion_vectors.circuits.emotion_directions import EmotionDirections
from emotion_vectors.claims import judging
from emotion_vectors.conduct import gates
from emotion_vectors.engine import plain_readouts
from emotion_vectors.engine.edits import Addition
from emotion_vectors.engine.prompts import of_events
from emotion_vectors.expression import arms, evidence, likelihood_slopes
from emotion_vectors.expression import likelihood as expression_readings
from emotion_vectors.expression import rates as expression_rates
from emotion_vectors.expression.likelihood import ReadingError
from emotion_vectors.expression.rates import ALL, ExpressionError
from emotion_vectors.models import language_model
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli import events, situations
from emotion_vectors.stimuli.events import EMOTIONS, VALENCES, Event
from emotion_vectors.stimuli.reply_classes import NONE
from steps.expression import evaluate_expression, read_expressions

NAMES = list(EMOTIONS)
DRAWS = Draws(bootstraps=300, shuffles=400, seed=5)
CLAIMS = Path(__file__).resolve().parents[3] / "workflow/claims"
REGISTERED = judging.load(
    [CLAIMS / "wang-2025.yaml", CLAIMS / "overlap.yaml"], CLAIMS.parent / "schemas/claim.schema.yaml"
)
CHANCES = {arms.PROMPTING: 0.6, arms.STEERING: 0.75, arms.STORIES: 0.75, arms.CIRCUIT: 0.95, arms.CIRCUIT_LAST: 0.5}


def judged(chances=CHANCES, hard=0.0, scenarios=12, random=8, seed=0):
    """Replies of all arms: those meant for an emotion voice it with the chance of their arm (surprise with less), else any emotion."""
    generator = np.random.default_rng(seed)
    plan = [(arm, emotion, 1.0) for arm in CHANCES for emotion in NAMES]
    plan += [(arms.CIRCUIT, emotion, step) for step in arms.LADDER for emotion in NAMES]
    plan += [(arms.RANDOM, f"random {number}", 0.1) for number in range(random)] + [("unsteered", "-", 0.0)]
    rows = []
    for scenario, valence, (arm, direction, dose) in product(range(scenarios), VALENCES, plan):
        meant = direction if direction in NAMES else "-"
        chance = chances.get(arm, 0.0) - (hard if meant == "surprise" and arm == arms.STEERING else 0.0)
        predicted = meant if meant != "-" and generator.random() < chance else NAMES[generator.integers(6)]
        rows.append({
            "arm": arm, "direction": direction, "dose": dose, "event": f"s{scenario}-{valence}", "scenario": f"s{scenario}",
            "valence": valence, "emotion": meant, "predicted": predicted,
            "verdict": NONE if generator.random() < 0.25 else predicted, "relevance": 0.9 - 0.1 * (arm == arms.CIRCUIT),
            "fluency_nats": -2.0, "repetition": 0.05,
        })  # fmt: skip
    return pd.DataFrame(rows)


def verdicts(table, likelihood="written"):
    rates = expression_rates.rate_table(table, 100, 1)
    rows = evidence.rows(expression_rates.hits_of(table), rates, likelihood, DRAWS)
    frame = judging.unmark(judging.mark_missing(pd.DataFrame(rows)))
    parts = {(row["claim"], row["part"]): row for row in rows}
    found = {}
    for claim in evidence.PARTS:
        for part in REGISTERED[claim]["parts"]:
            found[claim, part["name"]] = judging.judge_part(part, parts[claim, part["name"]]).verdict
    assert len(frame) == len(found) == len(parts)
    return found, parts


# Rates


def test_hits_are_those_of_the_replies_and_the_ladder_is_no_arm():
    table = judged().sample(frac=1, random_state=1)
    hits = expression_rates.hits_of(table)
    events_in_order = list(table.loc[table["arm"] == "unsteered", "event"])
    for arm in CHANCES:
        own = table[(table["arm"] == arm) & (table["dose"] == 1.0)].set_index(["event", "emotion"])["predicted"]
        for row, column in ((0, 0), (17, 4), (35, 5)):
            expected = own[events_in_order[row], NAMES[column]] == NAMES[column]
            assert hits.aimed[arm][row, column] == expected
    drawn = table[table["arm"] == arms.RANDOM].set_index(["event", "direction"])["predicted"]
    order = list(table.loc[table["arm"] == arms.RANDOM, "direction"].drop_duplicates())
    assert hits.random.shape == (36, 8, 6)
    assert NAMES[hits.random[3, 2].argmax()] == drawn[events_in_order[3], order[2]]
    assert (hits.random.sum(-1) == 1).all()
    assert hits.unsteered.mean() == pytest.approx(1 / 6)


def test_an_arm_that_lacks_replies_is_named():
    table = judged(scenarios=2)
    lacking = table[~((table["arm"] == arms.STORIES) & (table["event"] == "s1-neutral"))]
    with pytest.raises(ExpressionError, match="arm 'stories' lacks replies to s1-neutral"):
        expression_rates.hits_of(lacking)
    with pytest.raises(ExpressionError, match="no replies under random directions"):
        expression_rates.hits_of(table[table["arm"] != arms.RANDOM])


def test_the_table_has_every_arm_emotion_and_valence_with_its_own_replies():
    replies = judged(scenarios=4)
    table = expression_rates.rate_table(replies, 200, 1)
    groups = replies.groupby(["arm", "dose"]).ngroups
    assert len(table) == groups * 7 * 4
    at = table.set_index(["arm", "dose", "emotion", "valence"])
    own = replies[(replies["arm"] == arms.STEERING) & (replies["emotion"] == "fear")]
    row = at.loc[arms.STEERING, 1.0, "fear", ALL]
    assert row["target_rate"] == pytest.approx((own["predicted"] == "fear").mean())
    assert row["n"] == 12
    assert row["none_share"] == pytest.approx((own["verdict"] == NONE).mean())
    assert row["low"] <= row["target_rate"] <= row["high"]
    plain = replies[(replies["arm"] == "unsteered") & (replies["valence"] == "neutral")]
    row = at.loc["unsteered", 0.0, "anger", "neutral"]
    assert row["target_rate"] == pytest.approx((plain["predicted"] == "anger").mean())
    assert (row["n"], at.loc["unsteered", 0.0, ALL, ALL]["n"]) == (4, 12)
    assert at.loc["unsteered", 0.0, ALL, ALL]["target_rate"] == pytest.approx(1 / 6)
    assert expression_rates.of_arm(table, arms.CIRCUIT)["relevance"] == pytest.approx(0.8)
    assert expression_rates.of_arm(table, arms.CIRCUIT, 0.5)["dose"] == 0.5
    assert not table.isna().any(axis=None)


# Evidence


def test_planted_effects_are_found():
    found, parts = verdicts(judged(hard=0.7))
    assert set(found) == {
        (claim, part["name"]) for claim in ("W02", "W03", "W08", "O04") for part in REGISTERED[claim]["parts"]
    }
    assert {name: verdict for name, verdict in found.items() if verdict != "replicated"} == {}
    assert parts["W02", "target rate"]["reference"] == pytest.approx(1 / 6)
    assert parts["W03", "surprise minus the lowest of the others"]["estimate"] < -0.3
    assert parts["W08", "circuit minus prompting"]["n"] == 12 * 3 * 6
    assert parts["W02", "target rate"]["beside"].endswith("; written")
    assert "relevance 0.80" in parts["W08", "circuit minus steering"]["beside"]


def test_nothing_is_found_where_nothing_is():
    tables = [judged(dict.fromkeys(CHANCES, 0.0), seed=seed, scenarios=8) for seed in range(4)]
    replicated = []
    for table in tables:
        found, _ = verdicts(table)
        replicated += [name for name, verdict in found.items() if verdict in ("replicated", "partial")]
        assert found["O04", "smaller as a share of larger rise"] != "replicated"
    assert len(replicated) <= 4  # Of 36 parts, each with a chance of about 5 %.


def test_equal_arms_do_not_differ_and_surprise_is_as_hard_as_the_rest():
    same = dict.fromkeys(CHANCES, 0.7)
    for seed in (1, 2):
        found, parts = verdicts(judged(same, seed=seed))
        assert found["W08", "circuit minus steering"] not in ("replicated", "partial")
        assert found["W03", "surprise minus the mean of the others"] not in ("replicated", "partial")
        assert parts["O04", "smaller as a share of larger rise"]["null_percentile"] == 100


def test_a_method_that_does_less_is_not_called_equal():
    found, parts = verdicts(judged(CHANCES | {arms.STORIES: 0.35}))
    assert found["O04", "smaller as a share of larger rise"] in ("partial", "inconclusive", "not replicated")
    assert parts["O04", "smaller as a share of larger rise"]["estimate"] < 0.7
    assert "exchanged at random at least 0.8" in parts["O04", "smaller as a share of larger rise"]["beside"]


def test_where_neither_method_raises_the_rate_equality_is_not_testable():
    found, parts = verdicts(judged(CHANCES | {arms.STORIES: 0.0, arms.STEERING: 0.0}, seed=3))
    assert found["O04", "smaller as a share of larger rise"] == "not testable"
    assert parts["O04", "smaller as a share of larger rise"]["guard"] == evidence.NEITHER


def test_random_directions_stand_for_six_emotions_each_at_most_once():
    drawn = evidence.assignments(8, DRAWS)
    assert drawn.shape == (400, 6)
    assert all(len(set(row)) == 6 for row in drawn.tolist())
    assert set(drawn.flatten().tolist()) == set(range(8))
    hits = expression_rates.hits_of(judged())
    means = hits.random.mean(0)
    expected = [[means[place, emotion] for emotion, place in enumerate(row)] for row in drawn[:5]]
    np.testing.assert_allclose(evidence.random_rates(hits, DRAWS)[:5], expected)
    with pytest.raises(ValueError, match=r"raise circuits\.random_directions"):
        evidence.assignments(5, DRAWS)


def test_a_random_direction_that_voices_one_emotion_alone_reaches_chance_and_no_more():
    table = judged()
    table.loc[table["arm"] == arms.RANDOM, "predicted"] = "anger"
    null = evidence.random_rates(expression_rates.hits_of(table), DRAWS).mean(-1)
    np.testing.assert_allclose(null, 1 / 6)


def test_the_smaller_rise_as_a_share_of_the_larger():
    rises = np.array([[0.2, 0.4], [0.4, 0.3], [-0.1, 0.2], [-0.5, 0.1], [-0.2, -0.1], [0.0, 0.0]])
    np.testing.assert_allclose(evidence.smaller_over_larger(rises), [0.5, 0.75, -0.5, -1.0, 0.0, 0.0])


# Written replies


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
        torch.zeros(shape), asked, gradients, [f"s{number}" for number in range(shape[0])]
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
    stranger = table.loc[likelihood_slopes.STORIES, "all"]
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


# The steps


@pytest.fixture
def tensors(llama, tmp_path, monkeypatch):
    monkeypatch.setattr(language_model, "load", lambda *_arguments, **_keywords: llama)
    folder = CLAIMS.parent / "stimuli/events"
    monkeypatch.setattr(
        expression_readings, "load_replies", lambda _file: {f"work_held_out_{n}": REPLIES["s0"] for n in range(9)}
    )
    monkeypatch.setattr(
        expression_readings, "chosen_events",
        lambda _file, count: [Event(f"work_held_out_{n}", "work", "neutral", f"rain {n}\na boat") for n in range(count)],
    )  # fmt: skip
    readings = tmp_path / "readings.safetensors"
    row = {"template": "chat", "dtype": "float32"}
    asked = (folder / "held_out.jsonl", folder / "expressions.jsonl")
    read_expressions.main(*asked, tmp_path, readings, row=row, scenarios=2, depth=0.6667)
    random = torch.Generator().manual_seed(1)
    directions = unit(torch.randn(6, 2, 4, 32, generator=random))
    known = EmotionDirections(
        directions, directions.clone(), directions[None].repeat(2, 1, 1, 1, 1), torch.ones(6, 4, 48), torch.ones(6, 4, 32),
        torch.ones(2, 4), NAMES, ["s0-neutral"], ["s0-neutral"], [],
    )  # fmt: skip
    emotion_directions.save(known, tmp_path / "directions.safetensors")
    stories = {"vectors": torch.randn(6, 4, 32, generator=random), "norms": torch.ones(4)}
    vectors = tmp_path / "vectors.safetensors"
    save_file(stories, vectors, metadata={"emotions": json.dumps(list(EMOTIONS.values()))})
    return [readings, tmp_path / "directions.safetensors", vectors]


@pytest.mark.parametrize("passed", [True, False])
def test_evidence_is_given_for_every_part_whatever_the_gate(tensors, tmp_path, passed):
    table = judged(scenarios=4, hard=0.7)
    if not passed:
        table = table[table["arm"].isin([arms.PROMPTING, "unsteered"])]
    paths = ("judged", "gates", "rates", "slopes", "evidence")
    judged_file, gate_file, *outputs = (tmp_path / f"{name}.parquet" for name in paths)
    table.to_parquet(judged_file)
    gate = gates.Gate(
        "expression", "generation", "prompted replies", 0.4, 0.3, 0.5, 60, "replies", "at least 0.5", passed
    )
    gates.table([gate]).to_parquet(gate_file)
    draws = {"bootstraps": 100, "shuffles": 100, "seed": 1}
    evaluate_expression.main(judged_file, gate_file, *tensors, *outputs, depth=0.6667, **draws)
    rates, slopes, rows = (pd.read_parquet(file) for file in outputs)
    rows = judging.unmark(rows).assign(step="evaluate_expression")
    known = {name: REGISTERED[name] for name in evidence.PARTS}
    verdict = judging.judge(known, rows)[0].set_index("claim")["verdict"]
    assert rows["beside"].str.contains("log-odds of written replies").all()
    if passed:
        assert verdict["W02"] == "replicated"
        assert (rows["guard"] == "").all()
    else:
        assert set(verdict) == {"not testable"}
        assert rows["guard"].str.contains("prompted replies 0.40").all()
        assert rows["beside"].str.contains("voiced by 0.").all()
    assert set(rates["arm"]) == set(table["arm"])
    assert len(slopes) == 3 * 7
