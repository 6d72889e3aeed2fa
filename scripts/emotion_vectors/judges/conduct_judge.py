"""What does a reply do? Regularised logistic regression on the states of a sentence encoder, and how far it can be trusted.

Validation is nested: replies to a situation are left out together, and everything that is chosen (the layers of the encoder, the strength
of the penalty, the confidence below which a reply is called unclear) is chosen by inner folds over the other situations.

The judge sees the reply alone: in the experiments situations have another form than beside the labelled replies. On the 160 oldest replies
the embedding of the situation, beside or subtracted, brought next to nothing, and middle layers much; the views were listed after that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

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
from emotion_vectors.judges.verdicts import of_written, tabulate
from emotion_vectors.stimuli.labelled import ConductReply, facts_of, of_set
from emotion_vectors.stimuli.reply_classes import ReplyClasses

CONDUCT_PENALTIES = (0.01, 0.03, 0.1, 0.3)
CONFIDENCES = tuple(round(0.05 * step, 2) for step in range(20))
CLEAR_ACCURACY = 0.9
"""Accuracy that replies above the threshold must reach, where a threshold allows it."""
CLEAR_SHARE = 0.25
"""Share of replies that must stay above the threshold."""
OUTER_FOLDS, INNER_FOLDS = 10, 5


@dataclass(frozen=True)
class ConductJudge:
    """A fitted judge of the replies to one behaviour set."""

    classes: ReplyClasses
    setting: Setting
    threshold: float
    model: Pipeline
    reader: Reader

    def classify(self, texts: Sequence[str]) -> pd.DataFrame:
        """Class of each text, as `verdicts.tabulate` says it. A text without a word is incoherent, and not read."""

        def weigh(rows: list[int]) -> Array:
            states = view_of(read(self.reader, [texts[row] for row in rows]), self.setting.view)
            return np.asarray(self.model.predict_proba(states))

        probabilities = of_written(texts, self.classes, weigh)
        return tabulate(probabilities, self.classes.names, np.full(len(texts), self.threshold))


def fit_conduct_judge(
    replies: Sequence[ConductReply], classes: ReplyClasses, reader: Reader, seed: int
) -> ConductJudge:
    """Fit a judge on all labelled replies of a set, with settings chosen by folds over situations."""
    data = encode_replies(replies, classes, reader)
    setting, threshold = choose_conduct_setting(data, len(classes.names), seed)
    return ConductJudge(classes, setting, threshold, train_conduct(data, setting), reader)


def validate(replies: Sequence[ConductReply], classes: ReplyClasses, reader: Reader, seed: int) -> pd.DataFrame:
    """Predictions for every labelled reply of a set by judges that never saw its situation.

    Returns:
        Tidy table in the order of the replies: id, behaviour, situation, label, fold, view, inverse_penalty, and the columns of
        `verdicts.tabulate`.
    """
    facts = facts_of(of_set(replies, classes))
    data = encode_replies(replies, classes, reader)
    count, names = len(data.labels), classes.names
    probabilities, thresholds = np.empty((count, len(names))), np.empty(count)
    settings: list[dict[str, object]] = [{} for _ in range(count)]
    for fold, (known, unseen) in enumerate(situation_folds(data.groups, OUTER_FOLDS, seed)):
        setting, threshold = choose_conduct_setting(data.subset(known), len(names), seed)
        model = train_conduct(data.subset(known), setting)
        probabilities[unseen] = model.predict_proba(view_of(data.states[unseen], setting.view))
        thresholds[unseen] = threshold
        for row in unseen:
            settings[row] = {"fold": fold, "view": setting.view, "inverse_penalty": setting.inverse_penalty}
    return pd.concat([facts, pd.DataFrame(settings), tabulate(probabilities, names, thresholds)], axis=1)


def encode_replies(replies: Sequence[ConductReply], classes: ReplyClasses, reader: Reader) -> Data:
    """Replies of a set as numbers; situations are numbered by name, so that the order of replies decides no fold."""
    chosen = of_set(replies, classes)
    situations = sorted({reply.situation for reply in chosen})
    return Data(
        states=read(reader, [reply.text for reply in chosen]),
        labels=np.array([classes.names.index(reply.label) for reply in chosen]),
        groups=np.array([situations.index(reply.situation) for reply in chosen]),
    )


def choose_conduct_setting(data: Data, classes: int, seed: int) -> tuple[Setting, float]:
    """The setting with the lowest log loss on situations left out, and the threshold that goes with it."""
    left_out = {Setting(*values): np.empty((len(data.labels), classes)) for values in product(VIEWS, CONDUCT_PENALTIES)}
    for (known, unseen), view in product(situation_folds(data.groups, INNER_FOLDS, seed + 1), VIEWS):
        states, rotation = view_of(data.states, view), make_pipeline(*_rotation())
        inputs, held_out = rotation.fit_transform(states[known]), rotation.transform(states[unseen])
        for penalty in CONDUCT_PENALTIES:
            regression = _regression(penalty).fit(inputs, data.labels[known])
            left_out[Setting(view, penalty)][unseen] = regression.predict_proba(held_out)
    best = min(left_out, key=lambda setting: log_loss(left_out[setting], data.labels))
    return best, least_confidence(left_out[best], data.labels)


def train_conduct(data: Data, setting: Setting) -> Pipeline:
    """The regression of a setting, fitted to all of the data."""
    model = make_pipeline(*_rotation(), _regression(setting.inverse_penalty))
    return model.fit(view_of(data.states, setting.view), data.labels)


def least_confidence(probabilities: Array, labels: NDArray[np.int64]) -> float:
    """The lowest confidence at which the replies above it reach CLEAR_ACCURACY; where none does, the most accurate one.

    Args:
        probabilities: [reply, class], of replies that the model has not seen.
    """
    right, confidence = probabilities.argmax(1) == labels, probabilities.max(1)
    above = {threshold: confidence >= threshold for threshold in CONFIDENCES}
    accuracy = {limit: right[kept].mean() for limit, kept in above.items() if kept.mean() >= CLEAR_SHARE}
    reached = [threshold for threshold in accuracy if accuracy[threshold] >= CLEAR_ACCURACY]
    return min(reached) if reached else max(accuracy, key=lambda threshold: accuracy[threshold])


def _rotation() -> tuple[StandardScaler, PCA]:
    """Features of one scale, then turned into their principal axes: the regression is the same there, and much faster."""
    return StandardScaler(), PCA(svd_solver="full")


def _regression(inverse_penalty: float) -> LogisticRegression:
    return LogisticRegression(C=inverse_penalty, max_iter=2000)
