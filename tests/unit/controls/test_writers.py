"""Planted writers: they write what is said, large ones are named and found by the registered rules, shams and opposites are not."""

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.claims import registry
from emotion_vectors.claims.judging import REPLICATED
from emotion_vectors.contrasts.few_evidence import Judged
from emotion_vectors.contrasts.labellings import labellings
from emotion_vectors.contrasts.parts import LayerStates
from emotion_vectors.controls import writers
from emotion_vectors.controls.sown import NAMED, OPPOSITE, PLANT, SHAM
from emotion_vectors.controls.writers import PlantedPrompts
from emotion_vectors.statistics.algebra import centred
from tests.act_tables import WORKFLOW
from tests.random_tensors import random

CLAIMS = registry.load([WORKFLOW / "claims/contrasts.yaml"], WORKFLOW / "schemas/claim.schema.yaml")
EMOTIONS, WIDTH, SCENARIOS, PARTS = 6, 24, 8, 60
NAMES = [f"s{number // 3}" for number in range(3 * SCENARIOS)]
SETS = labellings(NAMES, EMOTIONS, permutations=40, resamples=40, seed=3)
JUDGED = Judged(SETS, SCENARIOS, 0)


def layers(size: int, count: int = 2, signal: float = 0.0) -> list[LayerStates]:
    """Layers whose parts write noise of their own, and the first part an emotion of the true labels."""
    made = []
    for layer in range(count):
        output = random(WIDTH, PARTS * size, seed=9 + layer) / WIDTH**0.5
        inputs = random(len(NAMES), EMOTIONS, PARTS * size, seed=20 + layer)
        inputs[..., :size] += signal * random(EMOTIONS, size, seed=7)
        stream = inputs @ output.T + random(len(NAMES), EMOTIONS, WIDTH, seed=30 + layer)
        made.append(LayerStates(inputs, stream, 2.0 + layer, lambda along, output=output: along @ output, PARTS))
    return made


def table(kind: str, known: list[LayerStates], sizes: list[float], draws: int = 1, claims=CLAIMS) -> pd.DataFrame:
    prompts = PlantedPrompts(kind, known, [str(emotion) for emotion in range(EMOTIONS)], JUDGED)
    return pd.DataFrame(row for draw in range(draws) for row in prompts.sown_and_judged(claims, sizes, draw, 5))


@pytest.fixture(scope="module", params=["heads", "neurons"])
def large(request):
    size, count = {"heads": (3, 2), "neurons": (1, 1)}[request.param]
    return request.param, table(request.param, layers(size, count), [0.01, 4.0], draws=3)


def test_large_writers_are_named_and_found_and_what_is_none_is_not(large):
    _, rows = large
    planted = rows[(rows["kind"] == PLANT) & (rows["size"] == 4.0)]
    assert planted["found"].all(), planted
    others = rows[rows["kind"] != PLANT]
    assert not others.loc[others["part"] == NAMED, "found"].any()
    assert not rows.loc[(rows["size"] == 0.01) & (rows["part"] == NAMED), "found"].any()
    assert REPLICATED not in {*others.loc[others["kind"] == OPPOSITE, "verdict"]}
    assert others["found"].mean() <= 0.1


def test_registered_parts_are_judged_beside_the_names(large):
    kind, rows = large
    claim, parts = {
        "heads": ("W05b", {"share of the top ten"}),
        "neurons": ("W04b", {"share of the contrast, top 4", "top 4 minus random 4"}),
    }[kind]
    assert {*rows["claim"]} == {claim}
    assert {*rows["part"]} == parts | {NAMED}
    assert parts <= {part["name"] for part in CLAIMS[claim]["parts"]}


def test_the_registered_rule_decides():
    out_of_reach = {
        name: claim | {"parts": [part | {"null_percentile": 101} for part in claim["parts"]]}
        for name, claim in CLAIMS.items()
    }
    rows = table("heads", layers(3), [4.0], claims=out_of_reach)
    assert not rows.loc[rows["part"] != NAMED, "found"].any()


def test_true_labels_are_gone_before_anything_is_planted():
    rows = table("heads", layers(3, signal=20.0), [0.001])
    assert not rows["found"].any()


@pytest.mark.parametrize(("kind", "sign"), [(PLANT, 1), (OPPOSITE, -1)])
def test_a_writer_writes_a_contrast_of_its_size_into_its_layer_and_all_later_ones(kind, sign):
    known = layers(3, count=3)
    planted = writers.writer(known, (1, 4), np.random.default_rng(2))
    changed = writers.with_writers(known, [planted], kind, 1.5, np.random.default_rng(3))
    means = [centred(layer.stream, axis=1).mean(0) / layer.norm for layer in known]
    amount = 1.5 * float(torch.stack(means).square().sum(-1).mean().sqrt()) * known[1].norm
    torch.testing.assert_close(planted.written.norm(dim=-1), torch.ones(EMOTIONS))
    assert torch.equal(changed[0].stream, known[0].stream)
    for layer in (1, 2):
        torch.testing.assert_close(
            changed[layer].stream - known[layer].stream, amount * planted.written.expand(len(NAMES), -1, -1)
        )
    # What the head is said to have written follows of its changed inputs alone.
    output = known[1].writes(torch.eye(WIDTH))
    written = (changed[1].inputs - known[1].inputs) @ output.T
    torch.testing.assert_close(
        written, sign * amount * planted.written.expand(len(NAMES), -1, -1), atol=1e-4, rtol=1e-4
    )
    untouched = [column for column in range(PARTS * 3) if column // 3 != 4]
    assert torch.equal(changed[1].inputs[..., untouched], known[1].inputs[..., untouched])


def test_a_sham_writes_as_much_in_every_event_and_nothing_on_average_by_its_labels():
    known = layers(3, count=1)
    planted = writers.writer(known, (0, 4), np.random.default_rng(2))
    sham = writers.with_writers(known, [planted], SHAM, 1.0, np.random.default_rng(3))[0].stream - known[0].stream
    plant = writers.with_writers(known, [planted], PLANT, 1.0, np.random.default_rng(3))[0].stream - known[0].stream
    torch.testing.assert_close(sham.norm(dim=-1).sum(1), plant.norm(dim=-1).sum(1))
    assert float(centred(sham.mean(0)).norm()) < 0.4 * float(centred(plant.mean(0)).norm())


def test_a_neuron_takes_both_signs_alike_often():
    planted = writers.writer(layers(1), (0, 4), np.random.default_rng(2))
    assert sorted(planted.inputs.sign().flatten().tolist()) == [-1] * 3 + [1] * 3


def test_a_part_without_weights_is_refused():
    silent = LayerStates(*(torch.ones(2, 3, 4),) * 2, 1.0, lambda along: torch.zeros(len(along), 4), 2)
    with pytest.raises(ValueError, match="part 1 of layer 0 writes nothing"):
        writers.writer([silent], (0, 1), np.random.default_rng(0))


def test_names_are_right_where_all_of_them_are():
    strongest = pd.DataFrame(
        [("joy", rank, 0, part) for rank, part in ((1, 4), (2, 2), (3, 9))]
        + [("fear", rank, 0, part) for rank, part in ((1, 2), (2, 8), (3, 4))],
        columns=["emotion", "rank", "layer", "part"],
    )
    assert writers.share_named(strongest, [(0, 2), (0, 4)]) == 0.5
