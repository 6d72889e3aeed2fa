"""The subspaces that are removed: what they hold, and what they are alike in."""

import pytest
import torch

from emotion_vectors.conduct.kinds import SHUFFLED
from emotion_vectors.engine.capture import TokenMoments
from emotion_vectors.removal import subspaces
from emotion_vectors.removal.kinds import EMOTION, MATCHED, ROTATED, TOPICS
from emotion_vectors.statistics.algebra import VectorError
from tests.random_tensors import random

EMOTIONS, LAYERS, WIDTH, COMPONENTS, COUNT = 12, 3, 24, 4, 6


@pytest.fixture
def basis():
    return subspaces.emotion_subspace(random(EMOTIONS, LAYERS, WIDTH), COMPONENTS)


@pytest.fixture
def covariances():
    """One direction has a thousand times the variance of the others, as a few channels of real models do."""
    scales = torch.ones(WIDTH).double()
    scales[0] = 1000.0
    turn = torch.linalg.qr(random(LAYERS, WIDTH, WIDTH, seed=5).double()).Q
    return turn @ torch.diag(scales) @ turn.mT


def test_bases_are_orthonormal(basis, covariances):
    turned = subspaces.rotated(basis, COUNT, 0)
    held = subspaces.variance_held(basis, covariances)
    for bases in (basis, turned, subspaces.matched(turned, covariances, held)):
        torch.testing.assert_close(bases @ bases.mT, torch.eye(COMPONENTS).double().expand(*bases.shape[:-2], -1, -1))


def test_vectors_that_span_few_dimensions_lie_in_their_subspace():
    spanned = torch.einsum("ek,lkd->eld", random(EMOTIONS, COMPONENTS), random(LAYERS, COMPONENTS, WIDTH, seed=1))
    basis = subspaces.emotion_subspace(spanned, COMPONENTS)
    torch.testing.assert_close(subspaces.share_held(spanned, basis), torch.ones(LAYERS).double())
    assert (subspaces.share_held(spanned, subspaces.emotion_subspace(spanned, 1)) < 0.95).all()


def test_too_many_components_are_refused():
    with pytest.raises(VectorError, match=r"removal\.components: 12 of 12 emotions"):
        subspaces.emotion_subspace(random(EMOTIONS, LAYERS, WIDTH), EMOTIONS)
    with pytest.raises(VectorError, match="need 5 topics, the stories have 4"):
        subspaces.topic_subspaces(random(4, EMOTIONS, LAYERS, WIDTH), COMPONENTS, COUNT, 0)


def test_random_subspaces_turn_from_layer_to_layer_as_the_emotion_subspace_does(basis):
    def between(bases):
        return torch.linalg.svdvals(bases[0] @ bases[1].mT)

    turned = subspaces.rotated(basis, COUNT, 0)
    for bases in turned:
        torch.testing.assert_close(between(bases), between(basis))
    overlaps = torch.stack([(bases[0] @ basis[0].mT).square().sum() / COMPONENTS for bases in turned])
    assert overlaps.mean() < 3 * COMPONENTS / WIDTH
    assert not torch.allclose(turned[0], turned[1], atol=0.1)


@pytest.mark.parametrize("share", [0.6, 1.0, 20.0])
def test_matched_subspaces_hold_the_variance_asked_for(basis, covariances, share):
    wanted = share * COMPONENTS * torch.ones(LAYERS).double()
    if share < 1:
        covariances = torch.diag(torch.linspace(0.05, 3, WIDTH).double()).expand(LAYERS, -1, -1)
    same = subspaces.matched(subspaces.rotated(basis, COUNT, 1), covariances, wanted)
    held = subspaces.variance_held(same, covariances)
    torch.testing.assert_close(held, wanted.expand(COUNT, -1), rtol=0.02, atol=0.0)


def test_variance_that_no_random_subspace_can_hold_is_said(basis, covariances):
    turned, wanted = subspaces.rotated(basis, COUNT, 1), 1e6 * torch.ones(LAYERS)
    with pytest.raises(VectorError, match="layer 0: no random subspace of 4 dimensions holds a variance of 1e"):
        subspaces.matched(turned, covariances, wanted.double())


def test_spans_of_topics_hold_contrasts_of_topics_alone():
    cells = random(9, EMOTIONS, LAYERS, WIDTH)
    bases = subspaces.topic_subspaces(cells, COMPONENTS, COUNT, 0)
    topics = cells.mean(1) - cells.mean((0, 1))
    whole = subspaces.orthonormal(topics[:-1].transpose(0, 1))
    inside = torch.einsum("slkd,lmd->slkm", bases, whole)
    torch.testing.assert_close(inside.square().sum(-1), torch.ones(COUNT, LAYERS, COMPONENTS).double())


def test_drawn_subspaces_are_named_in_their_order(basis, covariances):
    moments = TokenMoments(torch.zeros(LAYERS, WIDTH).double(), covariances)
    sets = random(COUNT + 2, EMOTIONS, LAYERS, WIDTH, seed=8)
    sources = subspaces.DrawnFrom(random(9, EMOTIONS, LAYERS, WIDTH), sets)
    drawn = subspaces.Drawn.beside(basis, sources, moments, COUNT, 0)
    assert drawn.all.shape == (1 + 4 * COUNT, LAYERS, COMPONENTS, WIDTH)
    assert drawn.names[0] == (EMOTION, 0)
    assert [kind for kind, _ in drawn.names[1::COUNT]] == [ROTATED, MATCHED, TOPICS, SHUFFLED]
    torch.testing.assert_close(drawn.all[0], basis)
    torch.testing.assert_close(drawn.by_kind[SHUFFLED][1], subspaces.emotion_subspace(sets[1], COMPONENTS))


def test_removal_takes_the_deviation_from_the_mean_in_the_subspace(basis):
    means, hidden = random(LAYERS, WIDTH, seed=4), random(1, 5, WIDTH, seed=6)
    (edit,) = subspaces.removal(basis[None], means.double(), [1])
    changed = edit(hidden)
    at_layer = basis[1].float()
    torch.testing.assert_close(changed[0, 1:] @ at_layer.T, (means[1] @ at_layer.T).expand(4, -1), atol=1e-5, rtol=1e-5)
    outside = torch.eye(WIDTH) - at_layer.T @ at_layer
    torch.testing.assert_close(changed @ outside, hidden @ outside, atol=1e-5, rtol=1e-5)
    assert torch.equal(changed[:, 0], hidden[:, 0])
