"""The steps of geometry on a tiny model: complete tables, and evidence that says what they hold."""

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.artefacts import files
from tests.steps.feelings import EMOTIONS, MAIN_LAYER, TOPICS

TOPIC_COUNT = sum(TOPICS.values())


def table(feelings, name):
    return pd.read_parquet(feelings.file(f"{name}.parquet"))


def test_components_and_their_correlations_are_of_the_main_layer(feelings):
    scores, correlations = table(feelings, "scores"), table(feelings, "correlations")
    assert scores["emotion"].tolist() == EMOTIONS
    assert set(scores["layer"]) == {MAIN_LAYER}
    evidence = table(feelings, "evidence/A06").set_index("claim")
    chosen = correlations.query(f"layer == {MAIN_LAYER} and component == 1 and norm == 'valence'")
    assert evidence.loc["A06", "estimate"] == pytest.approx(abs(chosen["r"].item()))
    assert evidence.loc["A08", "n"] == TOPIC_COUNT


def test_clusters_and_cosines_name_every_emotion(feelings):
    clusters, cosines = table(feelings, "clusters"), table(feelings, "cosines")
    assert clusters["emotion"].tolist() == EMOTIONS
    assert clusters["family"].nunique() == clusters["cluster"].nunique() == 3
    own = cosines[cosines["left"] == cosines["right"]]
    np.testing.assert_allclose(own["cosine"], 1, rtol=1e-5)
    assert len(cosines) == len(EMOTIONS) ** 2


def test_similarity_across_depth_is_symmetric_with_its_reliability_stated(feelings):
    square = table(feelings, "depths").pivot(index="left_layer", columns="right_layer", values="r").to_numpy()
    np.testing.assert_allclose(square, square.T)
    facts = files.provenance_of(feelings.file("depths.parquet"))
    assert facts["reliability"] == pytest.approx(np.diag(square)[2:].mean())
    assert "re-initialised twin" in table(feelings, "evidence/A10")["beside"].item()
