"""Sources of a made-up study in which it is known where the emotions are."""

from __future__ import annotations

import numpy as np

from emotion_vectors.claims.nonmodels import EMBEDDINGS, STYLE, TWIN, WORDS
from emotion_vectors.sources.decoded import Messages
from emotion_vectors.sources.study import SECOND_HAND, SPANS, VECTORS, Source

TOPICS, SECOND_TOPICS, EMOTIONS, WIDTH, OF_EACH = 8, 4, 8, 30, 4
CLASSES = np.repeat(range(EMOTIONS), OF_EACH)
MESSAGES = Messages(list(range(EMOTIONS)), CLASSES.tolist())


class Planter:
    """Texts of three kinds, and features of them with or without the emotions."""

    def __init__(self, seed: int) -> None:
        self.generator = np.random.default_rng(seed)

    def source(self, strength: float) -> Source:
        """Features with a direction of this strength for each emotion, the same in stories, messages and the second hand's stories."""
        emotions = strength * self.generator.normal(size=(EMOTIONS, WIDTH))
        stories, second = (
            (emotions + self.noise(topics, 1, WIDTH) + self.noise(topics, EMOTIONS, WIDTH)).reshape(-1, WIDTH)
            for topics in (TOPICS, SECOND_TOPICS)
        )
        spans = {span: emotions[CLASSES] + self.noise(len(CLASSES), WIDTH) for span in SPANS}
        return Source(stories, spans | {SECOND_HAND: second})

    def image(self, source: Source) -> Source:
        """What a network without memory makes of another source: a linear image of it, and some noise."""
        map_of = self.noise(WIDTH, WIDTH)

        def of(values: np.ndarray) -> np.ndarray:
            return values @ map_of + 0.3 * self.noise(len(values), WIDTH)

        return Source(of(source.stories), {name: of(values) for name, values in source.others.items()})

    def noise(self, *shape: int) -> np.ndarray:
        return self.generator.normal(size=shape)


def study_of(vectors: Source, words: Source, planter: Planter) -> tuple[dict[str, Source], Source]:
    """All sources: of the others none knows an emotion."""
    others = {name: planter.source(0) for name in (STYLE, EMBEDDINGS, TWIN)}
    return {VECTORS: vectors, WORDS: words, **others}, planter.source(0)
