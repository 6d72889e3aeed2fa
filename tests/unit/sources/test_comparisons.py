"""Evidence on planted studies: emotions that words do not tell are found, those that words tell add nothing, and noise is noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emotion_vectors.claims import nonmodels, registry
from emotion_vectors.claims.judging import REPLICATED, Verdict, combine, judge_part
from emotion_vectors.claims.nonmodels import STYLE, TWIN, WORDS
from emotion_vectors.sources import comparisons
from emotion_vectors.sources.comparisons import TOGETHER
from emotion_vectors.sources.study import SECOND_HAND, VECTORS, Source
from emotion_vectors.statistics.resampling import Draws
from tests.unit.sources.planted import EMOTIONS, MESSAGES, TOPICS, Planter, study_of

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"
CLAIMS = ("A01b", "A02b", "S05b")
DRAWS = Draws(bootstraps=200, shuffles=100, seed=4)


@pytest.fixture(scope="module")
def registered():
    return registry.load([WORKFLOW / "claims/meaning.yaml"], WORKFLOW / "schemas/claim.schema.yaml")


def measure(vectors, words, planter):
    return comparisons.measure(*study_of(vectors, words, planter), TOPICS, MESSAGES, DRAWS)


@pytest.fixture(scope="module")
def beyond_words():
    """Vectors hold emotions that words hardly tell."""
    planter = Planter(1)
    return measure(planter.source(1.5), planter.source(0.2), planter)


@pytest.fixture(scope="module")
def words_alone():
    """Words hold the emotions, and vectors are made of words."""
    planter = Planter(2)
    words = planter.source(1.0)
    return measure(planter.image(words), words, planter)


@pytest.fixture(scope="module")
def noise():
    planter = Planter(3)
    return measure(planter.source(0), planter.source(0), planter)


def verdicts(study, registered):
    """Verdict on each part, by claim and part."""
    rows = comparisons.on_the_model(study).set_index(["claim", "part"])
    return {
        (claim, part["name"]): judge_part(part, rows.loc[claim, part["name"]], 2).verdict
        for claim in CLAIMS
        for part in registered[claim]["parts"]
    }


def capped(study, registered, claim):
    """Verdict on a claim, as `judge_claims` gives it."""
    parts = {
        part: Verdict(verdict, "") for (name, part), verdict in verdicts(study, registered).items() if name == claim
    }
    entered = nonmodels.records(registered, comparisons.on_nonmodels(study))
    return nonmodels.capped(combine(parts), nonmodels.passing(registered[claim], entered[claim]))


def test_every_part_is_measured_once(beyond_words, registered):
    rows = comparisons.on_the_model(beyond_words)
    expected = [(claim, part["name"]) for claim in CLAIMS for part in registered[claim]["parts"]]
    assert sorted(zip(rows["claim"], rows["part"], strict=True)) == sorted(expected)


def test_emotions_that_words_do_not_tell_are_found(beyond_words, registered):
    found = verdicts(beyond_words, registered)
    assert set(found.values()) == {REPLICATED}, found
    assert capped(beyond_words, registered, "A01b").verdict == REPLICATED


def test_emotions_that_words_tell_are_above_chance_but_add_nothing(words_alone, registered):
    found = verdicts(words_alone, registered)
    assert found["A01b", "whitened, above chance"] == REPLICATED
    assert found["A02b", "message mean, top-3 rate"] == REPLICATED
    for part in (
        ("A01b", "whitened, adds to words"),
        ("A02b", "message mean, minus words"),
        ("S05b", "stories: without word counts"),
    ):
        assert found[part] != REPLICATED, part
    assert capped(words_alone, registered, "A01b").verdict != REPLICATED
    rows = comparisons.on_nonmodels(words_alone).set_index(["nonmodel", "claim", "part"])
    assert rows.loc[(WORDS, "A01b", "whitened, above chance"), "estimate"] > 0.5


def test_noise_is_not_found(noise, registered):
    found = verdicts(noise, registered)
    assert REPLICATED not in found.values(), found


def test_a_twin_that_knows_as_much_makes_a_claim_unspecific(registered):
    planter = Planter(5)
    sources, sentences = study_of(planter.source(1.5), planter.source(0.2), planter)
    study = comparisons.measure(sources | {TWIN: planter.source(1.5)}, sentences, TOPICS, MESSAGES, DRAWS)
    for claim in ("A01b", "A02b"):
        verdict = capped(study, registered, claim)
        assert (verdict.verdict, TWIN in verdict.why) == ("partial", True)
    assert verdicts(study, registered)["S05b", "stories: trained above re-initialised"] != REPLICATED


def test_what_cannot_be_entered_is_not_entered(beyond_words):
    rows = comparisons.on_nonmodels(beyond_words)
    of_words = rows[rows["nonmodel"] == WORDS]
    assert not of_words["part"].str.contains("words").any(), "words neither add to themselves nor exceed themselves"
    assert set(rows.loc[rows["nonmodel"] == STYLE, "claim"]) == {"A01b", "A02b"}


def test_n_counts_topics_and_messages(beyond_words):
    rows = comparisons.on_the_model(beyond_words)
    assert set(rows.loc[rows["of"] == "topics", "n"]) == {TOPICS}
    assert set(rows.loc[rows["of"] == "messages", "n"]) == {len(MESSAGES.classes)}


def test_each_verdict_is_reported_across_hands(beyond_words):
    rows = comparisons.on_the_model(beyond_words).set_index(["claim", "part"])["beside"]
    assert rows["A01b", "whitened, above chance"].startswith("across hands ")
    assert rows["A01b", "whitened, above chance"].endswith(", n = 4")
    assert rows["A02b", "reply token, minus words"].startswith("across hands ")


def test_a_study_without_the_second_hand_says_so():
    planter = Planter(6)
    sources, sentences = study_of(planter.source(1), planter.source(0.5), planter)

    def first_hand(source):
        return Source(source.stories, {name: values for name, values in source.others.items() if name != SECOND_HAND})

    study = comparisons.measure(
        {name: first_hand(each) for name, each in sources.items()}, first_hand(sentences), TOPICS, MESSAGES, DRAWS
    )
    rows = comparisons.on_the_model(study)
    assert rows.loc[rows["claim"] == "A01b", "beside"].eq("across hands not read").all()
    assert SECOND_HAND not in set(comparisons.summary(study)["measure"])


def test_the_summary_sets_sources_side_by_side(beyond_words):
    table = comparisons.summary(beyond_words)
    assert set(table["measure"]) == {"stories", "second hand", "message mean", "reply token"}
    stories = table[table["measure"] == "stories"].set_index("source")
    assert list(stories.index) == [WORDS, STYLE, TWIN, VECTORS, TOGETHER]
    assert stories.loc[VECTORS, "rate"] > stories.loc[WORDS, "rate"]
    assert (table["low"] <= table["rate"]).all()
    assert (table["rate"] <= table["high"]).all()
    assert np.allclose(stories["chance"], 1 / EMOTIONS)
    assert (stories.loc[[STYLE, TWIN], "rate"] < 0.35).all()
