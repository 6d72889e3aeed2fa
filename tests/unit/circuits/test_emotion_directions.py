"""Directions of emotions against a slow reading of their definition, and against groups whose answer is known."""

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from emotion_vectors.circuits import emotion_directions, pair_cosines, prompt_states
from emotion_vectors.circuits.emotion_directions import DirectionError
from emotion_vectors.statistics import permutation
from emotion_vectors.statistics.algebra import centred, unit
from emotion_vectors.vectors.emotion_vectors import from_cells
from tests.random_tensors import random
from tests.unit.circuits.prompts import LAYERS, NAMES, SCENARIOS, WIDTH, make_states


def compute(states, accepted, least=3):
    """Directions of states that are stored first, as the captured ones are."""
    tensors = {name: getattr(states, name).contiguous() for name in ("residual", "neurons", "heads")}
    facts = {"events": states.events, "scenarios": states.scenarios, "emotions": NAMES}
    metadata = {name: json.dumps(names) for name, names in facts.items()}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "states.safetensors")
        save_file(tensors, file, metadata={**metadata, "model_sha256": "0", "events_sha256": "0"})
        return emotion_directions.compute(prompt_states.load(file), accepted, least)


def judged(states, refused=()):
    rows = [(event, emotion, (event, emotion) not in refused) for event in states.events for emotion in NAMES]
    return pd.DataFrame(rows, columns=["event", "emotion", "accepted"])


def by_hand(states, rows):
    """Centre within each group, average over groups, centre again; one number at a time, in float64."""
    values = states.residual[rows].double().numpy()
    deviations = [[state - np.mean(group, axis=0) for state in group] for group in values]
    means = np.array([np.mean([group[emotion] for group in deviations], axis=0) for emotion in range(6)])
    means = means - means.mean(0)
    return means / np.linalg.norm(means, axis=-1, keepdims=True)


def test_directions_are_what_their_definition_says():
    states = make_states()
    refused = {(states.events[4], "fear"), (states.events[11], "anger")}
    accepted = emotion_directions.accepted_groups(judged(states, refused), states.events, NAMES)
    found = compute(states, accepted, least=3)
    rows = [row for row in range(24) if row not in (4, 11)]
    np.testing.assert_allclose(found.directions.numpy(), by_hand(states, rows), atol=2e-4)
    np.testing.assert_allclose(found.unfiltered.numpy(), by_hand(states, range(24)), atol=2e-4)
    assert found.kept == found.used == [states.events[row] for row in rows]
    assert found.norms[1, 2].item() == pytest.approx(states.residual[:, :, 1, 2].norm(dim=-1).mean().item(), rel=1e-5)


def test_differences_are_not_normalised_and_each_valence_counts():
    """Keyed by scenario alone, the last valence would overwrite the other two: the mean is over three times as many groups."""
    states = make_states()
    marks = torch.tensor([1.0, 10.0, 100.0]).repeat(SCENARIOS)[:, None, None, None]
    sign = torch.tensor([5.0, -1, -1, -1, -1, -1])[None, :, None, None]
    states = replace(
        states, neurons=(marks * sign).expand(-1, 6, LAYERS, 7), heads=(marks * sign).expand(-1, 6, LAYERS, 9)
    )
    found = compute(states, [True] * 24, least=3)
    for difference in (found.neuron_differences, found.head_differences):
        torch.testing.assert_close(difference[0], torch.full_like(difference[0], 5 * 37.0))
        torch.testing.assert_close(difference[1], torch.full_like(difference[1], -37.0))
    assert len(set(found.used)) == 3 * SCENARIOS


def test_a_refused_reply_takes_out_its_event_and_no_other_of_the_scenario():
    states = make_states()
    accepted = emotion_directions.accepted_groups(judged(states, {("s2-neutral", "disgust")}), states.events, NAMES)
    assert [name for name, good in zip(states.events, accepted, strict=True) if not good] == ["s2-neutral"]


def test_missing_and_doubled_replies_are_named():
    states = make_states()
    table = judged(states)
    with pytest.raises(DirectionError, match="no judged reply to s0-positive under anger"):
        emotion_directions.accepted_groups(table.iloc[1:], states.events, NAMES)
    by_scenario = table.assign(event=table["event"].str.rsplit("-", n=1).str[0])
    with pytest.raises(DirectionError, match="two replies"):
        emotion_directions.accepted_groups(by_scenario, states.events, NAMES)


def test_too_few_groups_give_way_to_all_and_say_so():
    states = make_states()
    accepted = [row < 4 for row in range(24)]
    found = compute(states, accepted, least=5)
    assert found.used == states.events
    assert found.kept == states.events[:4]
    torch.testing.assert_close(found.directions, found.unfiltered)


def test_halves_share_no_scenario():
    states = make_states()
    found = compute(states, [True] * 24, least=3)
    rows = [row for row in range(24) if (row // 3) % 2]
    np.testing.assert_allclose(found.halves[1].numpy(), by_hand(states, rows), atol=2e-4)


def test_mean_cosine_between_emotions_is_what_centring_forces():
    """Six directions of like norm that sum to zero have a mean cosine of -1/5, whatever they are of."""
    for signal in (0.0, 1.0):
        found = compute(make_states(signal, scenarios=40), [True] * 120, least=3).directions
        assert pair_cosines.pair_cosines(found.movedim(0, 2)).mean() == pytest.approx(-1 / 5, abs=0.02)


def test_centred_once_more_they_sum_to_zero():
    states = make_states().residual + 3000.0
    assert emotion_directions.centroids(states).sum(0).abs().max() < 1e-3
    torch.testing.assert_close(emotion_directions.centroids(states), from_cells(states), atol=1e-2, rtol=1e-2)


def test_directions_survive_the_round_trip(tmp_path):
    found = compute(make_states(), [True] * 24, least=3)
    emotion_directions.save(found, tmp_path / "d.safetensors", model_sha256="0")
    again = emotion_directions.load(tmp_path / "d.safetensors")
    torch.testing.assert_close(again.directions, found.directions)
    assert (again.used, again.share_kept, again.filtered) == (found.used, 1.0, True)


def test_permuted_labels_are_permuted_within_groups():
    weights = permutation.shuffle_weights(50, 4, 6, seed=1)
    assert torch.equal(weights.sum(1), torch.full((50, 4, 6), 1 / 4)), "each state is used once in a set"
    assert torch.equal(weights.sum(3), torch.full((50, 6, 4), 1 / 4)), "each emotion has one state of each group"
    states = random(4, 6, WIDTH)
    found = emotion_directions.weighted(weights, centred(states, axis=1))
    order = weights[3].argmax(-1)
    expected = torch.stack([states[torch.arange(4), order[emotion]].mean(0) for emotion in range(6)])
    torch.testing.assert_close(found[3], expected - expected.mean(0), atol=1e-5, rtol=1e-4)


def test_scenario_sums_give_the_same_directions():
    states = make_states()
    sums = emotion_directions.scenario_sums(states.residual, states.scenarios)
    assert len(sums) == SCENARIOS
    torch.testing.assert_close(
        unit(sums.sum(0)), unit(emotion_directions.centroids(states.residual)), atol=1e-4, rtol=1e-3
    )
