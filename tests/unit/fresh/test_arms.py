"""Arms on written replies: against plain forwards with hooks by hand, as much added in each, and planted differences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.claims import judging, registry
from emotion_vectors.engine import prompts
from emotion_vectors.engine.driven_replies import STREAM, Push
from emotion_vectors.engine.prompts import of_events
from emotion_vectors.expression import arms, likelihood
from emotion_vectors.expression.arm_names import CIRCUIT, PROMPTING, STEERING
from emotion_vectors.fresh import arm_evidence
from emotion_vectors.fresh import arms as fresh_arms
from emotion_vectors.fresh.arms import LAYER_BY_LAYER
from emotion_vectors.models.hooks import residual_streams
from emotion_vectors.models.points import ATTENTION, HEADS, MLP, NEURONS
from emotion_vectors.models.sublayers import sublayer
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.events import Event
from tests.random_tensors import random
from tests.unit.expression.replies import CLAIMS, NAMES

DRAWS = Draws(bootstraps=300, shuffles=400, seed=5)
EVENTS = [Event(f"s{number}", "work", "neutral", f"she walked {'on ' * number}\na door closed") for number in range(2)]
REPLIES = {event.scenario: {name: f"the {name} river lay open" for name in NAMES} for event in EVENTS}
REGISTERED = registry.load([CLAIMS / "contrasts.yaml"], CLAIMS.parent / "schemas/claim.schema.yaml")["W08b"]


def acting_on(model):
    """Circuits of one head and two neurons in every layer but the first, and directions of length one."""
    circuits = {
        emotion: {
            str(layer): {NEURONS: [place, 40] if layer else [], HEADS: [place % 4] if layer else []}
            for layer in range(model.layers)
        }
        for place, emotion in enumerate(NAMES)
    }
    inputs = sublayer(model, 0, ATTENTION).projection.in_features
    differences = arms.Differences(random(6, model.layers, 48, seed=4), random(6, model.layers, inputs, seed=5))
    directions = unit(random(6, model.layers, model.width, seed=9))
    norms = torch.arange(1.0, model.layers + 1)
    sets = arms.ArmDirections(directions, directions, directions[:0], norms)
    asked = [arms.Condition(emotion, CIRCUIT, 1.0) for emotion in NAMES]
    pushed = arms.pushes(model, asked, arms.Added(sets, differences, circuits))
    return fresh_arms.Arms([push for push in pushed if push.vectors.any()], directions, norms)


def packed_of(model, event):
    return prompts.encode(model, likelihood.item_of(event, REPLIES[event.scenario]))


def by_hand(model, event, pushed, row):
    """Log-odds of one row's own reply, nats per reply: one full forward for each reply, with hooks written here."""
    (prompt,) = of_events(model, [event])
    means, lengths = [], []
    for text in REPLIES[event.scenario].values():
        reply = model.tokenizer(text, add_special_tokens=False).input_ids
        handles = []
        for push in pushed:
            vector = push.vectors[row]
            if push.site == STREAM:

                def after(_module, _given, output, vector=vector):
                    return (output[0] + vector, *output[1:]) if isinstance(output, tuple) else output + vector

                handles.append(model.blocks[push.layer].register_forward_hook(after))
            else:
                projection = sublayer(model, push.layer, MLP if push.site == NEURONS else ATTENTION).projection
                handles.append(
                    projection.register_forward_pre_hook(lambda _module, given, vector=vector: (given[0] + vector,))
                )
        with torch.no_grad():
            logits = model.network(torch.tensor([[*prompt.ids, *reply]])).logits[0, len(prompt.ids) - 1 : -1]
        for handle in handles:
            handle.remove()
        means.append(logits.log_softmax(-1)[torch.arange(len(reply)), reply].mean().item())
        lengths.append(len(reply))
    return (means[row] - np.delete(means, row).mean()) * lengths[row]


def test_own_replies_under_circuits_and_steering_are_those_of_plain_forwards(any_model):
    acting = acting_on(any_model)
    steering = fresh_arms.along(acting.directions, 0.5 * torch.ones(6, any_model.layers))
    for pushed in (acting.circuit, steering):
        odds = fresh_arms.drive(any_model, packed_of(any_model, EVENTS[0]), pushed, 2).odds
        for row in (0, 4):
            assert odds[row].item() == pytest.approx(by_hand(any_model, EVENTS[0], pushed, row), abs=5e-3)


