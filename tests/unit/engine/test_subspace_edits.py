"""Coordinates confined to a subspace, and what single tokens respond to, against plain hooks written here."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import torch

from emotion_vectors.engine.capture import token_moments
from emotion_vectors.engine.edits import Confined, InterventionError, intervening
from emotion_vectors.engine.gradients import respond_by_position
from emotion_vectors.engine.packing import pack, pack_text
from emotion_vectors.engine.replay import record, replay, unsteered
from emotion_vectors.models.hooks import residual_streams
from emotion_vectors.models.tokens import Encoded
from tests.random_tensors import random

LENGTH, COMPONENTS = 12, 3


@pytest.fixture
def ids():
    return torch.randint(5, 300, (1, LENGTH), generator=torch.Generator().manual_seed(2))


def basis_of(width, seed=0, rows=1):
    return torch.linalg.qr(random(rows, width, COMPONENTS, seed=seed)).Q.mT.contiguous()


def logits(model, ids):
    with torch.no_grad():
        return model.network(input_ids=ids, use_cache=False).logits


@contextmanager
def by_hand(model, change):
    """`change(layer, hidden)` after every block, by hooks of PyTorch alone."""

    def hook(layer):
        def after(_module, _inputs, output):
            hidden = output[0] if isinstance(output, tuple) else output
            changed = change(layer, hidden.clone())
            return (changed, *output[1:]) if isinstance(output, tuple) else changed

        return after

    handles = [block.register_forward_hook(hook(layer)) for layer, block in enumerate(model.blocks)]
    yield
    for handle in handles:
        handle.remove()


def confined(layer, basis, centres=0.0, reach=0.0, begin=0):
    shape = basis.shape[:2]
    return Confined(
        layer,
        basis,
        centres=torch.as_tensor(centres).expand(shape[0], 1, shape[1]).float(),
        reach=torch.as_tensor(reach).expand(shape).float(),
        begin=begin,
    )


def test_without_end_of_reach_nothing_changes_bit_for_bit(any_model, ids):
    basis = basis_of(any_model.width)
    edits = [confined(layer, basis, centres=7.3, reach=float("inf"), begin=1) for layer in range(any_model.layers)]
    plain = logits(any_model, ids)
    with intervening(any_model, edits):
        assert torch.equal(logits(any_model, ids), plain)


def test_removal_at_every_layer_is_the_projection_by_hand(any_model, ids):
    basis, centre = basis_of(any_model.width), 0.4

    def project(_layer, hidden):
        for token in range(1, LENGTH):
            for direction in basis[0]:
                hidden[0, token] += (centre - hidden[0, token] @ direction) * direction
        return hidden

    with by_hand(any_model, project):
        expected = logits(any_model, ids)
    with intervening(any_model, [confined(layer, basis, centre, begin=1) for layer in range(any_model.layers)]):
        torch.testing.assert_close(logits(any_model, ids), expected, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(expected, logits(any_model, ids), atol=1e-3)


def test_a_cap_moves_what_lies_beyond_it_and_nothing_else(llama, ids):
    basis, centre, cap = basis_of(llama.width), -0.2, 0.3

    def limit(layer, hidden):
        for direction in basis[0] if layer == 1 else ():
            for token in range(LENGTH):
                offset = float(hidden[0, token] @ direction) - centre
                hidden[0, token] += (min(max(offset, -cap), cap) - offset) * direction
        return hidden

    with by_hand(llama, limit):
        expected = logits(llama, ids)
    with intervening(llama, [confined(1, basis, centre, cap)]):
        torch.testing.assert_close(logits(llama, ids), expected, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(expected, logits(llama, ids), atol=1e-3)


def test_a_clamp_gives_the_end_the_coordinates_of_another_text(llama, ids):
    """With a basis of everything the end of one text becomes that of the other, and so do its logits where only they matter."""
    other = ids.clone()
    other[0, :4] = ids[0, :4].flip(0)
    layer, begin, basis = 2, 4, basis_of(llama.width)
    stream = residual_streams(llama, other)[layer][0, begin:]

    def put(at, hidden):
        if at == layer:
            for token in range(begin, LENGTH):
                for direction in basis[0]:
                    hidden[0, token] += ((stream[token - begin] - hidden[0, token]) @ direction) * direction
        return hidden

    with by_hand(llama, put):
        expected = logits(llama, ids)
    edit = Confined(layer, basis, centres=stream[None] @ basis.mT, reach=torch.zeros(1, COMPONENTS), begin=begin)
    with intervening(llama, [edit]):
        torch.testing.assert_close(logits(llama, ids), expected, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(expected, logits(llama, ids), atol=1e-3)


def test_many_subspaces_side_by_side_are_each_alone_and_replayed(llama, ids):
    packed = pack(Encoded(ids[0].tolist(), 0), [[7, 8], [9]], 200)
    bases = basis_of(llama.width, seed=3, rows=5)
    edits = [confined(layer, bases, 0.1, begin=1) for layer in range(llama.layers)]
    recording = record(llama, packed, [0])
    together = replay(llama, recording, edits, budget=40)
    for row in range(5):
        with intervening(llama, [edit.rows(slice(row, row + 1)) for edit in edits]):
            rows = [[*ids[0].tolist(), 7, 8], [*ids[0].tolist(), 9]]
            alone = [logits(llama, torch.tensor([text])).log_softmax(-1)[0] for text in rows]
        expected = [alone[0][LENGTH - 1, 7], alone[0][LENGTH, 8], alone[1][LENGTH - 1, 9]]
        torch.testing.assert_close(together[row], torch.stack(expected), atol=1e-4, rtol=1e-4)
    assert not torch.allclose(together[0], unsteered(llama, recording), atol=1e-3)


@pytest.mark.parametrize("broken", [{"reach": -1.0}, {"centres": float("nan")}, {"reach": float("nan")}])
def test_what_cannot_confine_is_refused(broken):
    with pytest.raises(InterventionError, match="layer 1 needs finite centres"):
        confined(1, basis_of(8), **broken)


def test_a_subspace_of_another_width_is_refused(llama, ids):
    edit = confined(1, basis_of(llama.width + 1))
    with (
        pytest.raises(InterventionError, match=rf"must be \[row, component, {llama.width}\]"),
        intervening(llama, [edit]),
    ):
        logits(llama, ids)


def test_gradients_by_token_are_finite_differences(llama, ids):
    packed = pack(Encoded(ids[0].tolist(), 0), [[7, 8], [9]], 200)
    weights, layers = torch.tensor([[0.5, 0.5, -1.0]]), [1, 3]
    response = respond_by_position(llama, packed, weights, layers)
    recording = record(llama, packed, layers)
    for row, layer in enumerate(layers):
        torch.testing.assert_close(response.streams[row], recording.streams[layer][0], atol=1e-5, rtol=1e-5)
        for token in (0, LENGTH - 1):
            direction = random(llama.width, seed=token)

            def moved(step, at=layer, token=token, direction=direction):
                def add(number, hidden):
                    if number == at:
                        hidden[0, token] += step * direction
                    return hidden

                with by_hand(llama, add):
                    return unsteered(llama, record(llama, packed)) @ weights[0]

            slope = (moved(1e-2) - moved(-1e-2)) / 2e-2
            expected = response.gradients[0, row, token] @ direction
            torch.testing.assert_close(expected, slope, atol=2e-3, rtol=2e-2)


def test_with_no_readout_only_streams_are_read(llama, ids):
    packed = pack_text(Encoded(ids[0].tolist(), 0), 200)
    response = respond_by_position(llama, packed, torch.zeros(0, len(packed.targets)), [2])
    assert response.gradients.shape == (0, 1, len(packed.ids), llama.width)
    assert response.streams.abs().sum() > 0


def test_moments_are_those_of_all_text_tokens_but_the_first(llama, stories):
    moments = token_moments(llama, stories, 300)
    for layer in range(llama.layers):
        rows = torch.cat(
            [residual_streams(llama, torch.tensor([text.ids]))[layer][0, text.start + 1 :] for text in stories]
        )
        rows = rows.double()
        torch.testing.assert_close(moments.means[layer], rows.mean(0), atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(moments.covariances[layer], torch.cov(rows.T, correction=0), atol=1e-4, rtol=1e-4)
