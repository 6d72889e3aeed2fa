"""How tokens are drawn: as often as their probabilities say, within the nucleus alone, and alike where distributions nearly agree."""

import math

import pytest
import torch

from emotion_vectors.engine import draws
from emotion_vectors.engine.draws import GenerationError, Sampling
from tests.random_tensors import random

WARM = Sampling(new_tokens=12, temperature=1.5, top_p=0.95)


def shares(logprobs, sampling, count):
    generator = torch.Generator().manual_seed(3)
    tokens = torch.tensor([draws.choose(logprobs, sampling, generator) for _ in range(count)])
    return tokens.bincount(minlength=len(logprobs)) / count


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_are_drawn_as_often_as_their_tempered_probabilities_say(temperature):
    logprobs = random(9).double().log_softmax(-1)
    expected = (logprobs / temperature).softmax(-1)
    found = shares(logprobs, Sampling(1, temperature, 1.0, 1), 4000)
    assert (found - expected).abs().max() < 4 * math.sqrt(0.25 / 4000)


def test_only_the_nucleus_is_drawn_in_its_own_proportions():
    logprobs = torch.tensor([0.1, 0.4, 0.05, 0.3, 0.15]).double().log()
    assert draws.nucleus(logprobs, 0.69).tolist() == [1, 3]
    assert draws.nucleus(logprobs, 0.71).tolist() == [1, 3, 4]
    assert draws.nucleus(logprobs, 1.0).tolist() == [0, 1, 2, 3, 4]
    assert draws.nucleus(torch.zeros(4).double().log_softmax(-1), 0.3).tolist() == [0, 1, 2, 3]
    found = shares(logprobs, Sampling(1, 1.0, 0.69, 1), 4000)
    assert found[[0, 2, 4]].sum() == 0
    assert found[1].item() == pytest.approx(4 / 7, abs=0.04)


@pytest.mark.parametrize("top_p", [0.3, 0.95, 0.999999])
def test_the_nucleus_of_a_large_vocabulary_is_that_of_a_full_sort(top_p):
    logprobs = (3 * random(5000)).double().log_softmax(-1)
    order = logprobs.argsort(descending=True)
    before = logprobs[order].exp().cumsum(0) - logprobs[order].exp()
    assert draws.nucleus(logprobs, top_p).tolist() == sorted(order[before < top_p].tolist())


def test_rounding_of_the_logits_hardly_ever_changes_a_draw():
    logprobs = random(2000).double().log_softmax(-1)
    other = (logprobs + 1e-6 * random(2000, seed=1)).log_softmax(-1)
    generators = [torch.Generator().manual_seed(5) for _ in range(2)]
    for _ in range(500):
        first, second = (draws.choose(each, WARM, one) for each, one in zip((logprobs, other), generators, strict=True))
        assert first == second


@pytest.mark.parametrize(
    "values",
    [(0, 1, 1, 1), (4, -1, 1, 1), (4, math.nan, 1, 1), (4, 1, 0, 1), (4, 1, 1.1, 1), (4, 1, 1, 0), (4, 1, 1, 1, 0)],
)
def test_settings_out_of_range_are_refused(values):
    with pytest.raises(GenerationError):
        Sampling(*values)
