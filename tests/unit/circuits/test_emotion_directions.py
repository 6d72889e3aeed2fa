"""Directions of emotions against a slow reading of their definition, and against groups whose answer is known."""

import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file
from sklearn.metrics import silhouette_samples

from emotion_vectors.circuits import emotion_directions, pair_cosines, prompt_states, separation
from emotion_vectors.circuits.emotion_directions import DirectionError
from emotion_vectors.meaning import decoding
from emotion_vectors.meaning.emotion_vectors import from_cells
from emotion_vectors.models.layers import from_depth
from emotion_vectors.statistics import effects, permutation
from emotion_vectors.statistics.algebra import centred, unit
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.events import EMOTIONS, VALENCES

NAMES = list(EMOTIONS)
LAYERS, WIDTH, SCENARIOS = 5, 24, 8


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@dataclass(frozen=True)
class Prompts:
    """States of prompts in memory."""

    events: list[str]
    scenarios: list[str]
    residual: torch.Tensor
    neurons: torch.Tensor
    heads: torch.Tensor


def compute(states, accepted, least=3):
    """Directions of states that are stored first, as the captured ones are."""
    tensors = {name: getattr(states, name).contiguous() for name in ("residual", "neurons", "heads")}
    facts = {"events": states.events, "scenarios": states.scenarios, "emotions": NAMES}
    metadata = {name: json.dumps(names) for name, names in facts.items()}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "states.safetensors")
        save_file(tensors, file, metadata={**metadata, "model_sha256": "0", "events_sha256": "0"})
        return emotion_directions.compute(prompt_states.load(file), accepted, least)


def make_states(signal=1.0, scenarios=SCENARIOS, seed=0, prefix="s", emotions_seed=99):
    """Prompts with an emotion of their own, a large scene that all six share, and noise; there is no emotion at layers 0 and 1."""
    events = scenarios * 3
    emotion = signal * random(6, 2, LAYERS, WIDTH, seed=emotions_seed)
    emotion[:, :, :2] = 0
    scene = 20 * random(events, 1, 2, LAYERS, WIDTH, seed=seed)
    names = [f"{prefix}{number}" for number in range(scenarios) for _ in VALENCES]
    return Prompts(
        events=[f"{name}-{VALENCES[row % 3]}" for row, name in enumerate(names)], scenarios=names,
        residual=scene + emotion + random(events, 6, 2, LAYERS, WIDTH, seed=seed + 1),
        neurons=random(events, 6, LAYERS, 7, seed=seed + 2), heads=random(events, 6, LAYERS, 9, seed=seed + 3),
    )  # fmt: skip


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


# Separation (W01, W10) ---------------------------------------------------------------------------------------------


def curve(signal, sets=60):
    fit, test = make_states(signal), make_states(signal, seed=50, prefix="h", scenarios=12)
    used, tested = fit.residual[:, :, 1], test.residual[:, :, 1]
    return separation.accuracy_curve(used, tested, used.mean((0, 1)), test.scenarios, sets, seed=0), test


def test_held_out_prompts_are_read_one_by_one():
    """Nothing of a prompt's event but the prompt itself decides: changing the others changes no hit of it."""
    fit, test = make_states().residual[:, :, 1], make_states(seed=50).residual[:, :, 1]
    vectors, centre = emotion_directions.centroids(fit), fit.mean((0, 1))
    hits = separation.held_out_hits(test, centre, vectors)
    changed = test.clone()
    changed[:, 1:] = random(*changed[:, 1:].shape, seed=9)
    assert (separation.held_out_hits(changed, centre, vectors)[:, :, 0] == hits[:, :, 0]).all()
    scores = torch.nn.functional.cosine_similarity((test[2, 3, 4] - centre[4])[None], vectors[:, 4])
    assert hits[4, 2, 3] == (int(scores.argmax()) == 3)


