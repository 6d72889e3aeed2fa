"""States at the last token of prompts against plain hooks on one unpadded prompt at a time."""

import json

import pytest
import torch
from safetensors.torch import save_file

from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.circuits import prompt_states
from emotion_vectors.circuits.prompt_states import PromptStateError
from emotion_vectors.engine.capture import CaptureError
from emotion_vectors.models.points import ATTENTION, HEADS, MLP, NEURONS, POINTS
from emotion_vectors.stimuli import events
from emotion_vectors.stimuli.events import Event

BEFORE_OWN_NORM = {"llama", "qwen2", "qwen3", "mistral", "phi3"}
"""Families that add what the attention returns as it is."""


@torch.no_grad()
def run(model, ids, *, silenced=None):
    """What the parts of every block hand on for one prompt, read by plain hooks; `silenced` is a block whose MLP writes nothing."""
    seen = {name: {} for name in ("input", "output", "attention", "neurons", "heads")}
    handles = []
    for layer, block in enumerate(model.blocks):
        projections = {"neurons": model.mlp_output(layer), "heads": model.attention_output(layer)}
        handles += [
            block.register_forward_hook(
                lambda _part, inputs, output, at=layer: (
                    seen.__getitem__("input").__setitem__(at, inputs[0][0, -1])
                    or seen["output"].__setitem__(at, (output[0] if isinstance(output, tuple) else output)[0, -1])
                )
            ),
            block.self_attn.register_forward_hook(
                lambda _part, _inputs, output, at=layer: seen["attention"].__setitem__(at, output[0][0, -1])
            ),
        ]
        for name, projection in projections.items():
            handles.append(
                projection.register_forward_pre_hook(
                    lambda _part, inputs, at=layer, name=name: seen[name].__setitem__(at, inputs[0][0, -1])
                )
            )
    if silenced is not None:
        handles.append(
            model.mlp_output(silenced).register_forward_hook(lambda _part, _inputs, output: torch.zeros_like(output))
        )
    model.network(input_ids=torch.tensor([ids]), use_cache=False)
    for handle in handles:
        handle.remove()
    return {name: torch.stack([states[layer] for layer in range(model.layers)]) for name, states in seen.items()}


def close(ours, theirs):
    torch.testing.assert_close(ours, theirs, atol=2e-5 * float(theirs.abs().max()), rtol=1e-4)


def test_states_are_those_of_single_unpadded_prompts(any_model, stories):
    found = prompt_states.capture(any_model, stories, budget=250)
    assert len({len(text.ids) for text in stories}) > 3, "some rows are padded"
    for row, text in enumerate(stories):
        alone = run(any_model, text.ids)
        close(found["residual"][row, POINTS.index(MLP)], alone["output"])
        close(found["neurons"][row], alone["neurons"])
        close(found["heads"][row], alone["heads"])


def test_first_point_is_what_the_block_returns_when_its_mlp_writes_nothing(any_model, stories):
    """The definition for every family, whatever is normalised where: the stream once attention has written, before the MLP has."""
    found = prompt_states.capture(any_model, stories[:2], budget=250, components=False)
    for row, text in enumerate(stories[:2]):
        for layer in range(any_model.layers):
            close(
                found["residual"][row, POINTS.index(ATTENTION), layer],
                run(any_model, text.ids, silenced=layer)["output"][layer],
            )
    assert set(found) == {"residual"}


def test_first_point_is_layer_input_plus_attention_where_nothing_is_normalised_before_it_is_added(any_model, stories):
    alone = run(any_model, stories[0].ids)
    summed = alone["input"] + alone["attention"]
    found = prompt_states.capture(any_model, stories[:1], budget=250)["residual"][0, POINTS.index(ATTENTION)]
    if any_model.network.config.model_type in BEFORE_OWN_NORM:
        close(found, summed)
    else:
        assert (found - summed).norm() > 0.1 * found.norm(), "these families normalise what attention returns"


def test_batches_and_order_of_prompts_change_nothing(any_model, stories):
    apart = prompt_states.capture(any_model, stories, budget=100)
    order = [4, 2, 6, 0, 5, 1, 3]
    mixed = prompt_states.capture(any_model, [stories[row] for row in order], budget=10**6)
    for name, tensor in apart.items():
        close(mixed[name], tensor[order])


def test_nothing_stays_attached_and_not_finite_states_are_named(make_model, stories):
    model = make_model("llama")
    before = [len(part._forward_hooks) + len(part._forward_pre_hooks) for part in model.network.modules()]
    prompt_states.capture(model, stories, budget=250)
    assert [len(part._forward_hooks) + len(part._forward_pre_hooks) for part in model.network.modules()] == before
    with torch.no_grad():
        model.mlp_output(2).weight[0, 0] = float("nan")
    with pytest.raises(CaptureError, match=r"tiny-llama: residual of text 0 at layer 2"):
        prompt_states.capture(model, stories, budget=500)


