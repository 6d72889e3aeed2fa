"""Whose voice is it? Which of six emotions a reply expresses, or none, by regularised logistic regression on sentence embeddings.

The judge never sees which emotion was asked for. It is fitted on the stories and dialogues of this study and on replies written in the
voice of each emotion (`stimuli.passages`), never on replies of a model: stories alone teach little about how a reply speaks.
`emotion_fit` fits it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy.special import softmax

from emotion_vectors.artefacts import files
from emotion_vectors.judges.regression import Array, Reader, read, view_of
from emotion_vectors.statistics import agreement
from emotion_vectors.stimuli.labelled import EMOTION_CLASSES
from emotion_vectors.stimuli.reply_classes import NONE

SIX = EMOTION_CLASSES[:-1]


@dataclass(frozen=True)
class EmotionJudge:
    """A fitted judge.

    reader: the encoder whose states it was fitted on. view: layers of it that the judge sees. weights: [class, feature] and bias:
    [class], of the log-odds. threshold: probability of none from which on a text voices none.
    """

    reader: Reader
    view: str
    weights: Array
    bias: Array
    threshold: float

    def classify(self, texts: Sequence[str]) -> pd.DataFrame:
        """Emotion of each text, a row for each.

        Returns:
            predicted (the likeliest of the six), confidence (its probability among the six), verdict (the same, or none), and p_CLASS of
            each class. A text without a word voices none; its predicted emotion is none as well, and all probability lies there.
        """
        written = [row for row, text in enumerate(texts) if text.strip()]
        probabilities = np.zeros((len(texts), len(EMOTION_CLASSES)))
        probabilities[:, EMOTION_CLASSES.index(NONE)] = 1.0
        if written:
            states = read(self.reader, [texts[row] for row in written])
            probabilities[written] = softmax(view_of(states, self.view) @ self.weights.T + self.bias, axis=1)
        return tabulate_emotions(probabilities, self.threshold)


def tabulate_emotions(probabilities: Array, threshold: float) -> pd.DataFrame:
    """Probabilities [text, class] as the table of `EmotionJudge.classify`."""
    six = probabilities[:, : len(SIX)]
    total = six.sum(1)
    names = np.asarray(EMOTION_CLASSES, dtype=object)
    predicted = np.where(total > 0, names[six.argmax(1)], NONE)
    columns = {
        "predicted": predicted,
        "confidence": np.divide(six.max(1), total, out=np.zeros(len(six)), where=total > 0),
        "verdict": np.where(probabilities[:, -1] < threshold, predicted, NONE),
    }
    return pd.DataFrame(
        columns | {f"p_{name}": probabilities[:, column] for column, name in enumerate(EMOTION_CLASSES)}
    )


def agreement_with_labels(table: pd.DataFrame, resamples: int, seed: int) -> dict[str, dict[str, Any]]:
    """Agreement of verdicts with all labels, and of the likeliest of the six with the labels of replies that voice one of them."""
    voiced = table[table["label"] != NONE]
    parts = {"six or none": (table.assign(predicted=table["verdict"]), EMOTION_CLASSES), "six": (voiced, SIX)}
    summaries = {}
    for name, (part, classes) in parts.items():
        summary = agreement.summarise(part.assign(verdict=part["predicted"]), classes, resamples, seed)
        kept = {key: value for key, value in summary.items() if not key.startswith("clear_")}
        summaries[name] = kept | per_class(np.asarray(summary["confusion_label_by_predicted"], dtype=np.float64))
    return summaries


def per_class(counts: Array) -> dict[str, dict[str, float]]:
    """Recall and precision of each class from counts [label, predicted]; a class that is never predicted has precision 0."""
    right, names = counts.diagonal(), EMOTION_CLASSES[: len(counts)]
    parts = {"recall": counts.sum(1), "precision": counts.sum(0)}
    return {
        part: {name: round(float(hit / max(of, 1)), 4) for name, hit, of in zip(names, right, totals, strict=True)}
        for part, totals in parts.items()
    }


def store(judge: EmotionJudge, path: files.PathLike, **facts: str) -> None:
    """Write a judge, without the encoder that it reads with; `facts` join its metadata."""
    tensors = {
        "weights": torch.from_numpy(judge.weights),
        "bias": torch.from_numpy(judge.bias),
        "threshold": torch.tensor(judge.threshold, dtype=torch.float64),
    }
    files.write_tensors(tensors, path, view=judge.view, **facts)


def load(path: files.PathLike, reader: Reader) -> EmotionJudge:
    """A stored judge, to read with the encoder that it was fitted with.

    Raises:
        ArtefactError: the file is not one, or incomplete.
    """
    with files.open_tensors(path, "judge") as file:
        weights, bias, threshold = (file.tensor(name).numpy() for name in ("weights", "bias", "threshold"))
        return EmotionJudge(reader, file.fact("view"), weights, bias, float(threshold))
