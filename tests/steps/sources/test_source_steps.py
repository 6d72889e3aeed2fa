"""Sources on a tiny model: every one on every measure, and evidence that agrees with what is drawn."""

import itertools

import pytest

from emotion_vectors.artefacts import files


def test_sources_stand_side_by_side_on_four_measures(feelings):
    rates = feelings.written("sources")
    measures = {"stories", "second hand", "message mean", "reply token"}
    sources = {"word counts", "style counts", "re-initialised twin", "vectors", "vectors and words"}
    assert set(zip(rates["measure"], rates["source"], strict=True)) == {*itertools.product(measures, sources)}
    by_words = rates.set_index(["measure", "source"]).loc[("stories", "word counts")]
    assert by_words["rate"] > 0.8, "every fourth word names the emotion"
    evidence = feelings.written("evidence/A01b").set_index(["claim", "part"])
    rows = rates.set_index(["measure", "source"])
    assert evidence.loc[("A01b", "whitened, above chance"), "estimate"] == rows.loc[("stories", "vectors"), "rate"]
    others = feelings.written("nonmodels/A01b").set_index(["nonmodel", "claim", "part"])
    assert others.loc[("word counts", "A01b", "whitened, above chance"), "estimate"] == by_words["rate"]


def test_texts_are_embedded_in_the_order_of_their_ids(feelings):
    with files.open_tensors(feelings.file("sentences.safetensors")) as file:
        stories, ids = file.tensor("stories"), file.listed("story_ids")
    texts = feelings.written("stories").set_index("story_id")["text"]
    assert stories[:, 1].tolist() == pytest.approx([len(texts[name]) / 100 for name in ids])
