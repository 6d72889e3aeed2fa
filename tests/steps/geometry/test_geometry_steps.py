"""The steps of geometry on a tiny model: complete tables, and evidence that says what they hold."""

import numpy as np
import pytest

from emotion_vectors.artefacts import files
from tests.steps.feelings import EMOTIONS, MAIN_LAYER, TOPICS

TOPIC_COUNT = sum(TOPICS.values())


def test_components_and_their_correlations_are_of_the_main_layer(feelings):
    scores, correlations = feelings.written("scores"), feelings.written("correlations")
    assert scores["emotion"].tolist() == EMOTIONS
    assert set(scores["layer"]) == {MAIN_LAYER}
    evidence = feelings.written("evidence/A06").set_index("claim")
    chosen = correlations.query(f"layer == {MAIN_LAYER} and component == 1 and norm == 'valence'")
    assert evidence.loc["A06", "estimate"] == pytest.approx(abs(chosen["r"].item()))
    assert evidence.loc["A08", "n"] == TOPIC_COUNT


def test_clusters_and_cosines_name_every_emotion(feelings):
    clusters, cosines = feelings.written("clusters"), feelings.written("cosines")
    assert clusters["emotion"].tolist() == EMOTIONS
    assert clusters["family"].nunique() == clusters["cluster"].nunique() == 3
    own = cosines[cosines["left"] == cosines["right"]]
    np.testing.assert_allclose(own["cosine"], 1, rtol=1e-5)
    assert len(cosines) == len(EMOTIONS) ** 2


def test_similarity_across_depth_is_symmetric_with_its_reliability_stated(feelings):
    square = feelings.written("depths").pivot(index="left_layer", columns="right_layer", values="r").to_numpy()
    np.testing.assert_allclose(square, square.T)
    facts = files.provenance_of(feelings.file("depths.parquet"))
    assert facts["reliability"] == pytest.approx(np.diag(square)[2:].mean())
    evidence = feelings.written("evidence/A10").set_index("claim")["beside"]
    assert "re-initialised twin" in evidence["A10"]
    first, second = evidence["A10b"]
    assert first.startswith("across hands ")
    assert second.startswith("twin ")


def test_non_models_go_through_the_rules_of_arrangement_that_they_can_enter(feelings):
    components, clusters = feelings.written("nonmodels/A06"), feelings.written("nonmodels/A09")
    names = {"word counts", "style counts", "input embeddings", "re-initialised twin"}
    assert set(components["nonmodel"]) == set(clusters["nonmodel"]) == names
    of_words = components[components["nonmodel"] == "word counts"]
    assert not of_words["part"].str.contains("words").any(), "neither without words nor more than words"
    assert set(clusters.loc[clusters["part"] == "antonyms oppose", "nonmodel"]) == names
    assert "A08b" not in set(components.loc[components["nonmodel"] == "input embeddings", "claim"])
