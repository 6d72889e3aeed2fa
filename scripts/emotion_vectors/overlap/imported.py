"""Vectors of other people put through analyses of the study: cosines with its story vectors, and held-out stories decoded by them.

Directions are taken as their file has them, of any length and not relative to each other, at every layer that the file has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from emotion_vectors.conduct.kinds import GAUSSIAN, SHUFFLED
from emotion_vectors.decoding import decoding_evidence, nearest_direction
from emotion_vectors.decoding.hit_tables import leave_one_out
from emotion_vectors.exports.vector_set import VectorSet
from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.algebra import centred, project_out, unit
from emotion_vectors.statistics.effects import Effect, Scale, against_nulls, effect
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.configuration import STUDY
from emotion_vectors.vectors.emotion_vectors import from_cells

COSINE, DECODING, SLOPE = "cosine", "decoding", "slope"
HELD_OUT = "held-out stories"
FEWEST_EMOTIONS = 2
"""Emotions that a file must share with the study before stories can be told apart by its directions."""


@dataclass(frozen=True)
class StudyLayers:
    """What a study has of one model at every layer.

    norms: [layer], mean residual norm; cells: [topic, emotion, layer, d_model], without neutral components; bases: orthonormal ones
    [component, d_model] of these, by layer; gaussian, shuffled: null directions [direction, layer, d_model].
    """

    emotions: list[str]
    norms: Tensor
    cells: Tensor
    bases: Sequence[Tensor]
    gaussian: Tensor
    shuffled: Tensor

    def nulls(self) -> dict[str, Tensor]:
        """Null directions by kind: [direction, layer, d_model]."""
        return {GAUSSIAN: self.gaussian, SHUFFLED: self.shuffled}

    def shared(self, vectors: VectorSet) -> list[str]:
        """Emotions of the study that a set has a direction for, by name."""
        return [emotion for emotion in self.emotions if emotion in vectors.names]

    def of(self, emotions: Sequence[str], layers: Sequence[int]) -> VectorSet:
        """The study's own vectors of some emotions at some layers."""
        chosen = from_cells(self.cells)[self._places(emotions)][:, list(layers)]
        return VectorSet(list(emotions), list(layers), chosen, self.norms[list(layers)], STUDY)

    def cells_of(self, emotions: Sequence[str], layers: Sequence[int]) -> Tensor:
        """Cells of some emotions at some layers: [topic, emotion, layer, d_model]."""
        return self.cells[:, self._places(emotions)][:, :, list(layers)]

    def _places(self, emotions: Sequence[str]) -> list[int]:
        return [self.emotions.index(emotion) for emotion in emotions]


def row_of(analysis: str, direction: str, layer: int, against: str, measured: Effect) -> dict[str, object]:
    """One row of the table: which analysis, of which direction at which layer, held against what."""
    return {"analysis": analysis, "direction": direction, "layer": layer, "against": against, **vars(measured)}


def cosine_rows(vectors: VectorSet, study: StudyLayers) -> pd.DataFrame:
    """Cosine of every direction with every story vector of its layer.

    Intervals are of a jackknife over the topics that story vectors are made of; nulls are the cosines of random directions with the same
    story vector.
    """
    scale, rows = Scale(of="topics", unit="cosine", two_sided=True), []
    for entry, layer in enumerate(vectors.layers):
        directions = unit(vectors.values[:, entry].double())
        by_topic = centred(study.cells[:, :, layer].double(), axis=1)
        stories, topics = unit(by_topic.mean(0)), len(by_topic)
        cosines, errors = (directions @ stories.T).numpy(), _jackknife_errors(by_topic, directions)
        nulls = [(stories @ unit(null[:, layer].double()).T).numpy() for null in study.nulls().values()]
        for number, direction in enumerate(vectors.names):
            for emotion, story in enumerate(study.emotions):
                cosine, half = cosines[number, emotion], resampling.Z_95 * errors[number, emotion]
                interval, of_story = (
                    (max(-1.0, cosine - half), min(1.0, cosine + half)),
                    [null[emotion] for null in nulls],
                )
                measured = against_nulls(cosine, interval, of_story, n=topics, scale=scale)
                rows.append(row_of(COSINE, direction, layer, story, measured))
    return pd.DataFrame(rows)


