"""A planted circumplex: it lies where it is said to, large ones are found by the registered rules, shams and opposites are not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.claims import registry
from emotion_vectors.claims.judging import REPLICATED
from emotion_vectors.claims.nonmodels import STYLE, WORDS
from emotion_vectors.controls import structures
from emotion_vectors.controls.sown import OPPOSITE, PLANT, SHAM
from emotion_vectors.controls.structures import PlantedStudy
from emotion_vectors.geometry.arrangement import Grouping
from emotion_vectors.sources.arranged import SharedDraws
from emotion_vectors.sources.study import VECTORS, Source
from emotion_vectors.statistics.resampling import Draws
from tests.act_tables import WORKFLOW

TOPICS, EMOTIONS, WIDTH = 6, 24, 40
PAIRS = [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]
CLAIMS = registry.load([WORKFLOW / "claims/meaning.yaml"], WORKFLOW / "schemas/claim.schema.yaml")


def made(seed: int, true: float = 0.0) -> PlantedStudy:
    """Noise of stories, to which a circumplex of the true labels may be added; the first emotions stand opposite each other in pairs."""
    generator = np.random.default_rng(seed)
    signs = np.where(np.arange(EMOTIONS) % 2, -1, 1)
    valence = signs * (1 + 0.2 * generator.random(EMOTIONS))
    # Emotions are pleasant or unpleasant, as real ones are: of vectors of unit length the first component is pleasantness then.
    ratings = pd.DataFrame({"valence": valence, "arousal": generator.normal(size=EMOTIONS)})
    for left, right in PAIRS:
        ratings.loc[right] = -ratings.loc[left]
    sources = {name: Source(generator.normal(size=(TOPICS * EMOTIONS, WIDTH)), {}) for name in (VECTORS, WORDS, STYLE)}
    angles = np.arctan2(ratings["arousal"], ratings["valence"])
    families = np.argsort(np.argsort(angles)) * 6 // EMOTIONS
    study = PlantedStudy(
        sources,
        TOPICS,
        ratings,
        Grouping(families.tolist(), runs=2, seed=1),
        PAIRS,
        SharedDraws.draw(TOPICS, EMOTIONS, Draws(40, 40, 5)),
        20,
    )
    return study.planted(VECTORS, study.coordinates, true, structures.two_directions(WIDTH, generator))


def table(study: PlantedStudy, size: float, draws: int = 1, claims=CLAIMS) -> pd.DataFrame:
    rows = [
        row for draw in range(draws) for row in structures.sown_and_judged(study, claims, [size / 8, size], draw, 3)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def large():
    return table(made(1), 4.0)


def test_every_part_of_the_three_claims_is_planted_and_shammed_and_those_with_another_side_are_turned(large):
    parts = [(claim, part["name"]) for claim in ("A06b", "A07b", "A09b") for part in CLAIMS[claim]["parts"]]
    for kind, size in ((PLANT, 0.5), (PLANT, 4.0), (SHAM, 4.0)):
        rows = large[(large["kind"] == kind) & (large["size"] == size)]
        assert sorted(zip(rows["claim"], rows["part"], strict=True)) == sorted(parts)
    turned = {part for _, part in parts if part.endswith("minus words")} | {"antonyms oppose"}
    assert {*large.loc[large["kind"] == OPPOSITE, "part"]} == turned


def test_large_circumplexes_are_found_and_what_is_none_is_not(large):
    planted = large[(large["kind"] == PLANT) & (large["size"] == 4.0)]
    missed = planted.loc[~planted["found"], "part"].tolist()
    assert missed == []
    shams = large.loc[large["kind"] == SHAM, "found"]
    assert shams.mean() <= 0.2
    opposite = large[large["kind"] == OPPOSITE]
    assert REPLICATED not in {*opposite["verdict"]}
    assert not opposite["found"].any()


def test_what_is_found_is_the_plant_since_nothing_is_left_of_true_labels():
    """A study full of true structure, into which next to nothing is planted, is as empty as one of noise."""
    rows = table(made(2, true=8.0), 0.08)
    assert rows["found"].mean() <= 0.1


def test_the_registered_rule_decides():
    """With thresholds that no study can reach nothing is found, however large the plant."""
    out_of_reach = {
        name: claim | {"parts": [part | {"null_percentile": 101} for part in claim["parts"]]}
        for name, claim in CLAIMS.items()
    }
    rows = table(made(1), 4.0, claims=out_of_reach)
    assert not rows["found"].any()


def test_the_vectors_move_by_the_places_of_their_emotions_in_units_of_what_differs_between_them():
    study, directions = made(3), structures.two_directions(WIDTH, np.random.default_rng(1))
    planted = study.planted(VECTORS, study.coordinates, 1.5, directions)
    before, after = (each.sources[VECTORS].stories.reshape(TOPICS, EMOTIONS, WIDTH) for each in (study, planted))
    spread = np.sqrt(np.mean(np.sum((before.mean(0) - before.mean((0, 1))) ** 2, axis=1)))
    np.testing.assert_allclose((after - before)[2] @ directions / spread, 1.5 * study.coordinates, atol=1e-9)
    np.testing.assert_allclose(np.std(study.coordinates, axis=0), [1, (15 / 26) ** 0.5])
    np.testing.assert_allclose(directions.T @ directions, np.eye(2), atol=1e-12)


def test_stories_change_places_within_their_topic_alike_in_all_sources():
    study = made(4)
    same = study.sources[VECTORS].stories
    study = replace(study, sources={**study.sources, WORDS: Source(same, {})})
    emptied = study.emptied(np.random.default_rng(0)).sources
    np.testing.assert_array_equal(emptied[VECTORS].stories, emptied[WORDS].stories)
    for before, after in zip(np.split(same, TOPICS), np.split(emptied[VECTORS].stories, TOPICS), strict=True):
        assert sorted(before[:, 0]) == sorted(after[:, 0])
        assert (before[:, 0] != after[:, 0]).any()


def test_opposites_that_lie_together_share_one_place_through_others_as_well():
    study = replace(made(5), pairs=[(0, 1), (1, 2), (4, 3)])
    together = study.agreeing()
    assert (together[:3] == together[0]).all()
    assert (together[3] == together[4]).all()
    np.testing.assert_array_equal(together[5:], study.coordinates[5:])
