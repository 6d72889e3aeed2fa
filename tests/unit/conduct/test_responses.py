"""Responses of a set: what is measured is stored, read back and taken apart by experiment, scenario and variant."""

import pytest
import torch
from safetensors.torch import save_file

from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.conduct import doses, responses
from emotion_vectors.engine import prompts
from emotion_vectors.engine.gradients import respond
from emotion_vectors.stimuli.experiments import Experiment
from emotion_vectors.stimuli.situations import Item

SIDES = {"blackmail": ("they closed the door", "a quiet storm"), "open": ("the morning train", "over the bridge")}
VARIANTS = {"none": "with a letter", "tonight": "before the storm"}


def experiment(**changes):
    values = {
        "name": "blackmail",
        "kind": "conduct",
        "items": "blackmail",
        "readouts": (),
        "target": "blackmail",
        "alternative": "open",
        "group": (),
        "variants": ("tonight",),
        "pressure": ("none", "tonight"),
        "emotions": ("calm",),
        "ladder": (),
        "fine": (),
    }
    return Experiment(**(values | changes))


@pytest.fixture(scope="module")
def items():
    return [
        Item(scenario, variant, "-", "", f"she was at school {text}", SIDES, {}, ())
        for scenario in ("b01", "b02", "b03")
        for variant, text in VARIANTS.items()
    ]


@pytest.fixture(scope="module")
def packed(llama, items):
    return [prompts.encode(llama, item) for item in items]


@pytest.fixture(scope="module")
def stored(llama, items, packed, tmp_path_factory):
    tensors, facts = responses.measure(llama, items, packed, [experiment()])
    file = tmp_path_factory.mktemp("responses") / "blackmail.safetensors"
    save_file(tensors, file, metadata=facts)
    return responses.load(file)


def test_only_the_variants_of_an_experiment_are_differentiated(stored, llama):
    assert stored.differentiated == [1, 3, 5]
    assert stored.gradients_of(experiment()).shape == (3, 1, llama.layers, llama.width)


def test_gradients_and_log_odds_are_those_of_the_item_itself(stored, llama, items, packed):
    contrast = prompts.contrast(items[3], "blackmail", "open")[None]
    alone = respond(llama, packed[3], contrast)
    torch.testing.assert_close(stored.gradients_of(experiment())[1, 0], alone.gradients[0])
    odds = stored.odds_of(experiment(), ("none", "tonight"))
    assert odds.shape == (3, 2)
    torch.testing.assert_close(odds[1, 1], (contrast @ alone.logprobs)[0])
    torch.testing.assert_close(stored.readings[3], alone.reading)


def test_rows_follow_the_order_of_variants_in_the_table(stored):
    both = experiment(variants=("tonight", "none"))
    assert stored.rows(both) == [1, 0, 3, 2, 5, 4]


def test_a_contrast_that_was_not_measured_is_named(stored):
    with pytest.raises(responses.ResponseError, match="'candour' was not measured"):
        stored.column(experiment(name="candour", target="open", alternative="blackmail"))


def test_a_truncated_file_is_named_with_its_remedy(tmp_path):
    file = tmp_path / "blackmail.safetensors"
    file.write_bytes(b"\x10\x00\x00")
    with pytest.raises(ArtefactError, match="not a complete responses file"):
        responses.load(file)


def test_small_doses_follow_the_gradient(stored, llama, items, packed):
    """Finite strengths and slopes are two ways to the same number."""
    direction = torch.randn(llama.width, generator=torch.Generator().manual_seed(0))
    vectors = 0.02 * torch.stack([direction, -direction]) / direction.norm()
    added = doses.Doses(2, vectors, 500)
    changes = doses.respond_to_doses(llama, items[1], packed[1], [experiment()], added)
    slope = stored.gradients_of(experiment())[0, 0, 2] @ vectors[0]
    torch.testing.assert_close((changes[0, 0] - changes[1, 0]) / 2, slope, atol=2e-5, rtol=2e-2)


def test_dosed_items_stand_in_the_middle_variant(items):
    chosen = doses.dosed_items(items, [experiment(variants=("none", "tonight"))], 2)
    assert [item.name for item in chosen] == ["b01-tonight", "b03-tonight"]