def test_what_is_measured_as_added_is_the_change_of_the_stream_after_that_block(any_model):
    """Neurons of one block alone change nothing before them, so that the stream after the block holds what they add and no more."""
    acting, packed = acting_on(any_model), packed_of(any_model, EVENTS[1])
    of_block = [push for push in acting.circuit if (push.site, push.layer) == (NEURONS, 2)]
    still = [Push(STREAM, any_model.layers - 1, torch.zeros(1, any_model.width))]
    driven, plain = (fresh_arms.drive(any_model, packed, pushed, 2) for pushed in (of_block, still))
    change = (driven.stream - plain.stream).norm(dim=-1).mean(1)
    assert (change > 0).all()
    torch.testing.assert_close(driven.added[:, 2], change, atol=1e-4, rtol=1e-3)
    assert not driven.added[:, [0, 1, 3]].any()
    assert not plain.added.any()


def test_neurons_and_heads_of_a_block_are_added_together(llama):
    acting = acting_on(llama)
    added = fresh_arms.drive(llama, packed_of(llama, EVENTS[0]), acting.circuit, 2).added
    for layer in (1, 3):
        written = torch.zeros(6, llama.width)
        for push in acting.circuit:
            if push.layer == layer:
                there = sublayer(llama, layer, MLP if push.site == NEURONS else ATTENTION)
                written += push.vectors @ there.projection.weight.detach().T
        torch.testing.assert_close(added[:, layer], written.norm(dim=-1), atol=1e-4, rtol=1e-4)
    assert not added[:, 0].any()


def test_steering_adds_the_same_fractions_of_the_norms_as_the_circuit_on_the_same_event(any_model):
    acting, packed = acting_on(any_model), packed_of(any_model, EVENTS[0])
    circuit = fresh_arms.drive(any_model, packed, acting.circuit, 2)
    dose = sum(circuit.added[:, layer] / acting.norms[layer] for layer in range(any_model.layers))
    assert (dose > 0).all()
    lengths = fresh_arms.steering_lengths(circuit.added, acting.norms)
    for arm, of_arm in lengths.items():
        pushed = fresh_arms.along(acting.directions, of_arm)
        steered = fresh_arms.drive(any_model, packed, pushed, 2)
        torch.testing.assert_close(fresh_arms.dose(steered.added, acting.norms), dose, atol=1e-5, rtol=1e-5)
        really = sum(push.vectors.norm(dim=-1) / acting.norms[push.layer] for push in pushed)
        torch.testing.assert_close(really, dose, atol=1e-5, rtol=1e-5)
        if arm == STEERING:
            assert {push.layer for push in pushed} == set(arms.band(any_model.layers))
            fractions = of_arm[:, arms.band(any_model.layers)] / acting.norms[arms.band(any_model.layers)]
            torch.testing.assert_close(fractions, fractions[:, :1].expand_as(fractions))
    torch.testing.assert_close(lengths[LAYER_BY_LAYER], circuit.added)


def test_what_a_circuit_writes_late_is_not_added_early_at_its_length():
    """The norm grows fivefold over depth: as long an addition would be five times the dose early on."""
    norms, added = torch.tensor([1.0, 1.0, 1.0, 5.0]), torch.zeros(6, 4)
    added[:, 3] = 2.0
    lengths = fresh_arms.steering_lengths(added, norms)[STEERING]
    assert lengths.sum(1).tolist() == pytest.approx([0.4] * 6)


def test_nothing_is_left_behind(llama):
    ids = torch.tensor([of_events(llama, EVENTS[:1])[0].ids])
    before = residual_streams(llama, ids)[-1]
    fresh_arms.drive(llama, packed_of(llama, EVENTS[0]), acting_on(llama).circuit, 2)
    assert torch.equal(residual_streams(llama, ids)[-1], before)


def test_every_event_is_read_in_every_arm_and_changes_are_from_the_unsteered(llama):
    acting = acting_on(llama)
    measured = fresh_arms.measure(llama, EVENTS, REPLIES, acting, 2)
    assert len(measured) == 2 * 4 * 6
    cells = measured.set_index(["scenario", "arm", "emotion"])
    tensors, _ = likelihood.measure(llama, EVENTS, REPLIES, 2)
    readings = likelihood.Readings(**tensors, scenarios=["s0", "s1"])
    plain = likelihood.per_reply(readings).odds
    for row, emotion in ((1, "fear"), (0, "anger")):
        found = cells.loc[f"s{row}", "unsteered", emotion]
        assert found["own_nats"] == pytest.approx(float(plain[row, NAMES.index(emotion)]), abs=2e-3)
        assert found[["added", "moved"]].tolist() == [0, 0]
    by_arm = arm_evidence.changes(measured.sample(frac=1, random_state=1), readings)
    assert list(by_arm) == [CIRCUIT, *fresh_arms.STEERED, PROMPTING]
    difference = cells.loc["s1", CIRCUIT, "fear"]["own_nats"] - cells.loc["s1", "unsteered", "fear"]["own_nats"]
    assert by_arm[CIRCUIT][1, 3] == pytest.approx(difference)
    ordered = (readings.named[1, 3, 3] - readings.odds[1, 3]) * readings.lengths[1, 3]
    assert by_arm[PROMPTING][1, 3] == pytest.approx(float(ordered), abs=1e-4)


