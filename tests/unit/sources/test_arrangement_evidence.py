"""Evidence on arrangements with planted axes, families and depth: found where they are, not where words have them, nor in noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.claims import nonmodels, registry
from emotion_vectors.claims.judging import PARTIAL, REPLICATED, combine, judge_part
from emotion_vectors.claims.nonmodels import EMBEDDINGS, STYLE, TWIN, WORDS
from emotion_vectors.geometry.arrangement import Grouping
from emotion_vectors.sources import arranged, cluster_evidence, component_evidence, depth_evidence
from emotion_vectors.sources.arranged import SharedDraws
from emotion_vectors.sources.study import SECOND_HAND, VECTORS, Source
from emotion_vectors.statistics.resampling import Draws

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"
TOPICS, SECOND_TOPICS, EMOTIONS, WIDTH = 6, 3, 24, 40
FAMILIES = np.repeat(range(6), 4)
PAIRS = [(0, 4), (1, 5), (8, 12), (9, 13)]
DRAWS = Draws(bootstraps=100, shuffles=60, seed=5)


@pytest.fixture(scope="module")
def registered():
    return registry.load([WORKFLOW / "claims/meaning.yaml"], WORKFLOW / "schemas/claim.schema.yaml")


@pytest.fixture(scope="module")
def ratings():
    generator = np.random.default_rng(8)
    return pd.DataFrame(generator.normal(size=(EMOTIONS, 2)), columns=["valence", "arousal"])


class Planter:
    """Sources whose vectors are planted."""

    def __init__(self, seed: int) -> None:
        self.generator = np.random.default_rng(seed)

    def source(self, vectors: np.ndarray) -> Source:
        """Stories of all topics, of both hands, with these vectors [emotion, feature] and noise."""
        first, second = (self.noise(topics, *vectors.shape) + vectors for topics in (TOPICS, SECOND_TOPICS))
        return Source(first.reshape(-1, WIDTH), {SECOND_HAND: second.reshape(-1, WIDTH)})

    def circumplex(self, ratings: pd.DataFrame) -> Source:
        """Valence along the first axis, arousal along a second one."""
        axes = self.noise(2, WIDTH)
        return self.source(ratings.to_numpy() @ (axes * [[1.5], [0.8]]))

    def families(self) -> Source:
        """A direction for each family; the second of a pair points against the first."""
        directions = 1.5 * self.noise(6, WIDTH)
        directions[[1, 3]] = -directions[[0, 2]]
        return self.source(directions[FAMILIES] + 0.2 * self.noise(EMOTIONS, WIDTH))

    def nothing(self) -> Source:
        return self.source(np.zeros((EMOTIONS, WIDTH)))

    def noise(self, *shape: int) -> np.ndarray:
        return self.generator.normal(size=shape)


def sources_of(planter, vectors, words=None):
    others = {name: planter.nothing() for name in (STYLE, EMBEDDINGS, TWIN)}
    return {VECTORS: vectors, WORDS: words or planter.nothing(), **others}


def draws():
    return SharedDraws.draw(TOPICS, EMOTIONS, DRAWS)


def components(sources, ratings):
    of_all, left = (make(sources, TOPICS) for make in (arranged.of_sources, arranged.without_words_and_style))
    return component_evidence.on_components(of_all, left, ratings, draws())


def clusters(sources):
    grouping = Grouping(FAMILIES.tolist(), runs=2, seed=1)
    return cluster_evidence.on_clusters_and_antonyms(arranged.of_sources(sources, TOPICS), grouping, PAIRS, draws(), 40)


def verdicts(rows, registered):
    """Verdict on each part, by claim and part."""
    rules = {(name, part["name"]): part for name, claim in registered.items() for part in claim["parts"]}
    return {(row["claim"], row["part"]): judge_part(rules[row["claim"], row["part"]], row, 2) for row in rows}


def capped(of_vectors, of_nonmodels, registered, claim):
    parts = {part: verdict for (name, part), verdict in verdicts(of_vectors, registered).items() if name == claim}
    entered = nonmodels.records(registered, pd.DataFrame(of_nonmodels))
    return nonmodels.capped(combine(parts), nonmodels.passing(registered[claim], entered[claim]))


def test_planted_pleasantness_and_arousal_are_found(registered, ratings):
    planter = Planter(1)
    rows, others = components(sources_of(planter, planter.circumplex(ratings)), ratings)
    found = verdicts(rows, registered)
    assert {part: verdict.why for part, verdict in found.items() if verdict.verdict != REPLICATED} == {}
    assert capped(rows, others, registered, "A06b").verdict == REPLICATED
    assert all(row["beside"].startswith("across hands ") for row in rows)


def test_pleasantness_that_words_hold_as_well_is_not_that_of_vectors(registered, ratings):
    planter = Planter(2)
    words = planter.circumplex(ratings)
    vectors = Source(words.stories @ planter.noise(WIDTH, WIDTH), {})
    rows, others = components(sources_of(planter, vectors, words), ratings)
    found = verdicts(rows, registered)
    assert found["A06b", "PC1 and valence, minus words"].verdict != REPLICATED
    assert found["A06b", "PC1 and valence, without words and style"].verdict != REPLICATED
    assert capped(rows, others, registered, "A06b").verdict != REPLICATED
    of_words = {row["part"]: row["estimate"] for row in others if row["nonmodel"] == WORDS}
    assert of_words["PC1 and valence"] > 0.8


def test_two_components_of_an_untrained_network_make_concentration_unspecific(registered, ratings):
    planter = Planter(3)
    sources = sources_of(planter, planter.circumplex(ratings)) | {TWIN: planter.circumplex(ratings)}
    rows, others = components(sources, ratings)
    verdict = capped(rows, others, registered, "A08b")
    assert verdict.verdict == PARTIAL
    assert verdict.why.startswith("not specific, since every part is passed by re-initialised twin as well")


def test_noise_has_no_components_of_any_meaning(registered, ratings):
    planter = Planter(4)
    rows, _ = components(sources_of(planter, planter.nothing()), ratings)
    assert REPLICATED not in {verdict.verdict for verdict in verdicts(rows, registered).values()}


def test_planted_families_and_opposites_are_found(registered):
    planter = Planter(5)
    rows, others = clusters(sources_of(planter, planter.families()))
    assert {verdict.verdict for verdict in verdicts(rows, registered).values()} == {REPLICATED}
    assert capped(rows, others, registered, "A09b").verdict == REPLICATED


def test_families_that_words_hold_as_well_are_not_those_of_vectors(registered):
    planter = Planter(6)
    rows, others = clusters(sources_of(planter, planter.families(), planter.families()))
    found = verdicts(rows, registered)
    assert found["A09b", "clusters match families"].verdict == REPLICATED
    assert found["A09b", "clusters match families, minus words"].verdict != REPLICATED
    assert capped(rows, others, registered, "A09b").verdict == PARTIAL


def test_noise_has_no_families(registered):
    planter = Planter(7)
    rows, _ = clusters(sources_of(planter, planter.nothing()))
    assert REPLICATED not in {verdict.verdict for verdict in verdicts(rows, registered).values()}


LAYERS, MAIN = 8, 6


def network(generator, changes):
    """Cells [topic, emotion, layer, d_model]: each layer adds noise of stories to an arrangement that changes at these layers."""
    layers, arranged = [], generator.normal(size=(EMOTIONS, WIDTH))
    for layer in range(LAYERS):
        if layer in changes:
            arranged = generator.normal(size=(EMOTIONS, WIDTH))
        layers.append(arranged + 0.5 * generator.normal(size=(TOPICS, EMOTIONS, WIDTH)))
    return torch.from_numpy(np.stack(layers, axis=2)).float()


@pytest.mark.parametrize(
    ("changes", "of_twin", "expected"),
    [((3,), (), (True, True)), ((), (), (False, False)), ((3,), (3,), (True, False)), (range(8), (), (False, False))],
    ids=["changed at the middle", "never changed", "changed in the twin as well", "changed at every layer"],
)
def test_an_arrangement_of_the_deeper_half_is_found_where_there_is_one(registered, changes, of_twin, expected):
    generator = np.random.default_rng(9)
    cells, twin = network(generator, changes), network(generator, of_twin)[:, :, :MAIN]
    rows = depth_evidence.on_depth_contrasts(cells, twin, None, resamples=40, seed=1)
    found = verdicts(rows, registered)
    assert tuple(verdict.verdict == REPLICATED for verdict in found.values()) == expected, found
    assert rows[0]["beside"] == "across hands not read"
    assert rows[0]["n"] == TOPICS


def test_depth_is_compared_across_hands():
    generator = np.random.default_rng(10)
    cells = network(generator, (3,))
    rows = depth_evidence.on_depth_contrasts(cells, cells[:, :, :MAIN], cells[:4], resamples=20, seed=1)
    assert rows[0]["beside"].startswith("across hands ")
