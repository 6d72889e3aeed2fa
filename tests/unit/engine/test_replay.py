"""Packing, replay and gradient slopes against the plain way: one row a continuation, hooks, full logits."""

import pytest
import torch

from emotion_vectors.engine.edits import Addition, InterventionError
from emotion_vectors.engine.gradients import respond
from emotion_vectors.engine.packing import mean_logprobs, pack, visible
from emotion_vectors.engine.plain_readouts import continuation_logprobs
from emotion_vectors.engine.replay import record, replay, unsteered
from emotion_vectors.models.families import ModelError
from emotion_vectors.models.tokens import Encoded, TokenError, encode
from emotion_vectors.statistics.algebra import unit
from tests.interventions import Ablation, Clamp
from tests.random_tensors import random

TOLERANCE = 1e-4
CONTEXT = 256
PROMPTS = (
    "the angry neighbour closed the door and walked into the garden",
    "she was happy",
    " ".join(["a letter from the school lay open on the kitchen table"] * 3),
)
CONTINUATIONS = (
    "the quiet river",
    "they were afraid of the storm but proud",
    "over the bridge the morning train came with her",
    "calm",
)


def item(model, prompt):
    ids = [model.tokenizer(f" {text}", add_special_tokens=False).input_ids for text in CONTINUATIONS]
    return encode(model.tokenizer, prompt), ids


def odds():
    return torch.tensor([[0.5, 0.5, -0.5, -0.5], [1.0, 0.0, 0.0, -1.0]])


def edits_of(kind, width, rows=3):
    if kind == "add at one layer":
        return [Addition(1, random(rows, width))]
    if kind == "add at three layers":
        return [Addition(layer, random(rows, width, seed=layer)) for layer in (0, 1, 3)]
    if kind == "ablate":
        return [Ablation(2, random(rows, width))]
    if kind == "clamp":
        return [Clamp(1, random(rows, width), values=torch.linspace(-2, 2, rows))]
    raise ValueError(kind)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_packed_text_is_read_like_its_continuations_alone(any_model, prompt):
    encoded, ids = item(any_model, prompt)
    packed = pack(encoded, ids, CONTEXT)
    ours = mean_logprobs(unsteered(any_model, record(any_model, packed)), packed)
    torch.testing.assert_close(ours, continuation_logprobs(any_model, encoded, ids), atol=TOLERANCE, rtol=0)


@pytest.mark.parametrize("kind", ["add at one layer", "add at three layers", "ablate", "clamp"])
@pytest.mark.parametrize("budget", [1, 100_000])
def test_replay_equals_hooks_on_the_plain_forward(any_model, kind, budget):
    encoded, ids = item(any_model, PROMPTS[0])
    packed = pack(encoded, ids, CONTEXT)
    edits = edits_of(kind, any_model.width)
    recording = record(any_model, packed, [edit.layer for edit in edits])
    ours = mean_logprobs(replay(any_model, recording, edits, budget), packed)
    for row in range(3):
        alone = [edit.rows(slice(row, row + 1)) for edit in edits]
        plain = continuation_logprobs(any_model, encoded, ids, alone)
        torch.testing.assert_close(ours[row], plain, atol=TOLERANCE, rtol=0)
        assert (plain - continuation_logprobs(any_model, encoded, ids)).abs().max() > 100 * TOLERANCE


def test_replay_depends_neither_on_the_order_of_conditions_nor_of_continuations(llama):
    encoded, ids = item(llama, PROMPTS[0])
    vectors = random(5, llama.width)

    def run(order, vectors):
        packed = pack(encoded, [ids[index] for index in order], CONTEXT)
        return mean_logprobs(replay(llama, record(llama, packed, [1]), [Addition(1, vectors)], 200), packed)

    straight, turned = run([0, 1, 2, 3], vectors), run([3, 1, 0, 2], vectors.flip(0))
    torch.testing.assert_close(straight[:, [3, 1, 0, 2]].flip(0), turned, atol=TOLERANCE, rtol=0)


def test_zero_strength_changes_nothing(any_model):
    encoded, ids = item(any_model, PROMPTS[0])
    recording = record(any_model, pack(encoded, ids, CONTEXT), [2])
    none = Addition(2, torch.zeros(1, any_model.width))
    torch.testing.assert_close(replay(any_model, recording, [none], 500)[0], unsteered(any_model, recording))


def test_positions_limit_an_edit(llama):
    encoded, ids = item(llama, PROMPTS[0])
    packed = pack(encoded, ids, CONTEXT)
    recording = record(llama, packed, [1])
    vectors = random(1, llama.width)
    last_continuation = packed.segments == len(ids)
    limited = mean_logprobs(replay(llama, recording, [Addition(1, vectors, last_continuation)], 500), packed)[0]
    free = mean_logprobs(unsteered(llama, recording), packed)
    torch.testing.assert_close(limited[:-1], free[:-1])
    everywhere = replay(llama, recording, [Addition(1, vectors, torch.ones_like(last_continuation))], 500)
    torch.testing.assert_close(everywhere, replay(llama, recording, [Addition(1, vectors)], 500))


