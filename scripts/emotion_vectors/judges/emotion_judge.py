"""Whose voice is it? Which of six emotions a reply expresses, or none, by regularised logistic regression on sentence embeddings.

The judge never sees which emotion was asked for. It is fitted on the stories and dialogues of this study and on replies written in the
voice of each emotion (`emotion_passages`), never on replies of a model: stories alone teach little about how a reply speaks.
`emotion_fit` fits it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.judges.conduct_judge import Reader, view_of
from emotion_vectors.statistics import agreement
from emotion_vectors.stimuli.labelled_emotions import CLASSES, NONE, LabelledReply

Array = NDArray[np.float64]

SIX = CLASSES[:-1]


class JudgeError(MendableError, ValueError):
    """A stored judge cannot be read."""


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
    right, names = counts.diagonal(), CLASSES[: len(counts)]
    parts = {"recall": counts.sum(1), "precision": counts.sum(0)}
    return {
        part: {name: round(float(hit / max(of, 1)), 4) for name, hit, of in zip(names, right, totals, strict=True)}
        for part, totals in parts.items()
    }


def tensors(judge: Judge) -> dict[str, torch.Tensor]:
    """A judge as tensors; who stores them stores its view as metadata, where `load` looks for it."""
    return {
        "weights": torch.from_numpy(judge.weights),
        "bias": torch.from_numpy(judge.bias),
        "threshold": torch.tensor(judge.threshold, dtype=torch.float64),
    }


def load(path: str | Path) -> Judge:
    """The judge that `fit_emotions` wrote.

    Raises:
        JudgeError: the file is not one, or incomplete.
    """
    try:
        with safe_open(path, framework="pt") as file:
            weights, bias, threshold = (file.get_tensor(name).numpy() for name in ("weights", "bias", "threshold"))
            return Judge(file.metadata()["view"], weights, bias, float(threshold))
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise JudgeError(f"{path} is not a complete judge ({error}); delete it and repeat the command") from error


def softmax(scores: Array) -> Array:
    """Log-odds [text, class] as probabilities."""
    powers = np.exp(scores - scores.max(1, keepdims=True))
    shares: Array = powers / powers.sum(1, keepdims=True)
    return shares