def test_accuracy_is_high_where_there_is_an_emotion_and_chance_elsewhere():
    found, _ = curve(signal=25.0)
    assert found.values.shape == (LAYERS, 12)
    assert found.values[:2].mean() == pytest.approx(1 / 6, abs=0.12)
    assert found.values[2:].mean() > 0.6
    assert found.null.mean() == pytest.approx(1 / 6, abs=0.05)
    deeper = found.effect(
        separation.contrast_weights(LAYERS), 200, 0, scale=effects.Scale(of="s", unit="u", two_sided=True)
    )
    assert deeper.low > 0.2
    assert deeper.null_percentile > 95
    table = found.table(200, 0)
    assert list(table["value"]) == pytest.approx(found.values.mean(1))
    assert (table["low"] <= table["value"]).all()


def test_without_emotion_accuracy_is_inside_its_null():
    found, _ = curve(signal=0.0)
    effect = found.effect(
        separation.deep_weights(LAYERS), 200, 0, scale=effects.Scale(of="s", unit="u", reference=1 / 6)
    )
    assert 1 < effect.null_percentile < 99
    assert effect.estimate == pytest.approx(1 / 6, abs=0.1)


def test_null_accuracies_are_those_of_the_slow_way():
    test, sets = random(7, 6, WIDTH), random(5, 6, WIDTH, seed=2)
    slow = [
        (
            decoding.ranks_of_truth(decoding.cosines(test.flatten(0, 1)[:, None], each[:, None]), list(range(6)) * 7)
            == 1
        ).mean()
        for each in sets
    ]
    np.testing.assert_allclose(separation.accuracies_under(test, sets), slow)


def test_silhouettes_are_those_of_scikit_learn():
    states = random(7, 6, WIDTH)
    labels = permutation.label_sets(3, 7, 6, seed=0)
    found = separation.silhouettes(separation.cosine_distances(states), labels)
    points = (states - states.mean(1, keepdim=True)).flatten(0, 1).double().numpy()
    for values, classes in zip(found, labels, strict=True):
        np.testing.assert_allclose(values, silhouette_samples(points, classes, metric="cosine"), atol=1e-5)
    assert torch.equal(labels[0], torch.arange(6).repeat(7))
    assert all(sorted(row) == list(range(6)) for row in labels.reshape(-1, 6).tolist())


def test_silhouette_does_not_see_the_scene():
    test = make_states(4.0, seed=50)
    found = separation.silhouette_curve(test.residual[:, :, 1], test.scenarios, 40, seed=0)
    assert found.values[2:].mean() > 0.3
    assert found.null.mean() < 0.05
    assert found.values[:2].mean() < 0.1


def test_layers_from_forty_percent_of_depth_on():
    assert from_depth(30, emotion_directions.DEEP) == list(range(11, 30))
    weights = separation.contrast_weights(5)
    np.testing.assert_allclose(weights, [-1, 1 / 4, 1 / 4, 1 / 4, 1 / 4])


def test_cosines_find_the_pair_that_is_close():
    states = make_states(3.0, scenarios=20)
    anger, disgust = NAMES.index("anger"), NAMES.index("disgust")
    states.residual[:, [anger, disgust]] += 4 * random(WIDTH, seed=4)
    found = pair_cosines.cosine_curves(states.residual[:, :, 1], states.scenarios, Draws(100, 50, 0))
    pair = found.pairs.index((anger, disgust))
    others = np.delete(found.values, pair, axis=1)[2:]
    assert (found.values[2:, pair] > others.max(1)).all()
    assert (found.values[2:, pair] > 0.3).all()
    np.testing.assert_allclose(
        found.values.sum(1),
        pair_cosines.pair_cosines(unit(emotion_directions.centroids(states.residual[:, :, 1])).movedim(0, 1)).sum(1),
        atol=1e-3,
    )
    others = found.of_others([pair, 0])
    assert others.shape == (found.resampled.shape[0] * 13,)
    deep = separation.deep_weights(len(found.values))
    assert np.quantile(others, 0.95) < deep @ found.values[:, pair]
    assert -0.2 < found.shuffled_95() < 1
    table = found.table(NAMES)
    row = table[(table["layer"] == 3) & (table["left"] == "anger") & (table["right"] == "disgust")].iloc[0]
    assert row["cosine"] == pytest.approx(found.values[3, pair])
    assert row["low"] < row["cosine"] < row["high"] + 0.05
