"""Fitting the judge of emotions, with settings chosen on topics left out.

The layers of the encoder, the penalty, how much written replies weigh and the threshold are chosen by what is said of written replies
there; the labelled replies only say how far to trust it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from emotion_vectors.judges.emotion_judge import EmotionJudge, per_class, tabulate_emotions
from emotion_vectors.judges.regression import (
    VIEWS,
    Array,
    Data,
    Reader,
    Setting,
    log_loss,
    read,
    situation_folds,
    view_of,
)
from emotion_vectors.statistics import agreement
from emotion_vectors.stimuli.labelled import EMOTION_CLASSES
from emotion_vectors.stimuli.passages import STORIES, WRITTEN, Passage

EMOTION_PENALTIES = (0.001, 0.003, 0.01)
"""Smaller than those of `conduct_judge`: there are about ten times as many texts to fit, each of which weighs the same."""
TOPIC_FOLDS = 5
WRITTEN_SHARES = (0.5, 0.9)
"""Weight of the written replies of a class, of all that it has."""
NONE_THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))


def fit_emotion_judge(passages: Sequence[Passage], reader: Reader, seed: int) -> tuple[EmotionJudge, dict[str, Any]]:
    """Fit a judge on passages, with settings chosen by folds over their topics.

    Returns:
        The judge; and for its metadata: passages of each class, what was chosen, and how passages of topics left out are judged.
    """
    data = encode_passages(passages, reader)
    # Without written replies every share gives the same weights, and one is enough.
    tried = WRITTEN_SHARES if any(passage.source == WRITTEN for passage in passages) else WRITTEN_SHARES[:1]
    shares = {share: weights_of(passages, share) for share in tried}
    # A judge of replies is chosen by what it says of replies, wherever a class has any.
    judged = weights_of(passages, 1.0)
    (setting, written), probabilities = choose_emotion_setting(data, shares, judged, seed)
    threshold = choose_none_threshold(probabilities, data.labels, judged)
    verdicts = tabulate_emotions(probabilities, threshold)["verdict"].to_numpy()
    labels = np.asarray(EMOTION_CLASSES, dtype=object)[data.labels]
    left_out = pd.DataFrame({"situation": data.groups.astype(str), "label": labels, "predicted": verdicts})
    counts = agreement.confusions(left_out, EMOTION_CLASSES).sum(0)
    facts = {
        "passages": {name: int((labels == name).sum()) for name in EMOTION_CLASSES},
        "sources": dict(Counter(passage.source for passage in passages)),
        "topics": len(set(data.groups)),
        "view": setting.view,
        "inverse_penalty": setting.inverse_penalty,
        "written_share": written,
        "threshold": threshold,
        "topics_left_out": {
            "log_loss_nats": log_loss(probabilities, data.labels),
            "kappa": float(agreement.kappa(counts)),
            **per_class(counts),
        },
    }
    return folded(train_emotions(data, setting, shares[written]), reader, setting.view, threshold), facts


def encode_passages(passages: Sequence[Passage], reader: Reader) -> Data:
    """Passages as numbers; topics are numbered by name, so that the order of passages decides no fold."""
    topics = sorted({passage.topic for passage in passages})
    return Data(
        states=read(reader, [passage.text for passage in passages]),
        labels=np.array([EMOTION_CLASSES.index(passage.label) for passage in passages]),
        groups=np.array([topics.index(passage.topic) for passage in passages]),
    )


def weights_of(passages: Sequence[Passage], written: float) -> Array:
    """Weight of each passage, 1 in the mean: all classes weigh the same.

    Args:
        written: share of the written replies in the weight of a class; all of a class that has but one source.
    """
    cells = Counter((passage.label, passage.source) for passage in passages)
    sources = Counter(label for label, _ in cells)
    share = {WRITTEN: written, STORIES: 1 - written}
    weights_of_passages = [
        (share[passage.source] if sources[passage.label] > 1 else 1) / cells[passage.label, passage.source]
        for passage in passages
    ]
    weights: Array = np.array(weights_of_passages) * len(passages) / len(sources)
    return weights


def choose_emotion_setting(
    data: Data, shares: Mapping[float, Array], judged: Array, seed: int
) -> tuple[tuple[Setting, float], Array]:
    """The setting and share of written replies with the lowest weighted log loss on topics left out, and the probabilities there.

    Args:
        shares: weights to fit with, by the share of written replies; judged: weights to choose by; all [passage].
    Returns:
        The choice, and probabilities [passage, class].
    Raises:
        ValueError: a class has passages of so few topics that a fold leaves it out altogether.
    """
    options = [(Setting(view, penalty), share) for view, penalty, share in product(VIEWS, EMOTION_PENALTIES, shares)]
    left_out = {option: np.empty((len(data.labels), len(EMOTION_CLASSES))) for option in options}
    folds = situation_folds(data.groups, TOPIC_FOLDS, seed)
    if any(len(np.unique(data.labels[known])) < len(EMOTION_CLASSES) for known, _ in folds):
        raise ValueError("a class is missing when topics are left out; write stories of it on more topics")
    for (known, unseen), view in tqdm(
        [*product(folds, VIEWS)], desc="settings of the judge", unit="fit", mininterval=5
    ):
        states = view_of(data.states, view)
        scaler = StandardScaler().fit(states[known])
        inputs, held_out = scaler.transform(states[known]), scaler.transform(states[unseen])
        for penalty, (share, weights) in product(EMOTION_PENALTIES, shares.items()):
            regression = _regression(penalty).fit(inputs, data.labels[known], sample_weight=weights[known])
            left_out[Setting(view, penalty), share][unseen] = regression.predict_proba(held_out)
    best = min(left_out, key=lambda option: balanced_loss(left_out[option], data.labels, judged))
    return best, left_out[best]


def train_emotions(data: Data, setting: Setting, weights: Array) -> Pipeline:
    """The regression of a setting, fitted to all of the data."""
    model = make_pipeline(StandardScaler(), _regression(setting.inverse_penalty))
    return model.fit(view_of(data.states, setting.view), data.labels, logisticregression__sample_weight=weights)


def choose_none_threshold(probabilities: Array, labels: NDArray[np.int64], weights: Array) -> float:
    """The probability of none from which a text is said to voice none that gives the highest weighted recall.

    Args:
        probabilities: [passage, class], of passages that the model has not seen.
    """
    recall = {limit: _weighted_recall(probabilities, labels, limit, weights) for limit in NONE_THRESHOLDS}
    return max(recall, key=lambda threshold: recall[threshold])


def balanced_loss(probabilities: Array, labels: NDArray[np.int64], weights: Array) -> float:
    """Weighted mean of the negative log probability of the true class, in nats."""
    return float(
        np.average(-np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-12, None)), weights=weights)
    )


def folded(model: Pipeline, reader: Reader, view: str, threshold: float) -> EmotionJudge:
    """Scaling and regression as one affine map."""
    scaler, regression = model[0], model[-1]
    weights = np.ascontiguousarray(regression.coef_ / scaler.scale_)
    return EmotionJudge(reader, view, weights, regression.intercept_ - weights @ scaler.mean_, threshold)


def _weighted_recall(probabilities: Array, labels: NDArray[np.int64], threshold: float, weights: Array) -> float:
    verdicts = tabulate_emotions(probabilities, threshold)["verdict"].to_numpy()
    right = verdicts == np.asarray(EMOTION_CLASSES, dtype=object)[labels]
    return float(np.average(right, weights=weights))


def _regression(inverse_penalty: float) -> LogisticRegression:
    return LogisticRegression(C=inverse_penalty, max_iter=2000)
