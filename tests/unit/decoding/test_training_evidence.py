"""Evidence on S05: what training and words leave over is found where it is planted, and not where it is not."""

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.decoding import hit_tables, training_evidence
from emotion_vectors.decoding.implicit_messages import MESSAGE_MEAN, REPLY_TOKEN
from emotion_vectors.decoding.training_evidence import MESSAGES, RESIDUAL, STORIES, TRAINED, TWIN, WORDS

TOPICS, EMOTIONS, WIDTH, LAYER = 12, 8, 16, 1
NAMES = [f"e{number}" for number in range(EMOTIONS)]


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def hits_at(rates, seed=0):
    """Hits of the four methods at the given rates, on stories [topic, emotion] and on messages [emotion, message]."""
    generator = np.random.default_rng(seed)
    shapes = {STORIES: (TOPICS, EMOTIONS), MESSAGES: (EMOTIONS, 6)}
    return {
        name: {method: (generator.random(shape) < rate).astype(float) for method, rate in rates.items()}
        for name, shape in shapes.items()
    }


PERMUTED = {
    STORIES: list(np.random.default_rng(1).normal(1 / EMOTIONS, 0.03, 200)),
    MESSAGES: list(np.random.default_rng(2).normal(3 / EMOTIONS, 0.05, 200)),
}


def test_what_training_adds_is_found_with_its_size_and_sign():
    hits = hits_at({TRAINED: 0.9, RESIDUAL: 0.8, TWIN: 0.2, WORDS: 0.3})
    found = training_evidence.evidence_on_training(hits, PERMUTED, bootstraps=200, seed=0).set_index("part")
    assert set(found["claim"]) == {"S05"}
    assert len(found) == 6
    for name, methods in hits.items():
        for part, other in (("trained above re-initialised", TWIN), ("above words", WORDS)):
            row = found.loc[f"{name}: {part}"]
            assert row["estimate"] == pytest.approx(methods[TRAINED].mean() - methods[other].mean())
            assert row["low"] > 0.2
            assert row["null_percentile"] > 95
        kept = found.loc[f"{name}: word-residual"]
        assert kept["estimate"] == methods[RESIDUAL].mean()
        assert kept["null_percentile"] == 100
    assert found.loc["stories: word-residual", "reference"] == 1 / EMOTIONS
    assert found.loc["messages: word-residual", "reference"] == 3 / EMOTIONS


def test_methods_that_differ_by_nothing_stay_inside_the_null():
    rows = []
    for seed in range(6):
        hits = hits_at({TRAINED: 0.3, RESIDUAL: 1 / EMOTIONS, TWIN: 0.3, WORDS: 0.3}, seed)
        rows.append(training_evidence.evidence_on_training(hits, PERMUTED, bootstraps=100, seed=seed))
    table = pd.concat(rows)
    differences = table[~table["part"].str.endswith("word-residual")]
    assert differences["null_percentile"].mean() == pytest.approx(50, abs=20)
    assert ((differences["low"] <= 0) & (differences["high"] >= 0)).mean() > 0.7
    assert table.loc[table["part"] == "stories: word-residual", "null_percentile"].mean() < 90


def test_a_twin_that_reads_better_shows_with_its_sign():
    hits = hits_at({TRAINED: 0.2, RESIDUAL: 0.2, TWIN: 0.9, WORDS: 0.2})
    found = training_evidence.evidence_on_training(hits, PERMUTED, bootstraps=100, seed=0).set_index("part")
    assert found.loc["stories: trained above re-initialised", "high"] < -0.3
    assert found.loc["stories: trained above re-initialised", "null_percentile"] < 5


def test_permuted_residuals_are_at_chance_whatever_the_signal():
    signal = noise(EMOTIONS, 1, WIDTH, seed=3)
    cells = 3 * signal + noise(TOPICS, EMOTIONS, 1, WIDTH)
    states, truth = signal.repeat(4, 1, 1), list(range(EMOTIONS)) * 4
    rates = training_evidence.permuted_residuals(cells, states, truth, list(range(EMOTIONS)), 60, seed=0)
    assert np.mean(rates[STORIES]) == pytest.approx(1 / EMOTIONS, abs=0.04)
    assert np.mean(rates[MESSAGES]) == pytest.approx(3 / EMOTIONS, abs=0.08)


def test_the_summary_names_measures_by_their_number_of_emotions():
    hits = hits_at({TRAINED: 0.9, RESIDUAL: 0.5, TWIN: 0.2, WORDS: 0.3})
    found = training_evidence.summary(hits, bootstraps=100, seed=0)
    assert set(found["measure"]) == {f"stories, top-1 of {EMOTIONS}", f"messages, top-3 of {EMOTIONS}"}
    row = found[(found["method"] == TWIN) & found["measure"].str.startswith("stories")].iloc[0]
    assert row["low"] <= row["rate"] == hits[STORIES][TWIN].mean() <= row["high"]
    assert row["n"] == TOPICS * EMOTIONS


def test_hits_are_taken_from_the_table_of_each_method():
    generator = np.random.default_rng(0)
    hits = {
        name: generator.random((2, TOPICS, EMOTIONS)) < 0.5 for name in ("vectors", "word-residual", "twin", "words")
    }
    topics = [f"t{topic:02d}" for topic in range(TOPICS)]

    def table(name, method):
        return hit_tables.tabulate_hits(hits[name], topics, NAMES, method=method, scheme=hit_tables.BOTH)

    trained = pd.concat([table("vectors", "vectors"), table("word-residual", "word-residual")])
    words = table("words", "words").query("layer == 0").assign(layer=hit_tables.NO_LAYER)
    found = training_evidence.story_hits(trained, table("twin", "vectors"), words, LAYER)
    for method, name in ((TRAINED, "vectors"), (RESIDUAL, "word-residual"), (TWIN, "twin")):
        np.testing.assert_array_equal(found[method], hits[name][LAYER])
    np.testing.assert_array_equal(found[WORDS], hits["words"][0])


def test_ranks_are_taken_before_the_reply_at_the_main_layer():
    def ranks(method, rank, position=REPLY_TOKEN, layer=LAYER):
        rows = [(f"m{n}", name, rank, method, position, layer) for n, name in enumerate(NAMES * 2)]
        return pd.DataFrame(rows, columns=["message_id", "emotion", "rank", "method", "position", "layer"])

    elsewhere = [ranks("vectors", 9, position=MESSAGE_MEAN), ranks("vectors", 9, layer=0)]
    trained = pd.concat([ranks("vectors", 1), ranks("word-residual", 4), *elsewhere])
    found = training_evidence.message_hits(trained, ranks("vectors", 3), ranks("words", 5), LAYER)
    assert {method: table.mean() for method, table in found.items()} == {TRAINED: 1, RESIDUAL: 0, TWIN: 1, WORDS: 0}
    assert found[TRAINED].shape == (EMOTIONS, 2)