def test_continuations_see_the_prompt_and_themselves_only():
    packed = pack(Encoded([7, 8, 9], 0), [[1, 2], [3, 4, 5]], CONTEXT)
    expected = ["100000", "110000", "111000", "111100", "111010", "111011"]
    assert ["".join(str(int(cell)) for cell in row) for row in visible(packed)] == expected
    assert packed.positions.tolist() == [0, 1, 2, 3, 3, 4]


def test_gradient_slopes_are_the_limit_of_central_differences(any_model):
    encoded, ids = item(any_model, PROMPTS[0])
    packed = pack(encoded, ids, CONTEXT)
    response = respond(any_model, packed, odds())
    for layer in range(any_model.layers):
        direction = unit(random(1, any_model.width, seed=layer))
        slopes = response.gradients[:, layer] @ direction[0]
        recording = record(any_model, packed, [layer])
        errors = []
        for step in (0.8, 0.2, 0.05):
            edit = Addition(layer, torch.cat([step * direction, -step * direction]))
            plus, minus = mean_logprobs(replay(any_model, recording, [edit], 500), packed) @ odds().T
            errors.append(((plus - minus) / (2 * step) - slopes).abs().max().item())
        # Errors of central differences fall with the square of the step until rounding stops them.
        rounding = 1e-5
        assert errors[1] < errors[0] / 4 + rounding
        assert errors[2] < errors[1] / 4 + rounding


def test_gradients_at_some_tokens_are_the_limit_of_additions_there_and_add_up(any_model):
    encoded, ids = item(any_model, PROMPTS[0])
    packed = pack(encoded, ids, CONTEXT)
    before_reply = torch.arange(len(packed.ids)) == packed.prompt_length - 1
    there, elsewhere, everywhere = (
        respond(any_model, packed, odds(), positions=positions).gradients
        for positions in (before_reply, ~before_reply, None)
    )
    torch.testing.assert_close(there + elsewhere, everywhere, atol=1e-5, rtol=1e-3)
    assert there[:, 0].norm() > 0
    layer, step = 1, 0.02
    direction = unit(random(1, any_model.width, seed=3))
    edit = Addition(layer, torch.cat([step * direction, -step * direction]), before_reply)
    steered = replay(any_model, record(any_model, packed, [layer]), [edit], 500)
    plus, minus = mean_logprobs(steered, packed) @ odds().T
    torch.testing.assert_close(there[:, layer] @ direction[0], (plus - minus) / (2 * step), atol=2e-4, rtol=2e-2)


def test_a_response_carries_unsteered_values_and_the_state_before_the_reply(any_model, reference_states):
    encoded, ids = item(any_model, PROMPTS[0])
    packed = pack(encoded, ids, CONTEXT)
    response = respond(any_model, packed, odds())
    torch.testing.assert_close(
        response.logprobs, continuation_logprobs(any_model, encoded, ids), atol=TOLERANCE, rtol=0
    )
    torch.testing.assert_close(
        response.reading, reference_states(any_model, encoded.ids)[:, -1], atol=TOLERANCE, rtol=1e-4
    )
    forward_only = respond(any_model, packed, odds()[:0])
    assert forward_only.gradients.shape == (0, any_model.layers, any_model.width)
    torch.testing.assert_close(forward_only.logprobs, response.logprobs)


@pytest.mark.parametrize("continuations", [[], [[1], []]])
def test_missing_continuations_are_refused(continuations):
    with pytest.raises(TokenError, match="continuation"):
        pack(Encoded([1, 2], 0), continuations, CONTEXT)


def test_a_text_longer_than_the_context_is_refused():
    with pytest.raises(TokenError, match="260 tokens, the model reads 256"):
        pack(Encoded(list(range(250)), 0), [[1], [2] * 10], CONTEXT)


def test_attention_that_packing_cannot_reproduce_is_refused_by_name(make_model):
    model = make_model("llama")
    model.network.config.layer_types = ["full_attention", "chunked_attention", "full_attention", "full_attention"]
    encoded, ids = item(model, PROMPTS[0])
    with pytest.raises(
        ModelError, match=r"block 1 attends by 'chunked_attention'.*serves models of.*llama.*leave this model"
    ):
        record(model, pack(encoded, ids, CONTEXT))


def test_a_layer_that_was_not_recorded_is_refused(llama):
    encoded, ids = item(llama, PROMPTS[0])
    recording = record(llama, pack(encoded, ids, CONTEXT), [2])
    with pytest.raises(ModelError, match="layer 1 was not recorded"):
        replay(llama, recording, [Addition(1, random(1, llama.width))], 500)


def test_edits_with_unequal_rows_are_refused(llama):
    encoded, ids = item(llama, PROMPTS[0])
    recording = record(llama, pack(encoded, ids, CONTEXT), [1])
    with pytest.raises(InterventionError, match="same number of rows"):
        replay(llama, recording, [Addition(1, random(1, llama.width)), Addition(2, random(2, llama.width))], 500)
