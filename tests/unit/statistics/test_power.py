"""Power of a design, against studies that are simulated."""

import numpy as np
import pytest
from scipy.stats import norm

from emotion_vectors.statistics.power import smallest_detectable


@pytest.mark.parametrize(("null_reach", "scatter"), [(0.2, 0.05), (0.05, 0.2), (0.3, 0.3)])
@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_a_study_finds_an_effect_of_that_size_as_often_as_it_says(null_reach, scatter, power):
    half = norm.ppf(0.975) * scatter
    row = {"low": 1.0 - half, "high": 1.0 + half, "null_95": null_reach, "reference": 0.0}
    size = smallest_detectable(row, power)
    estimates = size + scatter * np.random.default_rng(1).normal(size=40_000)
    found = (estimates - half > 0) & (estimates > null_reach)
    assert found.mean() == pytest.approx(power, abs=0.01)


def test_the_null_reaches_as_far_from_a_reference_whatever_its_side():
    row = {"low": 0.9, "high": 1.1, "reference": 1.0}
    above, below = (smallest_detectable(row | {"null_95": null}) for null in (1.4, 0.6))
    assert above == pytest.approx(below)