def event_set():
    return [
        Event(f"s{number}", "work" if number < 2 else "home", valence, f"Scene {number}.\nWhat is {valence} happens.")
        for number in range(4)
        for valence in events.VALENCES
    ]


def test_scenarios_of_a_smaller_study_come_from_the_themes_in_turn():
    chosen = events.some_scenarios(event_set(), 2)
    assert [event.name for event in chosen] == [
        f"{name}-{valence}" for name in ("s0", "s2") for valence in events.VALENCES
    ]
    assert events.some_scenarios(event_set(), 99) == event_set()


@pytest.fixture
def stored(tmp_path):
    """A file whose numbers say which event, emotion and kind they are of."""
    rows = torch.arange(12)[:, None] * 10 + torch.arange(6)
    tensors = {
        "residual": rows[:, :, None, None, None].expand(12, 6, 2, 3, 4).float().contiguous(),
        "neurons": (1000 + rows)[:, :, None, None].expand(12, 6, 3, 5).float().contiguous(),
        "heads": (2000 + rows)[:, :, None, None].expand(12, 6, 3, 4).float().contiguous(),
    }
    facts = prompt_states.facts_of(event_set(), list(events.EMOTIONS))
    path = tmp_path / "fit.safetensors"
    save_file(tensors, path, metadata={**facts, "model_sha256": "0" * 64, "events_sha256": "1" * 64})
    return path


def test_three_valences_of_a_scenario_are_three_rows(stored):
    found = prompt_states.load(stored)
    assert found.events[:3] == ["s0-positive", "s0-neutral", "s0-negative"]
    assert found.scenarios == [event.scenario for event in event_set()]
    assert found.streams(MLP, 0)[:, :, 0].unique().numel() == 12 * 6
    assert found.both_streams().shape == (12, 6, 2, 3, 4)
    assert found.streams(ATTENTION).shape == (12, 6, 3, 4)
    assert found.inputs(NEURONS).shape == (12, 6, 3, 5)


def test_the_placebo_permutes_labels_within_events_alike_for_all_states(stored):
    plain, found = prompt_states.load(stored), prompt_states.load(stored, permuted=7)
    values, original = found.streams(MLP, 0)[:, :, 0], plain.streams(MLP, 0)[:, :, 0]
    assert torch.equal(values.sort(1).values, original)
    assert not torch.equal(values, original)
    assert torch.equal(found.inputs(NEURONS, 0)[:, :, 0] - 1000, values)
    assert torch.equal(found.inputs(HEADS)[:, :, 0, 0] - 2000, values)
    named = [[found.emotions.index(found.named(event, emotion)) for emotion in range(6)] for event in range(12)]
    assert torch.equal(torch.arange(12)[:, None] * 10 + torch.tensor(named), values.long())


def test_some_events_are_read_as_they_stand_among_all(stored):
    whole = prompt_states.load(stored, permuted=7)
    some = prompt_states.load(stored, ["s3-positive", "s1-neutral"], permuted=7)
    assert some.events == ["s1-neutral", "s3-positive"]
    rows = [whole.events.index(name) for name in some.events]
    assert torch.equal(some.streams(MLP, 1), whole.streams(MLP, 1)[rows])
    assert torch.equal(some.inputs(HEADS), whole.inputs(HEADS)[rows])
    assert some.named(1, 2) == whole.named(rows[1], 2)
    with pytest.raises(PromptStateError, match="holds no event 'elsewhere'"):
        prompt_states.load(stored, ["elsewhere"])


def test_a_broken_file_and_a_doubled_event_are_named(stored, tmp_path):
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(stored.read_bytes()[:200])
    with pytest.raises(ArtefactError, match="not a complete file of prompt states"):
        prompt_states.load(broken)
    doubled = prompt_states.facts_of(event_set(), list(events.EMOTIONS))
    doubled["events"] = json.dumps(["s0"] * 12)
    metadata = {**doubled, "model_sha256": "", "events_sha256": ""}
    save_file({"residual": torch.zeros(12, 6, 2, 3, 4)}, broken, metadata=metadata)
    with pytest.raises(PromptStateError, match="occurs twice"):
        prompt_states.load(broken)


def test_neurons_that_were_not_captured_are_missed_by_name(tmp_path):
    file = tmp_path / "held_out.safetensors"
    metadata = prompt_states.facts_of(event_set(), list(events.EMOTIONS)) | {"model_sha256": "", "events_sha256": ""}
    save_file({"residual": torch.zeros(12, 6, 2, 3, 4)}, file, metadata=metadata)
    with pytest.raises(ArtefactError, match="neurons"):
        prompt_states.load(file).inputs(NEURONS)
