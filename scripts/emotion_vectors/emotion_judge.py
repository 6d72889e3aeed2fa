"""Whose voice is it? Which of six emotions a reply expresses, or none, by regularised logistic regression on sentence embeddings.

The judge never sees which emotion was asked for. It is fitted on the stories and dialogues of this study and on replies written in the
voice of each emotion (`emotion_passages`), never on replies of a model: stories alone teach little about how a reply speaks.
The layers of the encoder, the penalty, how much written replies weigh and the threshold are chosen on topics left out, by what is said of
written replies there; the labelled replies only say how far to trust it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from emotion_vectors import agreement
from emotion_vectors.emotion_passages import STORIES, WRITTEN, Passage
from emotion_vectors.emotion_replies import CLASSES, NONE, LabelledReply
from emotion_vectors.reply_judge import (
    INNER_FOLDS,
    VIEWS,
    Data,
    Reader,
    Setting,
    log_loss,
    situation_folds,
    view_of,
)

Array = NDArray[np.float64]

INVERSE_PENALTIES = (0.001, 0.003, 0.01)
"""Smaller than those of `reply_judge`: there are about ten times as many texts to fit, each of which weighs the same."""
WRITTEN_SHARES = (0.5, 0.9)
"""Weight of the written replies of a class, of all that it has."""
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))
SIX = CLASSES[:-1]


@dataclass(frozen=True)
class Judge:
    """A fitted judge.

    view: layers of the encoder that it reads. weights: [class, feature] and bias: [class], of the log-odds. threshold: probability of
    none from which on a text voices none.
    """

    view: str
    weights: Array
    bias: Array
    threshold: float

    def classify(self, texts: Sequence[str], reader: Reader) -> pd.DataFrame:
        """Emotion of each text, a row for each.

        Returns:
            predicted (the likeliest of the six), confidence (its probability among the six), verdict (the same, or none), and p_CLASS of
            each class. A text without a word voices none; its predicted emotion is none as well, and all probability lies there.
        """
        written = [place for place, text in enumerate(texts) if text.strip()]
        probabilities = np.zeros((len(texts), len(CLASSES)))
        probabilities[:, CLASSES.index(NONE)] = 1.0
        if written:
            states = reader.read([texts[place] for place in written]).astype(np.float64)
            probabilities[written] = softmax(view_of(states, self.view) @ self.weights.T + self.bias)
        return tabulate(probabilities, self.threshold)


def fit(passages: Sequence[Passage], reader: Reader, seed: int) -> tuple[Judge, dict[str, Any]]:
    """Fit a judge on passages, with settings chosen by folds over their topics.

    Returns:
        The judge; and for its metadata: passages of each class, what was chosen, and how passages of topics left out are judged.
    """
    both = any(passage.source == WRITTEN for passage in passages)
    data, shares = (
        encode(passages, reader),
        {share: weights_of(passages, share) for share in WRITTEN_SHARES[: 1 + both]},
    )
    # A judge of replies is chosen by what it says of replies, wherever a class has any.
    judged = weights_of(passages, 1.0)
    (setting, written), probabilities = choose(data, shares, judged, seed)
    threshold = choose_threshold(probabilities, data.labels, judged)
    verdicts = tabulate(probabilities, threshold)["verdict"].to_numpy()
    labels = np.asarray(CLASSES, dtype=object)[data.labels]
    left_out = pd.DataFrame({"situation": data.groups.astype(str), "label": labels, "predicted": verdicts})
    counts = agreement.confusions(left_out, CLASSES).sum(0)
    facts = {
        "passages": {name: int((labels == name).sum()) for name in CLASSES},
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
    return _folded(train(data, setting, shares[written]), setting.view, threshold), facts


def encode(passages: Sequence[Passage], reader: Reader) -> Data:
    """Passages as numbers; topics are numbered by name, so that the order of passages decides no fold."""
    topics = sorted({passage.topic for passage in passages})
    return Data(
        states=reader.read([passage.text for passage in passages]).astype(np.float64),
        labels=np.array([CLASSES.index(passage.label) for passage in passages]),
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
    each = [
        (share[passage.source] if sources[passage.label] > 1 else 1) / cells[passage.label, passage.source]
        for passage in passages
    ]
    weights: Array = np.array(each) * len(passages) / len(sources)
    return weights


def choose(data: Data, shares: Mapping[float, Array], judged: Array, seed: int) -> tuple[tuple[Setting, float], Array]:
    """The setting and share of written replies with the lowest weighted log loss on topics left out, and the probabilities there.

    Args:
        shares: weights to fit with, by the share of written replies; judged: weights to choose by; all [passage].
    Returns:
        The choice, and probabilities [passage, class].
    Raises:
        ValueError: a class has passages of so few topics that a fold leaves it out altogether.
    """
    options = [(Setting(*values), share) for *values, share in product(VIEWS, INVERSE_PENALTIES, shares)]
    found = {option: np.empty((len(data.labels), len(CLASSES))) for option in options}
    folds = situation_folds(data.groups, INNER_FOLDS, seed)
    if any(len(np.unique(data.labels[known])) < len(CLASSES) for known, _ in folds):
        raise ValueError("a class is missing when topics are left out; write stories of it on more topics")
    for (known, unseen), view in product(folds, VIEWS):
        states = view_of(data.states, view)
        scaler = StandardScaler().fit(states[known])
        inputs, held_out = scaler.transform(states[known]), scaler.transform(states[unseen])
        for penalty, (share, weights) in product(INVERSE_PENALTIES, shares.items()):
            regression = _regression(penalty).fit(inputs, data.labels[known], sample_weight=weights[known])
            found[Setting(view, penalty), share][unseen] = regression.predict_proba(held_out)
    best = min(found, key=lambda option: balanced_loss(found[option], data.labels, judged))
    return best, found[best]


def train(data: Data, setting: Setting, weights: Array) -> Pipeline:
    """The regression of a setting, fitted to all of the data."""
    model = make_pipeline(StandardScaler(), _regression(setting.inverse_penalty))
    return model.fit(view_of(data.states, setting.view), data.labels, logisticregression__sample_weight=weights)


def choose_threshold(probabilities: Array, labels: NDArray[np.int64], weights: Array) -> float:
    """The probability of none from which a text is said to voice none that gives the highest weighted recall.

    Args:
        probabilities: [passage, class], of passages that the model has not seen.
    """
    recall = {each: _weighted_recall(probabilities, labels, each, weights) for each in THRESHOLDS}
    return max(recall, key=lambda threshold: recall[threshold])


def balanced_loss(probabilities: Array, labels: NDArray[np.int64], weights: Array) -> float:
    """Weighted mean of the negative log probability of the true class, in nats."""
    return float(
        np.average(-np.log(np.clip(probabilities[np.arange(len(labels)), labels], 1e-12, None)), weights=weights)
    )


def tabulate(probabilities: Array, threshold: float) -> pd.DataFrame:
    """Probabilities [text, class] as the table of `Judge.classify`."""
    six = probabilities[:, : len(SIX)]
    total = six.sum(1)
    names = np.asarray(CLASSES, dtype=object)
    predicted = np.where(total > 0, names[six.argmax(1)], NONE)
    columns = {
        "predicted": predicted,
        "confidence": np.divide(six.max(1), total, out=np.zeros(len(six)), where=total > 0),
        "verdict": np.where(probabilities[:, -1] < threshold, predicted, NONE),
    }
    return pd.DataFrame(columns | {f"p_{name}": probabilities[:, place] for place, name in enumerate(CLASSES)})


def validate(judge: Judge, labelled: Sequence[LabelledReply], reader: Reader) -> pd.DataFrame:
    """What the judge says about labelled replies, none of which it was fitted on: id, situation, label, and `Judge.classify`."""
    facts = pd.DataFrame([(reply.id, reply.situation, reply.label) for reply in labelled])
    facts.columns = pd.Index(["id", "situation", "label"])
    return pd.concat([facts, judge.classify([reply.text for reply in labelled], reader)], axis=1)


def agreement_with_labels(table: pd.DataFrame, resamples: int, seed: int) -> dict[str, dict[str, Any]]:
    """Agreement of verdicts with all labels, and of the likeliest of the six with the labels of replies that voice one of them."""
    voiced = table[table["label"] != NONE]
    parts = {"six or none": (table.assign(predicted=table["verdict"]), CLASSES), "six": (voiced, SIX)}
    found = {}
    for name, (part, classes) in parts.items():
        summary = agreement.summarise(part.assign(verdict=part["predicted"]), classes, resamples, seed)
        kept = {key: value for key, value in summary.items() if not key.startswith("clear_")}
        found[name] = kept | per_class(np.asarray(summary["confusion_label_by_predicted"], dtype=np.float64))
    return found


def per_class(counts: Array) -> dict[str, dict[str, float]]:
    """Recall and precision of each class from counts [label, predicted]; a class that is never predicted has precision 0."""
    right, labelled, predicted = counts.diagonal(), counts.sum(1), counts.sum(0)
    return {
        "recall": {
            name: round(float(right[i] / max(labelled[i], 1)), 4) for i, name in enumerate(CLASSES[: len(counts)])
        },
        "precision": {
            name: round(float(right[i] / max(predicted[i], 1)), 4) for i, name in enumerate(CLASSES[: len(counts)])
        },
    }


def tensors(judge: Judge) -> dict[str, torch.Tensor]:
    """A judge as tensors, to be stored with its view as metadata."""
    return {
        "weights": torch.from_numpy(judge.weights),
        "bias": torch.from_numpy(judge.bias),
        "threshold": torch.tensor(judge.threshold, dtype=torch.float64),
    }


def load(path: str | Path) -> Judge:
    """The judge that `fit_emotions` wrote."""
    with safe_open(path, framework="pt") as file:
        weights, bias, threshold = (file.get_tensor(name).numpy() for name in ("weights", "bias", "threshold"))
        return Judge(file.metadata()["view"], weights, bias, float(threshold))


def softmax(scores: Array) -> Array:
    """Log-odds [text, class] as probabilities."""
    powers = np.exp(scores - scores.max(1, keepdims=True))
    shares: Array = powers / powers.sum(1, keepdims=True)
    return shares


def _folded(model: Pipeline, view: str, threshold: float) -> Judge:
    """Scaling and regression as one affine map."""
    scaler, regression = model[0], model[-1]
    weights = np.ascontiguousarray(regression.coef_ / scaler.scale_)
    return Judge(view, weights, regression.intercept_ - weights @ scaler.mean_, threshold)


def _weighted_recall(probabilities: Array, labels: NDArray[np.int64], threshold: float, weights: Array) -> float:
    verdicts = tabulate(probabilities, threshold)["verdict"].to_numpy()
    right = verdicts == np.asarray(CLASSES, dtype=object)[labels]
    return float(np.average(right, weights=weights))


def _regression(inverse_penalty: float) -> LogisticRegression:
    return LogisticRegression(C=inverse_penalty, max_iter=2000)
