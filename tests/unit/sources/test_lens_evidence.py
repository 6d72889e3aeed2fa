"""Evidence on promoted tokens: vectors that raise own words are found, those that raise any, or those of like emotions, are not."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from emotion_vectors.meaning import lens
from emotion_vectors.sources import lens_evidence
from emotion_vectors.sources.lens_evidence import LensInputs
from tests.conftest import WORDS
from tests.random_tensors import random

TOPICS, EMOTIONS = 6, 10


@pytest.fixture
def reader(llama, monkeypatch):
    """A lens on ten emotions with two words each; four tokens of a small vocabulary are its first."""
    monkeypatch.setattr(lens_evidence, "FIRST_TOKENS", 4)
    single = [word for word in WORDS if len(llama.tokenizer.encode(f" {word}", add_special_tokens=False)) == 1]
    families = {f"emotion {number}": single[2 * number : 2 * number + 2] for number in range(EMOTIONS)}
    return lens.family_lens(llama, families, list(families))


def own_rows(reader):
    """Unembedding rows of the words of each emotion, added: [emotion, d_model]."""
    tokens = np.array(reader.tokens["token_id"]).reshape(EMOTIONS, 2)
    return reader.model.unembedding.weight.detach()[torch.from_numpy(tokens)].sum(1)


def stories(vectors, topics=TOPICS, seed=1):
    """Stories with these vectors, an offset for each topic and a little noise: [topic, emotion, d_model]."""
    width = vectors.shape[1]
    return (
        vectors
        + random(topics, 1, width, seed=seed)
        + 0.1 * vectors.std() * random(topics, EMOTIONS, width, seed=seed + 1)
    )


def test_own_words_among_the_first_tokens_are_those_of_the_whole_vocabulary(reader):
    directions = random(EMOTIONS, reader.model.width)
    among = lens_evidence.families_among_first(reader, directions)
    logits = lens.promoted(reader.model, directions)
    for row, column in np.ndindex(among.shape):
        tokens = reader.tokens.loc[reader.tokens["emotion"] == reader.measured[column], "token_id"]
        ranks = [int((logits[row] > logits[row, token]).sum()) for token in tokens]
        assert among[row, column] == (min(ranks) < 4)


def test_vectors_that_raise_their_own_words_are_found(reader):
    cells = stories(own_rows(reader))
    row = lens_evidence.on_first_tokens(reader, LensInputs(cells, stories(own_rows(reader), 3, seed=5)), 200, seed=1)
    assert row["null_percentile"] > 95
    assert row["low"] > 0.05
    assert row["n"] == EMOTIONS
    assert row["beside"].startswith("across hands ")


def test_vectors_of_no_words_are_not_found(reader):
    cells = stories(random(EMOTIONS, reader.model.width, seed=8))
    row = lens_evidence.on_first_tokens(reader, LensInputs(cells, None), 200, seed=1)
    assert row["null_percentile"] <= 95 or row["low"] <= 0
    assert row["beside"].startswith("across hands not read; ")


def test_words_that_every_vector_raises_are_no_own_words(reader):
    """All vectors alike but for noise: chance matches them with the emotions just as well."""
    shared = own_rows(reader)[:1].expand(EMOTIONS, -1) * torch.linspace(-1, 1, EMOTIONS)[:, None]
    row = lens_evidence.on_first_tokens(reader, LensInputs(stories(shared), None), 200, seed=1)
    assert row["null_percentile"] <= 95 or row["low"] <= 0


def test_vectors_that_raise_only_pleasant_or_unpleasant_words_do_not_pass(reader, monkeypatch):
    """Every vector of a side raises the words of that side: most own ones are among them, and no more than those of like emotions."""
    monkeypatch.setattr(lens_evidence, "FIRST_TOKENS", 30)
    pleasant = torch.where(torch.arange(EMOTIONS) < EMOTIONS // 2, 1.0, -1.0)[:, None]
    vectors = pleasant * (pleasant * own_rows(reader)).sum(0)
    row = lens_evidence.on_first_tokens(reader, LensInputs(stories(vectors), None), 200, seed=1)
    assert row["low"] > 0.05, "label-shuffled vectors alone would let it pass"
    *others, like = (float(percentile) for percentile in row["beside"].split("like emotions ")[1].split(", "))
    assert min(others) > 95, "without the families of like emotions it would pass"
    assert row["null_percentile"] == pytest.approx(like, abs=0.1)
    assert like < 95


def test_sides_are_those_of_the_words_that_are_raised(reader):
    words = own_rows(reader)
    pleasant = np.arange(EMOTIONS) % 3 == 0
    contrast = words[pleasant].mean(0) - words[~pleasant].mean(0)
    side = lens_evidence.sides(reader, torch.from_numpy(np.where(pleasant, 1.0, -0.4))[:, None].float() * contrast)
    assert (side == pleasant).all() or (side == ~pleasant).all()


def test_own_families_count_as_little_as_those_of_like_emotions_where_both_are_raised():
    side = np.arange(EMOTIONS) < EMOTIONS // 2
    shares = lens_evidence.like_shares(side[:, None] == side, side, np.random.default_rng(0))
    assert len(shares) >= 200
    assert (shares > 1).all()
