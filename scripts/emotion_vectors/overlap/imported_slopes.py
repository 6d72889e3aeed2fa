"""Slopes of behaviours and acts along vectors of other people, from the gradients that the study has stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from emotion_vectors.acts.slopes import SEMANTIC, reply_weights
from emotion_vectors.acts.slopes import UNIT as ACT_UNIT
from emotion_vectors.conduct.slopes import UNIT, slopes_along
from emotion_vectors.exports.vector_set import VectorSet
from emotion_vectors.overlap import imported
from emotion_vectors.overlap.imported import SLOPE, StudyLayers, row_of
from emotion_vectors.statistics import resampling
from emotion_vectors.statistics.effects import Scale, against_nulls
from emotion_vectors.stimuli.acts.table import FIRST
from emotion_vectors.stimuli.configuration import STUDY
from emotion_vectors.vectors.story_cells import semantic

if TYPE_CHECKING:
    from emotion_vectors.acts.responses import ActGradients
    from emotion_vectors.conduct.responses import Responses
    from emotion_vectors.statistics.resampling import Draws
    from emotion_vectors.stimuli.acts.table import Act
    from emotion_vectors.stimuli.experiments import Experiment

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SlopeReadout:
    """What slopes are taken of.

    gradients: [reply, layer, d_model]; weights: of the replies in resamples of scenarios and what lies within each, [resample, reply];
    n: units of `scale` that are counted; in_topics: whether directions of topics are a null too, as the study asks of acts; guard: gates
    that are closed, in words.
    """

    name: str
    gradients: Tensor
    weights: Array
    scale: Scale
    n: int
    in_topics: bool = False
    guard: str = ""


def of_behaviour(experiment: Experiment, measured: Responses, draws: Draws) -> SlopeReadout:
    """An experiment on behaviour: its log-odds, scenarios and then variants being resampled."""
    gradients = measured.gradients_of(experiment)
    scenarios, variants = gradients.shape[:2]
    weights = resampling.nested_weights(np.repeat(np.arange(scenarios), variants), draws.bootstraps, draws.seed)
    scale = Scale(of="items", unit=UNIT, two_sided=True)
    return SlopeReadout(experiment.name, gradients.flatten(0, 1), weights, scale, scenarios * variants)


def of_act(act: Act, measured: ActGradients, guard: str, draws: Draws) -> SlopeReadout:
    """An act: its difference between two contexts by the first hand, scenarios and then wordings being resampled."""
    difference = measured.difference(act, FIRST)
    scenarios, wordings = difference.shape[:2]
    weights = reply_weights(scenarios, wordings, draws.bootstraps, np.random.default_rng(draws.seed))
    scale = Scale(of="scenarios", unit=ACT_UNIT, two_sided=True)
    replies = weights.reshape(draws.bootstraps, -1)
    return SlopeReadout(act.name, difference.flatten(0, 1), replies, scale, scenarios, in_topics=True, guard=guard)


def slope_rows(sets: Mapping[str, VectorSet], readout: SlopeReadout, study: StudyLayers) -> pd.DataFrame:
    """Slopes at strength 0.1 along every direction of some sets at each of its layers, beside random directions of that layer.

    Args:
        sets: source -> vectors; `source` is a column. Norms, the unit of strengths, are the study's.
    """
    nulls = study.nulls() | ({SEMANTIC: semantic(study.cells)} if readout.in_topics else {})
    mean = readout.gradients.mean(0)
    of_nulls = [slopes_along(mean, null, study.norms) for null in nulls.values()]
    rows = []
    for source, vectors in sets.items():
        at_layers = readout.gradients[:, vectors.layers]
        slopes = slopes_along(at_layers, vectors.values, study.norms[vectors.layers])
        samples = np.tensordot(readout.weights, slopes, axes=1)
        for number, direction in enumerate(vectors.names):
            for entry, layer in enumerate(vectors.layers):
                interval = resampling.percentile_interval(samples[:, number, entry])
                estimate, of_layer = float(slopes[:, number, entry].mean()), [null[:, layer] for null in of_nulls]
                measured = against_nulls(estimate, interval, of_layer, n=readout.n, scale=readout.scale)
                rows.append(row_of(SLOPE, direction, layer, readout.name, measured) | {"source": source})
    return pd.DataFrame(rows).assign(guard=readout.guard)


def all_rows(
    sets: Mapping[str, VectorSet], study: StudyLayers, readouts: Sequence[SlopeReadout], labellings: int, draws: Draws
) -> pd.DataFrame:
    """Every analysis of some sets, and of the study's own vectors of the same emotions at the same layers.

    Args:
        sets: source -> vectors. labellings: as `sets` of `imported.study_decoding_rows`.
    Returns:
        source, analysis, direction, layer, against, the columns of an effect, guard, and beside: the set that a row belongs to, which for
        the study's own rows says beside which they stand.
    """
    tables = []
    for source, vectors in sets.items():
        theirs = [imported.cosine_rows(vectors, study), imported.decoding_rows(vectors, study, draws)]
        of_study = imported.study_decoding_rows(vectors, study, labellings, draws)
        shared = study.shared(vectors)
        compared = {source: vectors} | ({STUDY: study.of(shared, vectors.layers)} if shared else {})
        slopes = [slope_rows(compared, readout, study) for readout in readouts]
        parts = [*(part.assign(source=source) for part in theirs), of_study.assign(source=STUDY), *slopes]
        tables += [part.assign(beside=source) for part in parts if len(part)]
    return pd.concat(tables, ignore_index=True).fillna({"guard": ""})
