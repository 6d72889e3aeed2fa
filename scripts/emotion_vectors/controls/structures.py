"""A circumplex planted into stories without one: how often the rules of geometry find it, and how often what is none.

The study at hand is emptied first: labels are permuted within every topic, alike for the states of the model and for the words and the
style of the texts, so that stories scatter as they do and nothing is known of emotion. Then every story moves with the emotion whose label
it bears: along one random direction by how pleasant people find it, along another, at right angles to the first, by how arousing. Where
labels are true the arrangement that is there would be found as well, and could not be told from the plant.

Sizes are in units of the root-mean-square length of the vectors of the emptied study: what differs between emotions by the scatter of
their stories alone. Pleasantness has that size. Arousal is smaller, as in the original, since two axes of equal size have no first and
second component.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from emotion_vectors.claims.nonmodels import WORDS
from emotion_vectors.controls.sown import OPPOSITE, PLANT, SHAM, Sown
from emotion_vectors.geometry.arrangement import Grouping
from emotion_vectors.sources import arranged, cluster_evidence, component_evidence
from emotion_vectors.sources.arranged import SharedDraws
from emotion_vectors.sources.rates import Row
from emotion_vectors.sources.study import VECTORS, Source

Array = NDArray[np.float64]
CIRCUMPLEX = "circumplex"
AROUSAL = (0.15 / 0.26) ** 0.5
"""Size of arousal over that of pleasantness: the second component of the original holds 15 % of the variance, the first 26 % (A08)."""
MINUS_WORDS, ANTONYMS = "minus words", "antonyms oppose"
"""Ends of the names of the parts that have another side: what words hold as well, and opposites that lie together."""


@dataclass(frozen=True)
class PlantedStudy:
    """A study into which a circumplex is planted.

    sources: vectors, words and style, stories alone; ratings: valence and arousal, one row for each emotion in the order of the stories;
    pairs: opposite emotions; clusterings: draws of each kind of which clusters are made.
    """

    sources: Mapping[str, Source]
    topics: int
    ratings: pd.DataFrame
    grouping: Grouping
    pairs: Sequence[tuple[int, int]]
    draws: SharedDraws
    clusterings: int

    @cached_property
    def coordinates(self) -> Array:
        """Place of each emotion in the circumplex: standardised valence and arousal, the latter scaled, [emotion, 2]."""
        values = self.ratings[["valence", "arousal"]].to_numpy(float)
        standardised: Array = (values - values.mean(0)) / values.std(0) * [1.0, AROUSAL]
        return standardised

    def agreeing(self) -> Array:
        """The same with emotions that are opposites of each other, directly or through others, in one place."""
        left, right = np.array(self.pairs).T
        emotions = len(self.coordinates)
        links = coo_array((np.ones(len(left)), (left, right)), shape=(emotions, emotions))
        _, group = connected_components(links, directed=False)
        first = np.unique(group, return_index=True)[1]
        together: Array = self.coordinates[first[group]]
        return together

    def emptied(self, generator: np.random.Generator) -> PlantedStudy:
        """The study with the stories of every topic in another order, the same in all sources."""
        emotions = len(self.coordinates)
        order = generator.permuted(np.tile(np.arange(emotions), (self.topics, 1)), axis=1)
        rows = (np.arange(self.topics)[:, None] * emotions + order).ravel()
        return replace(self, sources={name: Source(source.stories[rows], {}) for name, source in self.sources.items()})

    def planted(self, name: str, coordinates: Array, size: float, directions: Array) -> PlantedStudy:
        """The study with the stories of one source moved to the places of their emotions.

        Args:
            directions: [feature, 2], orthonormal.
        """
        stories = self.sources[name].stories
        moved = size * between_emotions(stories, self.topics) * coordinates @ directions.T
        planted = Source(stories + np.tile(moved, (self.topics, 1)), {})
        return replace(self, sources={**self.sources, name: planted})

    def evidence(self) -> list[Row]:
        """Evidence on A06b, A07b and A09b as the steps of geometry make it."""
        of_all = arranged.of_sources({name: self.sources[name] for name in (VECTORS, WORDS)}, self.topics)
        left = arranged.without_words_and_style(self.sources, self.topics, (VECTORS,))
        axes, residual = (
            {name: component_evidence.draw_axes(arrangement, self.draws) for name, arrangement in sources.items()}
            for sources in (of_all, left)
        )
        families = cluster_evidence.on_families(of_all, self.grouping, self.draws.first(self.clusterings))
        return [
            *component_evidence.on_ratings(axes, residual, self.ratings, self.draws)[VECTORS],
            *families[VECTORS],
            self.on_antonyms(),
        ]

    def on_antonyms(self) -> Row:
        """Evidence on the opposites of A09b alone."""
        of_vectors = arranged.of_sources({VECTORS: self.sources[VECTORS]}, self.topics)[VECTORS]
        return cluster_evidence.on_antonyms(of_vectors, self.pairs, self.draws)


def between_emotions(stories: Array, topics: int) -> float:
    """Root-mean-square length of the vectors of stories [story, feature], by topic, then emotion."""
    means = stories.reshape(topics, -1, stories.shape[1]).mean(0)
    return float(np.sqrt(((means - means.mean(0)) ** 2).sum(1).mean()))


def two_directions(features: int, generator: np.random.Generator) -> Array:
    """Two random directions at right angles, [feature, 2]."""
    directions: Array = np.linalg.qr(generator.normal(size=(features, 2)))[0]
    return directions


def sown_and_judged(
    study: PlantedStudy, claims: Mapping[str, Mapping[str, Any]], sizes: Sequence[float], draw: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Verdicts on all that is planted into one emptied study: the circumplex in every size, and in the largest one what is none.

    Shams: the places of the emotions exchanged at random. Opposites: the circumplex in the words of the stories, on the parts that are
    about more than words; and opposites in one place, on the part that says that they lie apart.
    """
    generator = np.random.default_rng([seed, draw])
    empty, largest = study.emptied(generator), max(sizes)
    in_vectors, in_words = (
        two_directions(study.sources[name].stories.shape[1], generator) for name in (VECTORS, WORDS)
    )
    for size in sizes:
        planted = empty.planted(VECTORS, study.coordinates, size, in_vectors)
        yield from Sown(CIRCUMPLEX, PLANT, size, draw).judged(claims, planted.evidence())
    exchanged = study.coordinates[generator.permutation(len(study.coordinates))]
    sham = empty.planted(VECTORS, exchanged, largest, in_vectors).evidence()
    yield from Sown(CIRCUMPLEX, SHAM, largest, draw).judged(claims, sham)
    opposite = Sown(CIRCUMPLEX, OPPOSITE, largest, draw)
    of_words = empty.planted(WORDS, study.coordinates, largest, in_words).evidence()
    yield from opposite.judged(claims, (row for row in of_words if row["part"].endswith(MINUS_WORDS)))
    together = empty.planted(VECTORS, study.agreeing(), largest, in_vectors)
    yield from opposite.judged(claims, [together.on_antonyms()])
