"""Vectors of other people beside those of a study, on stories and gradients whose relation to them is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from emotion_vectors.conduct.slopes import UNIT
from emotion_vectors.exports.vector_set import VectorSet
from emotion_vectors.overlap import imported, imported_slopes
from emotion_vectors.overlap.imported import StudyLayers
from emotion_vectors.overlap.imported_slopes import SlopeReadout
from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.algebra import centred, unit
from emotion_vectors.statistics.effects import Scale
from emotion_vectors.statistics.resampling import Draws
from tests.random_tensors import random

EMOTIONS = ["afraid", "calm", "happy"]
TOPICS, LAYERS, WIDTH = 8, 2, 16
DRAWS = Draws(bootstraps=200, shuffles=200, seed=3)
TRUTH = random(len(EMOTIONS), LAYERS, WIDTH, seed=1)


@pytest.fixture
def study() -> StudyLayers:
    cells = 2 * TRUTH + random(TOPICS, len(EMOTIONS), LAYERS, WIDTH, seed=2)
    basis = torch.linalg.qr(random(WIDTH, 1, seed=3)).Q.T
    nulls = {name: random(100, LAYERS, WIDTH, seed=seed) for name, seed in (("gaussian", 4), ("shuffled", 5))}
    return StudyLayers(EMOTIONS, torch.tensor([2.0, 3.0]), cells, [basis] * LAYERS, **nulls)


def set_of(values: torch.Tensor, *names: str, layers: tuple[int, ...] = (0, 1)) -> VectorSet:
    return VectorSet(list(names), list(layers), values, None, "theirs.npz")


def test_a_cosine_has_the_interval_of_a_jackknife_over_topics_and_the_null_of_its_own_layer(study: StudyLayers):
    direction = random(1, 1, WIDTH, seed=7)
    (row,) = (
        imported.cosine_rows(set_of(direction, "x", layers=(1,)), study).query("against == 'calm'").to_dict("records")
    )
    by_topic = centred(study.cells[:, :, 1].double(), axis=1)[:, 1]
    along = unit(direction[0, 0].double())

    def cosine(topics: np.ndarray) -> float:
        return float(unit(by_topic[topics].mean(0)) @ along)

    assert (row["direction"], row["layer"], row["n"]) == ("x", 1, TOPICS)
    assert row["estimate"] == pytest.approx(cosine(np.arange(TOPICS)))
    assert (row["low"], row["high"]) == pytest.approx(resampling.jackknife(TOPICS, cosine))
    story = unit(by_topic.mean(0))
    reach = [np.quantile((unit(null[:, 1].double()) @ story).abs(), 0.95) for null in study.nulls().values()]
    assert row["null_95"] == pytest.approx(max(reach))


def test_an_interval_of_a_cosine_stays_among_cosines(study: StudyLayers):
    rows = imported.cosine_rows(study.of(["happy"], [0, 1]), study)
    same = rows[rows["against"] == "happy"]
    assert same["estimate"].to_numpy() == pytest.approx(1)
    assert (same["high"] <= 1).all()
    assert (same["null_percentile"] == 100).all()


def test_stories_are_named_by_the_directions_that_bear_names_of_emotions(study: StudyLayers):
    """Whatever their length, and whatever else the file holds."""
    right = torch.cat([5 * centred(TRUTH), random(1, LAYERS, WIDTH, seed=8)])
    rows = imported.decoding_rows(set_of(right, *EMOTIONS, "x"), study, DRAWS)
    assert (rows["estimate"] > 0.9).all()
    assert (rows["null_percentile"] == 100).all()
    assert {*rows["direction"]} == {"nearest of 3"}
    assert {*rows["n"]} == {TOPICS * len(EMOTIONS)}
    exchanged = imported.decoding_rows(set_of(right, "calm", "happy", "afraid", "x"), study, DRAWS)
    assert (exchanged["estimate"] < 0.1).all()
    two = imported.decoding_rows(set_of(right[1:3], "calm", "happy"), study, DRAWS)
    assert {*two["reference"]} == {0.5}


def test_what_lies_in_neutral_components_names_nothing(study: StudyLayers):
    right = centred(TRUTH)
    moved = right + 50 * study.bases[0][0]
    expected = imported.decoding_rows(set_of(right, *EMOTIONS), study, DRAWS)["estimate"]
    assert imported.decoding_rows(set_of(moved, *EMOTIONS), study, DRAWS)["estimate"].tolist() == expected.tolist()


@pytest.mark.parametrize("names", [("x", "y", "z"), ("calm", "y", "z")])
def test_one_name_in_common_decodes_nothing(study: StudyLayers, names: tuple[str, ...]):
    vectors = set_of(TRUTH, *names)
    assert imported.decoding_rows(vectors, study, DRAWS).empty
    assert imported.study_decoding_rows(vectors, study, 20, DRAWS).empty


def test_slopes_have_the_studys_norm_as_unit_and_topics_as_a_null_where_asked(study: StudyLayers):
    gradients = random(12, LAYERS, WIDTH, seed=9)
    weights = resampling.weights(len(gradients), DRAWS.bootstraps, DRAWS.seed)
    readout = SlopeReadout("b", gradients, weights, Scale("items", UNIT, two_sided=True), n=12)
    vectors = set_of(random(1, 1, WIDTH, seed=10), "x", layers=(1,))
    (row,) = imported_slopes.slope_rows({"theirs": vectors}, readout, study).to_dict("records")
    slopes = 0.1 * 3.0 * (gradients[:, 1] @ unit(vectors.values[0, 0])).double().numpy()
    assert row["estimate"] == pytest.approx(slopes.mean(), rel=1e-5)
    assert (row["low"], row["high"]) == pytest.approx(resampling.percentile_interval(weights @ slopes), rel=1e-5)
    assert (row["source"], row["against"], row["layer"], row["guard"]) == ("theirs", "b", 1, "")

    topic = (gradients.mean(0)[None] * 100).expand(TOPICS, -1, -1) * torch.arange(TOPICS)[:, None, None]
    told = StudyLayers(EMOTIONS, study.norms, study.cells + topic[:, None], study.bases, study.gaussian, study.shuffled)
    of_act = SlopeReadout("a", gradients, weights, readout.scale, n=12, in_topics=True, guard="closed")
    (acted,) = imported_slopes.slope_rows({"theirs": vectors}, of_act, told).to_dict("records")
    assert acted["null_percentile"] < row["null_percentile"] or acted["null_95"] > row["null_95"]
    assert acted["guard"] == "closed"
