"""Evidence on geometry (A06-A10): planted structure is found with its size and sign, and noise stays inside its null."""

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.geometry import arrangement, geometry_evidence
from emotion_vectors.vectors import story_cells
from emotion_vectors.vectors.emotion_vectors import from_cells

TOPICS, EMOTIONS, WIDTH = 8, 24, 20
FAMILIES = [number // 6 for number in range(EMOTIONS)]
PAIRS = [(0, 6), (1, 7), (2, 8), (3, 9)]


@pytest.fixture(autouse=True)
def few_readouts(monkeypatch):
    """A regression for every emotion of every set is slow, and its null stands beside the evidence only."""
    monkeypatch.setattr(geometry_evidence, "READOUT_SETS", 2)


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def shuffled_of(cells, sets=60, seed=5):
    return story_cells.shuffled_vectors(cells[:, :, None], sets, seed)[:, :, 0]


def ratings(seed=3):
    generator = np.random.default_rng(seed)
    return pd.DataFrame({"valence": generator.uniform(1, 9, EMOTIONS), "arousal": generator.uniform(1, 9, EMOTIONS)})


def planted_cells(valence=6.0, arousal=4.0, seed=0):
    """Cells whose vectors lie along two axes, one for each rating, under noise."""
    known = ratings()
    axes = torch.linalg.qr(noise(WIDTH, 2, seed=8)).Q.T
    standard = torch.tensor(((known - known.mean()) / known.std()).to_numpy(), dtype=torch.float32)
    signal = torch.outer(valence * standard[:, 0], axes[0]) + torch.outer(arousal * standard[:, 1], axes[1])
    return signal + noise(TOPICS, EMOTIONS, WIDTH, seed=seed)


def judged_ratings(cells):
    rows = geometry_evidence.on_ratings(from_cells(cells), shuffled_of(cells), ratings(), bootstraps=100, seed=0)
    return pd.DataFrame(rows).set_index("claim")


def test_components_along_ratings_are_found():
    found = judged_ratings(planted_cells())
    assert found["part"].tolist() == ["PC1 and valence", "PC2 or PC3 and arousal"]
    assert found["estimate"].min() > 0.8
    assert found["low"].min() > 0.6
    assert found["null_percentile"].min() > 95
    assert found.loc["A06", "unit"] == "|r|, PC1"
    assert found["beside"].str.match(r"best component PC\d+, \|r\| 0\.\d\d; linear read-out, r 0\.").all()


def test_an_axis_of_the_other_rating_is_not_taken_for_this_one():
    """Valence on the second axis and arousal on the first: neither claim asks for that order."""
    found = judged_ratings(planted_cells(valence=3.0, arousal=9.0))
    assert found.loc["A06", "estimate"] < 0.5


def test_components_of_noise_follow_no_rating():
    percentiles = []
    for seed in range(6):
        cells = noise(TOPICS, EMOTIONS, WIDTH, seed=seed)
        permuted = [arrangement.principal_components(each) for each in shuffled_of(cells)]
        components, valence = arrangement.principal_components(from_cells(cells)), ratings()["valence"].to_numpy()
        effect = geometry_evidence.rating_effect(components, permuted, valence, (0,), bootstraps=20, seed=0)
        percentiles.append(effect.null_percentile)
    assert np.mean(percentiles) == pytest.approx(50, abs=35)


def test_the_interval_of_a_negative_correlation_is_that_of_its_size():
    """The sign of a component is arbitrary; it is fixed once, so that resamples of the other sign count as such."""
    cells = planted_cells()
    turned = arrangement.principal_components(from_cells(cells))
    ratings_of = ratings()["valence"].to_numpy()
    null = [arrangement.principal_components(each) for each in shuffled_of(cells, 20)]
    up = geometry_evidence.rating_effect(turned, null, ratings_of, (0,), 100, 0)
    down = geometry_evidence.rating_effect(turned, null, 10 - ratings_of, (0,), 100, 0)
    assert (up.estimate, up.low, up.high) == pytest.approx((down.estimate, down.low, down.high))


def test_the_share_of_two_axes_is_found_and_that_of_noise_is_not():
    cells, embeddings = planted_cells(), noise(TOPICS, EMOTIONS, WIDTH, seed=6)
    row = geometry_evidence.on_variance(from_cells(cells), shuffled_of(cells), cells, embeddings)
    shares = arrangement.principal_components(from_cells(cells)).shares
    assert (row["claim"], row["estimate"]) == ("A08", pytest.approx(shares[:2].sum()))
    assert row["estimate"] > 0.8
    assert row["low"] < row["estimate"] < row["high"]
    assert row["null_percentile"] == 100
    assert row["beside"].startswith(f"PC1 {shares[0]:.2f}, PC2 {shares[1]:.2f}; ")
    alike = noise(TOPICS, EMOTIONS, WIDTH, seed=1)
    nothing = geometry_evidence.on_variance(from_cells(alike), shuffled_of(alike), alike, embeddings)
    assert nothing["null_percentile"] < 95


def clustered_cells(strength, seed=0):
    centres = strength * noise(4, WIDTH, seed=9)[FAMILIES]
    return centres + noise(TOPICS, EMOTIONS, WIDTH, seed=seed)


def judged_clusters(cells):
    grouping = arrangement.Grouping(FAMILIES, runs=2, seed=0)
    return geometry_evidence.on_clusters(from_cells(cells), shuffled_of(cells, 20), cells, grouping, 20)


def test_planted_families_are_found_and_noise_has_none():
    row = judged_clusters(clustered_cells(2.0))
    assert (row["claim"], row["unit"], row["n"]) == ("A09", "adjusted Rand index", TOPICS)
    assert row["estimate"] > 0.6
    assert row["low"] > 0
    assert row["null_percentile"] == 100
    assert row["beside"].startswith("mean cosine within families minus between them 1.")
    nothing = [judged_clusters(noise(TOPICS, EMOTIONS, WIDTH, seed=seed)) for seed in range(4)]
    assert np.mean([row["estimate"] for row in nothing]) == pytest.approx(0, abs=0.1)
    assert np.mean([row["null_percentile"] for row in nothing]) < 90


def test_opposites_are_found_with_their_sign():
    vectors = noise(EMOTIONS, WIDTH)
    for left, right in PAIRS:
        vectors[right] = -vectors[left] + 0.1 * noise(WIDTH, seed=right)
    shuffled = noise(100, EMOTIONS, WIDTH, seed=7)
    row = geometry_evidence.on_opposites(vectors, shuffled, PAIRS, bootstraps=200, seed=0)
    assert row["estimate"] < -0.9
    assert row["high"] < -0.8
    assert (row["null_percentile"], row["n"], row["unit"]) == (100, 4, "cosine")
    alike = [geometry_evidence.on_opposites(noise(EMOTIONS, WIDTH, seed=s), shuffled, PAIRS, 100, 0) for s in range(8)]
    assert np.mean([each["null_percentile"] for each in alike]) == pytest.approx(50, abs=30)


def deep_cells(shared, layers=6, topics=10, seed=0):
    """Emotions with one structure at every layer of the deeper half when `shared`, else with one of its own at each."""
    width = 30
    rotations = [torch.linalg.qr(noise(width, width, seed=100 + layer)).Q for layer in range(layers)]
    structure = [noise(EMOTIONS, width, seed=0 if shared else 200 + layer) for layer in range(layers)]
    signal = torch.stack([each @ rotation for each, rotation in zip(structure, rotations, strict=True)], dim=1)
    return 2 * signal + noise(topics, EMOTIONS, layers, width, seed=seed)


def test_structure_shared_by_depths_is_found_corrected_for_noise():
    row = geometry_evidence.on_depth(deep_cells(shared=True), deep_cells(shared=False, layers=4), resamples=20, seed=0)
    assert (row["claim"], row["unit"], row["n"]) == ("A10", "r over reliability", 10)
    assert row["estimate"] == pytest.approx(1, abs=0.1)
    assert row["low"] > 0.8
    assert row["null_percentile"] == 100
    assert row["beside"].startswith("shallower half 1.0") or row["beside"].startswith("shallower half 0.9")


def test_structure_that_differs_between_depths_is_not_called_shared():
    row = geometry_evidence.on_depth(deep_cells(shared=False), deep_cells(shared=True, layers=4), resamples=20, seed=0)
    assert abs(row["estimate"]) < 0.2
    assert row["high"] < 0.3


def test_pure_noise_is_inside_the_null_of_depth():
    percentiles = []
    for seed in range(4):
        cells = noise(10, EMOTIONS, 6, 20, seed=seed)
        percentiles.append(
            geometry_evidence.on_depth(cells, cells[:, :, :4], resamples=20, seed=seed)["null_percentile"]
        )
    assert np.mean(percentiles) == pytest.approx(50, abs=40)


def test_resampled_topics_stay_on_their_side():
    order = geometry_evidence.topics_within_halves(9, np.random.default_rng(0))
    assert len(order) == 8
    assert (order[0::2] % 2 == 0).all()
    assert (order[1::2] % 2 == 1).all()
    assert order.max() < 8
