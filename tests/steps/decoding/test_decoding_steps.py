"""The steps of decoding on a tiny model: stories, messages and what is left without training or words, in complete tables."""

from emotion_vectors.decoding.hit_tables import BOTH, NO_LAYER
from tests.steps.feelings import EMOTIONS, LAYERS, MAIN_LAYER, TOPICS

TOPIC_COUNT = sum(TOPICS.values())


def test_stories_that_name_their_emotion_are_decoded(feelings):
    hits = feelings.written("hits")
    methods = {
        "vectors",
        "without neutral projection",
        "from the first token",
        "word-residual",
        "half the topics",
    }
    assert set(hits["method"]) == methods
    both = hits[(hits["method"] == "vectors") & (hits["scheme"] == BOTH)]
    assert len(both) == LAYERS * TOPIC_COUNT * len(EMOTIONS)
    assert both["hit"].mean() > 0.6, "chance is a sixth"
    assert "word-residual" not in set(feelings.written("twin/hits")["method"])
    words = feelings.written("words/hits")
    assert set(words["layer"]) == {NO_LAYER}
    assert words["hit"].mean() > 0.8


def test_accuracy_has_a_band_at_every_layer_and_for_words(feelings):
    accuracy = feelings.written("accuracy")
    assert set(accuracy["layer"]) == {*range(LAYERS), NO_LAYER}
    assert accuracy.groupby("layer")["null_95"].nunique().eq(1).all()
    row = feelings.written("evidence/A01").set_index("part").loc["above chance"]
    chosen = accuracy.query(f"method == 'vectors' and scheme == '{BOTH}' and layer == {MAIN_LAYER}")
    assert row["estimate"] == chosen["accuracy"].item()
    assert row["reference"] == 1 / len(EMOTIONS)


def test_every_message_is_ranked_by_every_method_at_both_places(feelings):
    ranks = feelings.written("ranks")
    assert len(ranks) == 2 * 2 * LAYERS * 2 * len(EMOTIONS)
    assert ranks["rank"].between(1, len(EMOTIONS)).all()
    rates, heatmap = feelings.written("rates"), feelings.written("heatmap")
    assert rates.groupby("method").size().to_dict() == {"vectors": 2 * LAYERS, "word-residual": 2 * LAYERS, "words": 1}
    assert len(heatmap) == len(EMOTIONS) ** 2
    evidence = feelings.written("evidence/A02").iloc[0]
    assert evidence["beside"].startswith("word counts ")


def test_the_summary_of_training_has_four_methods_on_two_measures(feelings):
    summary = feelings.written("summary")
    assert len(summary) == 8
    assert (summary["low"] <= summary["rate"]).all()
    assert (summary["rate"] <= summary["high"]).all()