def table(by_arm):
    rows = [{"arm": arm, "added": 0.3, "moved": 0.2} for arm in (CIRCUIT, STEERING, LAYER_BY_LAYER)]
    return pd.DataFrame(rows * len(by_arm))


def judged(means, seed=0, events=16):
    """Verdicts on both parts where the arms change own replies by these means."""
    generator = np.random.default_rng(seed)
    by_arm = {arm: mean + generator.normal(0, 0.5, (events, 6)) for arm, mean in means.items()}
    rows = {row["part"]: row for row in arm_evidence.evidence(by_arm, table(by_arm), DRAWS)}
    return [judging.judge_part(part, rows[part["name"]], 2).verdict for part in REGISTERED["parts"]], rows


def arms_with(circuit, steering, layered, prompting):
    return {CIRCUIT: circuit, STEERING: steering, LAYER_BY_LAYER: layered, PROMPTING: prompting}


def test_a_circuit_that_does_more_is_found_and_equal_arms_are_not():
    verdicts, rows = judged(arms_with(2.0, 1.0, 0.4, 1.2))
    assert verdicts == ["replicated", "replicated"]
    assert all(row["n"] == 16 for row in rows.values())
    found = [judged(arms_with(1.0, 1.0, 0.0, 1.0), seed)[0] for seed in range(10)]
    assert sum(verdict in ("replicated", "partial") for verdicts in found for verdict in verdicts) <= 3


def test_the_circuit_is_held_against_the_steering_that_does_more():
    verdicts, rows = judged(arms_with(1.0, 0.2, 1.6, 0.5))
    assert verdicts[0] not in ("replicated", "partial")
    assert rows["circuit minus steering"]["estimate"] == pytest.approx(-0.6, abs=0.2)
    assert rows["circuit minus steering"]["beside"].endswith(f"held against {LAYER_BY_LAYER}")


def test_a_circuit_is_not_said_to_beat_the_order_where_the_dose_does():
    verdicts, rows = judged(arms_with(3.0, 0.4, 2.0, 1.0))
    assert verdicts == ["replicated", "partial"]
    assert rows["circuit minus prompting"]["unconfirmed"] == arm_evidence.BY_DOSE


@pytest.mark.parametrize(("events", "closed"), [(5, True), (6, False)])
def test_fewer_than_six_events_are_not_exchanged(events, closed):
    verdicts, rows = judged(arms_with(3.0, 1.0, 0.5, 1.5), events=events)
    assert verdicts == ["not testable" if closed else "replicated"] * 2
    assert all(("circuits.fresh_events" in row["guard"]) == closed for row in rows.values())


def test_a_circuit_that_only_harms_less_is_not_said_to_work_better():
    verdicts, rows = judged(arms_with(-0.5, -2.0, -2.5, -2.0))
    assert verdicts == ["partial", "partial"]
    assert all(row["unconfirmed"] == arm_evidence.NOT_RAISED for row in rows.values())


def test_the_table_of_changes_has_every_arm_with_the_mean_of_its_emotions():
    by_arm = {arm: np.random.default_rng(1).normal(mean, 0.5, (16, 6)) for arm, mean in arms_with(2, 1, 0, 3).items()}
    changed = arm_evidence.change_table(by_arm, DRAWS).set_index(["arm", "emotion"])
    assert len(changed) == 4 * 7
    assert changed.loc[(CIRCUIT, "all"), "change_nats"] == pytest.approx(by_arm[CIRCUIT].mean())
    assert changed.loc[(PROMPTING, "fear"), "change_nats"] == pytest.approx(by_arm[PROMPTING][:, 3].mean())
    assert (changed["low"] < changed["change_nats"]).all()
    assert (changed["change_nats"] < changed["high"]).all()
    assert set(changed["n"]) == {16}
