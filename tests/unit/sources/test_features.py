"""Words and style of texts as numbers."""

import numpy as np
import pytest

from emotion_vectors.sources import features

STORIES = ["The river rose. No boat came!", "She did not shout at the boat?", 'He said "you and I" twice.']


def test_words_of_other_texts_are_weighed_by_the_stories():
    stories, others = features.words(STORIES, ["a boat", "the unknown"])
    assert stories.shape[1] == others.shape[1]
    np.testing.assert_allclose(np.linalg.norm(stories, axis=1), 1)
    boat = others[0].argmax()
    assert (stories[:2, boat] > 0).all()
    assert stories[2, boat] == 0


def test_style_is_counted_in_standard_deviations_of_the_stories():
    counts = features.style(STORIES)[0]
    assert counts.shape == (3, len(features.STYLE_COUNTS))
    np.testing.assert_allclose(counts.mean(0), 0, atol=1e-12)
    column = dict(zip(features.STYLE_COUNTS, counts.T, strict=True))
    for name, story in (("exclamation marks", 0), ("question marks", 1), ("quotation marks", 2), ("you", 2), ("I", 2)):
        assert column[name].argmax() == story, name
    assert column["negations"].argmin() == 2
    assert column["negations"][0] == pytest.approx(column["negations"][1])


def test_a_count_that_no_story_varies_in_is_nothing_elsewhere():
    stories, others = features.style(["One word.", "Two more."], ["Five words! And again more!"])
    exclamations = features.STYLE_COUNTS.index("exclamation marks")
    assert (stories[:, exclamations] == 0).all()
    assert others[0, exclamations] == 0


def test_negations_are_words_and_contractions():
    counts = features.style(["I do not know.", "I don't know.", "I know the knot."])[0]
    negations = counts[:, features.STYLE_COUNTS.index("negations")]
    assert negations[0] == negations[1] > negations[2]
