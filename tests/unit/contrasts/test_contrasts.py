"""Contrasts of parts against plain loops; planted parts are named, and permuted labels find none."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from emotion_vectors.contrasts import few, few_evidence, specificity
from emotion_vectors.contrasts.labellings import TRUE, labellings, means
from emotion_vectors.contrasts.parts import LayerStates, PartContrasts, contrasts
from emotion_vectors.statistics.algebra import unit
from tests.random_tensors import random

EMOTIONS, PARTS, SIZE, WIDTH, SCENARIOS = 6, 12, 3, 20, 8
MANY = 60
"""Parts of a layer of which four are few."""
NAMES = [f"s{number // 3}" for number in range(3 * SCENARIOS)]
SETS = labellings(NAMES, EMOTIONS, permutations=60, resamples=40, seed=3)


def made_layer(signal: float, planted: tuple[int, ...] = (2, 7, 8), seed: int = 0, parts: int = PARTS) -> LayerStates:
    """A layer whose parts write noise, and the planted ones towards an emotion as well; whatever they write is in the stream."""
    output = random(WIDTH, parts * SIZE, seed=9) / WIDTH**0.5
    inputs = random(len(NAMES), EMOTIONS, parts, SIZE, seed=seed)
    towards = (random(EMOTIONS, WIDTH, seed=8) @ output).reshape(EMOTIONS, parts, SIZE)
    inputs[:, :, list(planted)] += signal * towards[:, list(planted)]
    inputs = inputs.flatten(2) + 5 * random(len(NAMES), 1, parts * SIZE, seed=seed + 1)
    stream = inputs @ output.T + random(len(NAMES), EMOTIONS, WIDTH, seed=seed + 2)
    return LayerStates(inputs, stream, 2.0, lambda directions: directions @ output, parts)


# Labels ------------------------------------------------------------------------------------------------------------


def test_means_under_a_labelling_are_those_of_the_prompts_that_it_names():
    values = random(len(NAMES), EMOTIONS, 5, seed=4)
    for half in (0, 1):
        rows = (SETS.half == half).nonzero()[:, 0].tolist()
        found = means(values[rows], SETS.weights(half))
        for number in (TRUE, 5, SETS.resampled.start + 3):
            times = SETS.times[number]
            for emotion in range(EMOTIONS):
                taken = sum(times[row] * values[row, SETS.order[number, row, emotion]] for row in rows)
                torch.testing.assert_close(found[number, emotion], taken / times[rows].sum(), atol=1e-5, rtol=1e-4)


def test_the_first_labelling_is_true_and_scenarios_are_drawn_within_their_half():
    assert (SETS.order[TRUE] == torch.arange(EMOTIONS)).all()
    assert (SETS.order[SETS.permuted] != torch.arange(EMOTIONS)).any(-1).any(-1).all()
    assert (SETS.order[SETS.resampled] == torch.arange(EMOTIONS)).all()
    for half in (0, 1):
        drawn = SETS.times[SETS.resampled][:, SETS.half == half]
        assert (drawn.sum(1) == len(NAMES) / 2).all()
        assert (drawn.reshape(len(drawn), -1, 3).std(-1) == 0).all()


# Contrasts ---------------------------------------------------------------------------------------------------------


def test_contrasts_are_what_their_definition_says():
    layer, story = made_layer(1.0), unit(random(EMOTIONS, WIDTH, seed=6))
    found = contrasts(layer, SETS, story)
    for half, number in ((0, TRUE), (1, 4), (1, SETS.resampled.start)):
        order, times = SETS.order[number], SETS.times[number]

        def of(values, emotion, rows, order=order, times=times):
            inside = values - values.mean(1, keepdim=True)
            return sum(times[row] * inside[row, order[row, emotion]] for row in rows) / times[rows].sum()

        here, there = ((SETS.half == side).nonzero()[:, 0].tolist() for side in (half, 1 - half))
        for emotion in (0, 5):
            writes = layer.writes(unit(of(layer.stream, emotion, here)))
            for read, rows, along in (
                (found.chosen, here, writes),
                (found.judged, there, writes),
                (found.stories, there, layer.writes(story[emotion])),
            ):
                expected = (of(layer.inputs, emotion, rows) * along).reshape(PARTS, SIZE).sum(-1)
                torch.testing.assert_close(read[half, number, emotion], expected, atol=1e-4, rtol=1e-3)


def summed(layer: LayerStates) -> few.FewParts:
    found = contrasts(layer, SETS)
    sums = few.few_of_layer(found, layer.norm, torch.Generator().manual_seed(0))
    return few.FewParts("heads", layer.parts, {name: values[..., None].numpy() for name, values in sums.items()}, SETS)


JUDGED = few_evidence.Judged(SETS, SCENARIOS, 0)


def test_planted_parts_are_named_and_hold_what_is_written():
    layer = made_layer(10.0, parts=MANY)
    found = contrasts(layer, SETS)
    table = few.strongest([found], [layer.norm], [str(emotion) for emotion in range(EMOTIONS)])
    assert {*table[table["rank"] == 1]["part"]} <= {2, 7, 8}
    assert {*table.groupby("part")["contrast"].sum().nlargest(3).index} == {2, 7, 8}
    share, above, sizes = few_evidence.handful_rows(summed(layer), JUDGED)
    assert {row["guard"] for row in (share, above, sizes)} == {""}
    assert share["estimate"] > 0.8
    assert share["low"] > 0.5
    assert share["null_percentile"] == above["null_percentile"] == 100
    assert sizes["high"] < 1


@pytest.mark.parametrize("seed", range(20, 24))
def test_without_an_emotion_the_contrast_stays_within_its_null(seed: int):
    rows = few_evidence.handful_rows(summed(made_layer(0.0, seed=seed, parts=MANY)), JUDGED)
    inside = [row for row in rows if row["guard"] or row["null_percentile"] <= 95]
    assert inside


def test_a_few_of_few_parts_are_no_handful_and_the_reason_names_them():
    """Twelve parts of which three write the emotion: the share could hardly be small, and random parts hardly nothing."""
    sums = summed(made_layer(2.0))
    writing = (contrasts(made_layer(2.0), SETS).chosen[:, TRUE] > 0).double().sum(-1).mean()
    assert sums.writers == pytest.approx(float(writing))
    rows = few_evidence.handful_rows(sums, JUDGED)
    rows += [
        few_evidence.ten_row(sums, sums.over_layers("top"), JUDGED),
        few_evidence.story_row(sums, sums.over_layers("top"), 1.0, JUDGED),
    ]
    for row, count in zip(rows, (4, 4, 4, 10, 4), strict=True):
        assert row["guard"].startswith(f"{count} heads are no handful of the {sums.writers:.1f} (of {PARTS})")


@pytest.mark.parametrize(("writers", "closed"), [(13.0, True), (13.4, False)])
def test_few_are_at_most_a_laid_down_share_of_those_that_write(writers: float, closed: bool):
    towards = {"towards": np.zeros((len(SETS.order), EMOTIONS, 2)), "top": np.zeros((len(SETS.order), EMOTIONS, 2))}
    sums = towards | {"writers": np.full((len(SETS.order), EMOTIONS, 2), writers)}
    assert bool(few_evidence.crowded(few.FewParts("heads", 30, sums, SETS), few.FEW, 1)) is closed


def test_equal_parts_hold_as_much_as_there_are_among_those_that_write():
    sums = summed(made_layer(10.0, parts=MANY))
    beside = few_evidence.handful_rows(sums, JUDGED)[0]["beside"]
    assert beside.endswith(f"equal ones would hold {4 / sums.writers:.3f}")


def test_random_parts_are_drawn_outside_the_top_ones():
    top = torch.tensor([[7, 0, 3, 4], [11, 10, 9, 8]])
    drawn = torch.stack([torch.randperm(8, generator=torch.Generator().manual_seed(seed))[:4] for seed in range(30)])
    numbers = few.outside(top, drawn)
    for row, taken in zip(numbers, top, strict=True):
        assert {*row.flatten().tolist()} == {*range(12)} - {*taken.tolist()}
        assert all(len({*draw.tolist()}) == 4 for draw in row)


def test_the_strongest_are_ranked_by_the_first_half_and_shown_by_the_second():
    chosen, judged = (random(2, 1, 2, 15, seed=seed) for seed in (1, 2))
    table = few.strongest([PartContrasts(chosen, judged, None)], [2.0], ["anger", "fear"])
    order = chosen[0, 0, 1].argsort(descending=True)[:10]
    fear = table[table["emotion"] == "fear"]
    assert fear["part"].tolist() == order.tolist()
    assert fear["contrast"].tolist() == pytest.approx((judged[0, 0, 1][order] / 2).tolist())


def test_what_all_prompts_of_an_event_share_changes_nothing():
    layer = made_layer(1.0)
    shared = 50 * random(len(NAMES), 1, PARTS * SIZE, seed=11)
    moved = LayerStates(layer.inputs + shared, layer.stream, layer.norm, layer.writes, PARTS)
    one, other = (contrasts(states, SETS).judged for states in (layer, moved))
    torch.testing.assert_close(one, other, atol=1e-3, rtol=1e-3)


def test_ten_of_all_layers_are_those_chosen_on_the_other_half():
    layers = [made_layer(1.0, seed=seed) for seed in (0, 30)]
    found = [contrasts(layer, SETS) for layer in layers]
    ten = few.ten_of_all(found, [2.0, 4.0])
    chosen = torch.cat([found[0].chosen / 2, found[1].chosen / 4], -1)[1, TRUE, 3]
    judged = torch.cat([found[0].judged / 2, found[1].judged / 4], -1)[:, TRUE, 3]
    first = torch.cat([found[0].chosen / 2, found[1].chosen / 4], -1)[0, TRUE, 3]
    expected = (
        judged[0][first.argsort(descending=True)[:10]].sum() + judged[1][chosen.argsort(descending=True)[:10]].sum()
    ) / 2
    assert float(ten[TRUE, 3]) == pytest.approx(float(expected), abs=1e-5)


def test_along_stories_the_few_are_read_beyond_random_ones():
    layer, story = made_layer(2.0), unit(random(EMOTIONS, WIDTH, seed=6))
    found = contrasts(layer, SETS, story)
    values = found.stories[:, TRUE, 0]
    expected = [
        values[half][found.chosen[half, TRUE, 0].argsort(descending=True)[:4]].sum() - 4 * values[half].mean()
        for half in (0, 1)
    ]
    assert float(few.along_stories(found)[TRUE, 0]) == pytest.approx(float(sum(expected)) / 2, abs=1e-5)


# What circuits share -----------------------------------------------------------------------------------------------


def test_indices_are_zero_by_chance_and_one_for_the_same_parts():
    size, layers, parts = 3, 2, 12
    everything = np.array([[[size * layers]]])
    assert specificity.corrected(everything, size, layers, parts).item() == pytest.approx(1)
    by_chance = np.array([[[layers * size**2 / parts]]])
    assert specificity.corrected(by_chance, size, layers, parts).item() == pytest.approx(0)


def test_shared_parts_are_counted_across_halves():
    chosen = random(2, 1, 2, PARTS, seed=1)
    found = specificity.shared_parts(chosen, 3)[0]
    taken = [[{*row.argsort(descending=True)[:3].tolist()} for row in chosen[half, 0]] for half in (0, 1)]
    for one in (0, 1):
        for other in (0, 1):
            assert found[one, other] == len(taken[0][one] & taken[1][other])


@pytest.mark.parametrize(
    ("kind", "layers", "parts", "size"),
    [("heads", 30, 9, 2), ("heads", 24, 14, 4), ("heads", 4, 3, 0), ("neurons", 30, 1536, 14)],
)
def test_circuits_hold_at_most_a_share_of_the_parts(kind: str, layers: int, parts: int, size: int):
    assert specificity.size_in_layer(kind, layers, parts) == size


def overlaps_of(planted) -> specificity.Overlaps:
    """Of six parts for each emotion that are its own, or the same for all; circuits of six, so that an index has many values."""
    size, parts = EMOTIONS, EMOTIONS * EMOTIONS
    inputs = random(len(NAMES), EMOTIONS, parts, SIZE, seed=5)
    for emotion in range(EMOTIONS):
        inputs[:, emotion, planted(emotion)] += 3 * random(size, SIZE, seed=emotion)
    output = random(WIDTH * 6, parts * SIZE, seed=9)
    inputs = inputs.flatten(2)
    found = contrasts(LayerStates(inputs, inputs @ output.T, 1.0, lambda along: along @ output, parts), SETS)
    shared = specificity.shared_parts(found.chosen, size).numpy()
    return specificity.Overlaps(specificity.corrected(shared, size, 1, parts), size, parts)


def test_parts_of_their_own_are_specific_and_shared_parts_are_shared():
    own = overlaps_of(lambda emotion: range(EMOTIONS * emotion, EMOTIONS * (emotion + 1)))
    common = overlaps_of(lambda emotion: range(EMOTIONS))
    rows = specificity.sharing_rows({"neurons": own, "heads": common}, JUDGED)
    assert rows[0]["part"] == "neurons more specific than heads"
    assert all(row["estimate"] > 0.5 and row["null_percentile"] > 95 for row in rows)
    none = specificity.Overlaps(np.zeros((len(SETS.order), EMOTIONS, EMOTIONS)), 0, 3)
    assert "too few heads" in specificity.sharing_rows({"neurons": own, "heads": none}, JUDGED)[0]["guard"]
