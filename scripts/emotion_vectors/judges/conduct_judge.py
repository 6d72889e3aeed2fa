"""What does a reply do? Regularised logistic regression on the states of a sentence encoder, and how far it can be trusted.

Validation is nested: replies to a situation are left out together, and everything that is chosen (the layers of the encoder, the strength
of the penalty, the confidence below which a reply is called unclear) is chosen by inner folds over the other situations.

The judge sees the reply alone: in the experiments situations have another form than beside the labelled replies. On the 160 oldest replies
the embedding of the situation, beside or subtracted, brought next to nothing, and middle layers much; the views were listed after that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from emotion_vectors.stimuli.labelled_conduct import CLASSES, INCOHERENT, Reply, of_behaviour

Array = NDArray[np.float64]
Folds = list[tuple[NDArray[np.int64], NDArray[np.int64]]]

VIEWS = {"layer 2": (2,), "layer 3": (3,), "layer 4": (4,), "layers 2-4": (2, 3, 4), "last layer": (5,)}
"""Layers whose mean states the regression may see; the last is the sentence embedding. Middle ones keep more of how a thing is said."""
INVERSE_PENALTIES = (0.01, 0.03, 0.1, 0.3)
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(20))
CLEAR_ACCURACY = 0.9
"""Accuracy that replies above the threshold must reach, where a threshold allows it."""
CLEAR_SHARE = 0.25
"""Share of replies that must stay above the threshold."""
OUTER_FOLDS, INNER_FOLDS = 10, 5
UNCLEAR = "unclear"


class Reader(Protocol):
    """Anything that turns texts into states [text, layer, feature], such as `encoder.Encoder`."""

    def read(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class Setting:
    """What is chosen by inner validation."""

    view: str
    inverse_penalty: float


@dataclass(frozen=True)
class Data:
    """Replies of one behaviour as numbers: states [reply, layer, feature], class and situation of each."""

    states: Array
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]

    def subset(self, chosen: NDArray[np.int64]) -> Data:
        return Data(self.states[chosen], self.labels[chosen], self.groups[chosen])


@dataclass(frozen=True)
class Judge:
    """A fitted judge of the replies of one behaviour."""

    behaviour: str
    setting: Setting
    threshold: float
    model: Pipeline
    reader: Reader

    @property
    def classes(self) -> tuple[str, ...]:
        return CLASSES[self.behaviour]

    def classify(self, texts: Sequence[str]) -> pd.DataFrame:
        """Class of each text, a row for each: the columns of `tabulate`. A text without a word is incoherent, and not read."""

        def weigh(rows: list[int]) -> Array:
            states = view_of(_states(self.reader, [texts[row] for row in rows]), self.setting.view)
            return np.asarray(self.model.predict_proba(states))

        probabilities = of_written(texts, self.classes, weigh)
        return tabulate(probabilities, self.classes, np.full(len(texts), self.threshold))


def fit(replies: Sequence[Reply], behaviour: str, reader: Reader, seed: int) -> Judge:
    """Fit a judge on all labelled replies of a behaviour, with settings chosen by folds over situations."""
    data = encode(replies, behaviour, reader)
    setting, threshold = choose(data, len(CLASSES[behaviour]), seed)
    return Judge(behaviour, setting, threshold, train(data, setting), reader)


def validate(replies: Sequence[Reply], behaviour: str, reader: Reader, seed: int) -> pd.DataFrame:
    """Predictions for every labelled reply by judges that never saw its situation.

    Returns:
        Tidy table in the order of the replies: id, behaviour, situation, label, fold, view, inverse_penalty, and the columns of
        `tabulate`.
    """
    chosen, classes = of_behaviour(replies, behaviour), CLASSES[behaviour]
    data = encode(replies, behaviour, reader)
    probabilities, thresholds = np.empty((len(chosen), len(classes))), np.empty(len(chosen))
    facts = [{"id": r.id, "behaviour": r.behaviour, "situation": r.situation, "label": r.label} for r in chosen]
    rows: list[dict[str, object]] = [{} for _ in chosen]
    for fold, (known, unseen) in enumerate(situation_folds(data.groups, OUTER_FOLDS, seed)):
        setting, threshold = choose(data.subset(known), len(classes), seed)
        model = train(data.subset(known), setting)
        probabilities[unseen] = model.predict_proba(view_of(data.states[unseen], setting.view))
        thresholds[unseen] = threshold
        for position in unseen:
            found = {"fold": fold, "view": setting.view, "inverse_penalty": setting.inverse_penalty}
            rows[position] = facts[position] | found
    return pd.concat([pd.DataFrame(rows), tabulate(probabilities, classes, thresholds)], axis=1)


def of_written(
    texts: Sequence[str], classes: Sequence[str], weigh: Callable[[list[int]], Array], blank: str = INCOHERENT
) -> Array:
    """Probabilities [text, class] by any judge, which is asked only about texts with a word.

    Args:
        weigh: rows of texts -> their probabilities [row, class]; blank: class of a text without a word.
    """
    written = [row for row, text in enumerate(texts) if text.strip()]
    probabilities = np.tile(np.array([float(name == blank) for name in classes]), (len(texts), 1))
    if written:
        probabilities[written] = weigh(written)
    return probabilities


def tabulate(probabilities: Array, classes: Sequence[str], thresholds: Array) -> pd.DataFrame:
    """Probabilities [reply, class] as a table: predicted, confidence, threshold, verdict and p_CLASS for each class."""
    best = probabilities.argmax(1)
    predicted, confidence = np.asarray(classes, dtype=object)[best], probabilities.max(1)
    columns = {
        "predicted": predicted,
        "confidence": confidence,
        "threshold": thresholds,
        "verdict": np.where(confidence >= thresholds, predicted, UNCLEAR),
    }
    return pd.DataFrame(columns | {f"p_{name}": probabilities[:, i] for i, name in enumerate(classes)})


def encode(replies: Sequence[Reply], behaviour: str, reader: Reader) -> Data:
    """Replies of a behaviour as numbers; situations are numbered by name, so that the order of replies decides no fold."""
    chosen = of_behaviour(replies, behaviour)
    names = sorted({reply.situation for reply in chosen})
    return Data(
        states=_states(reader, [reply.text for reply in chosen]),
        labels=np.array([CLASSES[behaviour].index(reply.label) for reply in chosen]),
        groups=np.array([names.index(reply.situation) for reply in chosen]),
    )


def choose(data: Data, classes: int, seed: int) -> tuple[Setting, float]:
    """The setting with the lowest log loss on situations left out, and the threshold that goes with it."""
    found = {Setting(*values): np.empty((len(data.labels), classes)) for values in product(VIEWS, INVERSE_PENALTIES)}
    for (known, unseen), view in product(situation_folds(data.groups, INNER_FOLDS, seed + 1), VIEWS):
        states, rotation = view_of(data.states, view), make_pipeline(*_rotation())
        inputs, held_out = rotation.fit_transform(states[known]), rotation.transform(states[unseen])
        for penalty in INVERSE_PENALTIES:
            regression = _regression(penalty).fit(inputs, data.labels[known])
            found[Setting(view, penalty)][unseen] = regression.predict_proba(held_out)
    best = min(found, key=lambda setting: log_loss(found[setting], data.labels))
    return best, choose_threshold(found[best], data.labels)


def train(data: Data, setting: Setting) -> Pipeline:
    """The regression of a setting, fitted to all of the data."""
    model = make_pipeline(*_rotation(), _regression(setting.inverse_penalty))
    return model.fit(view_of(data.states, setting.view), data.labels)


def choose_threshold(probabilities: Array, labels: NDArray[np.int64]) -> float:
    """The lowest confidence at which the replies above it reach CLEAR_ACCURACY; where none does, the most accurate one.

    Args:
        probabilities: [reply, class], of replies that the model has not seen.
    """
    right, confidence = probabilities.argmax(1) == labels, probabilities.max(1)
    above = {threshold: confidence >= threshold for threshold in THRESHOLDS}
    accuracy = {each: right[kept].mean() for each, kept in above.items() if kept.mean() >= CLEAR_SHARE}
    reached = [threshold for threshold in accuracy if accuracy[threshold] >= CLEAR_ACCURACY]
    return min(reached) if reached else max(accuracy, key=lambda threshold: accuracy[threshold])


def log_loss(probabilities: Array, labels: NDArray[np.int64]) -> float:
    """Mean negative log probability of the true class, in nats."""
    return float(-np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-12, None)).mean())


def situation_folds(groups: NDArray[np.int64], count: int, seed: int) -> Folds:
    """Training and test positions of `count` folds that keep the replies to a situation together.

    Raises:
        ValueError: fewer situations than folds.
    """
    return list(_split(groups, count, seed))


def _split(groups: NDArray[np.int64], count: int, seed: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    names = np.unique(groups)
    if len(names) < count:
        raise ValueError(f"{len(names)} situations cannot be put into {count} folds; write replies to more situations")
    fold_of = dict(zip(np.random.default_rng(seed).permutation(names), np.arange(len(names)) % count, strict=True))
    folds = np.array([fold_of[group] for group in groups])
    for fold in range(count):
        yield np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)


def view_of(states: Array, view: str) -> Array:
    """What the regression sees of states [reply, layer, feature]: the layers of a view side by side."""
    chosen: Array = states[:, VIEWS[view]].reshape(len(states), -1)
    return chosen


def _rotation() -> tuple[StandardScaler, PCA]:
    """Features of one scale, then turned into their principal axes: the regression is the same there, and much faster."""
    return StandardScaler(), PCA(svd_solver="full")


def _regression(inverse_penalty: float) -> LogisticRegression:
    return LogisticRegression(C=inverse_penalty, max_iter=2000)


def _states(reader: Reader, texts: Sequence[str]) -> Array:
    states: Array = reader.read(texts).astype(np.float64)
    return states