def _jackknife_errors(by_topic: Tensor, directions: Tensor) -> NDArray[np.float64]:
    """Standard errors of cosines [direction, emotion] when one topic after the other is left out.

    A bootstrap would repeat topics, which makes story vectors noisier and all large cosines smaller than the estimate.

    Args:
        by_topic: [topic, emotion, d_model]; directions: [direction, d_model], of unit length.
    """
    topics = len(by_topic)
    cosines = directions @ unit(by_topic.sum(0) - by_topic).transpose(-1, -2)
    errors: NDArray[np.float64] = (centred(cosines).square().sum(0) * (topics - 1) / topics).sqrt().numpy()
    return errors


def decoding_rows(vectors: VectorSet, study: StudyLayers, draws: Draws) -> pd.DataFrame:
    """Share of held-out stories whose nearest direction bears the name of their emotion, by layer; empty where too few names agree.

    Stories are those of the shared emotions, centred by the other topics as the study does; neutral components are taken out of both.
    The null permutes the emotions of the stories within each topic.
    """
    shared = study.shared(vectors)
    if len(shared) < FEWEST_EMOTIONS:
        return pd.DataFrame()
    bases = [study.bases[layer] for layer in vectors.layers]
    directions = project_out(vectors.only(shared, vectors.layers).values, bases)
    cells = study.cells_of(shared, vectors.layers)
    centres = [cells[train].mean((0, 1)) for train, _ in leave_one_out(len(cells))]
    pairs = zip(cells, centres, strict=True)
    scores = torch.stack([nearest_direction.cosines(topic - centre, directions) for topic, centre in pairs], 1)
    hits = nearest_direction.ranks_of_truth(scores, range(len(shared))) == 1
    named, generator = scores.argmax(-1).numpy(), np.random.default_rng(draws.seed)
    told = generator.permuted(np.tile(np.arange(len(shared)), (draws.shuffles, len(cells), 1)), axis=-1)
    nulls = [(told == of_layer).mean((1, 2)) for of_layer in named]
    return _accuracies(vectors.layers, hits.astype(float), nulls, draws)


def study_decoding_rows(vectors: VectorSet, study: StudyLayers, sets: int, draws: Draws) -> pd.DataFrame:
    """The same of the study's own vectors, made of the topics that are not held out, for the same emotions and layers.

    Args:
        sets: permuted labellings of which vectors are made and stories are decoded anew, for the null.
    """
    shared = study.shared(vectors)
    if len(shared) < FEWEST_EMOTIONS:
        return pd.DataFrame()
    cells = study.cells_of(shared, vectors.layers)
    hits = nearest_direction.held_out_hits(cells, leave_one_out(len(cells))).astype(float)
    # What is drawn for one layer alone is not used.
    permuted = decoding_evidence.permuted_stories(cells, 0, sets=sets, shuffles=1, seed=draws.seed)
    return _accuracies(vectors.layers, hits, list(permuted.by_layer.T), draws)


def _accuracies(
    layers: Sequence[int], hits: NDArray[np.float64], nulls: Sequence[ArrayLike], draws: Draws
) -> pd.DataFrame:
    """Rows of hits [layer, topic, emotion] and nulls by layer."""
    emotions = hits.shape[-1]
    scale, rows = Scale(of="stories", unit="accuracy", reference=1 / emotions), []
    for layer, of_layer, null in zip(layers, hits, nulls, strict=True):
        interval = resampling.crossed_bootstrap(of_layer, draws.bootstraps, draws.seed)
        measured = effect(float(of_layer.mean()), interval, null, n=of_layer.size, scale=scale)
        rows.append(row_of(DECODING, f"nearest of {emotions}", layer, HELD_OUT, measured))
    return pd.DataFrame(rows)
