"""What words alone give: the same decoding from word counts, and activations without what input embeddings predict (A01, A02, S05)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.decoding import hit_tables, nearest_direction
from emotion_vectors.decoding.hit_tables import Fold
from emotion_vectors.vectors.emotion_vectors import from_cells

RIDGE_PENALTIES = tuple(10.0**power for power in range(-1, 6))


def word_hits(texts: NDArray[np.object_], folds: Sequence[Fold]) -> NDArray[np.bool_]:
    """The same decoding from words alone: tf-idf weights in place of activations, everything else alike.

    Vocabulary and weights are fitted on the training topics of each fold.

    Args:
        texts: [topic, emotion].
    Returns:
        [test topic, emotion].
    """
    return np.concatenate([nearest_direction.held_out_hits(word_cells(texts, fold[0])[0], [fold])[0] for fold in folds])


def word_cells(texts: NDArray[np.object_], train: Sequence[int]) -> tuple[Tensor, TfidfVectorizer]:
    """Tf-idf weights of texts [topic, emotion] as cells [topic, emotion, 1, word], fitted on the training topics.

    Counts enter by their logarithm: with raw counts the frequent words of a story drown the telling ones, and the baseline would be
    weaker than words are.

    Returns:
        The cells, with a single "layer", and the fitted vectoriser.
    """
    vectoriser = TfidfVectorizer(lowercase=True, sublinear_tf=True).fit(texts[list(train)].ravel())
    return word_weights(vectoriser, list(texts.ravel())).reshape(*texts.shape, 1, -1), vectoriser


def word_weights(vectoriser: TfidfVectorizer, texts: Sequence[str]) -> Tensor:
    """Tf-idf weights of texts, [text, word]."""
    return torch.from_numpy(vectoriser.transform(texts).toarray()).float()


def decode_stories(stories: pd.DataFrame, emotions: Sequence[str]) -> pd.DataFrame:
    """Hits of word counts on held-out stories under every scheme, as `hit_tables.tabulate_schemes` gives them for vectors.

    Args:
        stories: table with topic, corpus, emotion and text.
    """
    topics = stories.drop_duplicates("topic")
    texts = stories.pivot(index="topic", columns="emotion", values="text").loc[topics["topic"], emotions].to_numpy()
    hits = hit_tables.tabulate_schemes(lambda folds: word_hits(texts, folds)[None], topics, emotions, "words")
    return hits.assign(layer=hit_tables.NO_LAYER)


def rank_messages(stories: pd.DataFrame, messages: pd.DataFrame, emotions: Sequence[str]) -> pd.DataFrame:
    """Rank of the true emotion of each message by tf-idf weights of the stories: message_id, emotion, rank, and their place.

    Args:
        stories: table with topic, emotion and text; messages: table with message_id, emotion and text.
    """
    texts = stories.pivot(index="topic", columns="emotion", values="text")[list(emotions)].to_numpy()
    cells, vectoriser = word_cells(texts, range(len(texts)))
    candidates = list(dict.fromkeys(messages["emotion"]))
    vectors = from_cells(cells)[[emotions.index(emotion) for emotion in candidates]]
    weights = word_weights(vectoriser, messages["text"].tolist())
    scores = nearest_direction.read(weights[:, None], vectors)[0]
    ranks = nearest_direction.ranks_of_truth(scores, [candidates.index(emotion) for emotion in messages["emotion"]])
    table = messages[["message_id", "emotion"]]
    return table.assign(rank=ranks, method="words", position="whole message", layer=hit_tables.NO_LAYER)


def word_residual_cells(cells: Tensor, embeddings: Tensor) -> Tensor:
    """Cells without what the stories' mean input embeddings predict linearly (claim S05).

    For each topic the ridge regression is fitted on the other topics, its penalty chosen by generalised cross-validation
    there. Labels take no part.

    Args:
        cells: [topic, emotion, layer, d_model]; embeddings: [topic, emotion, d_model], mean input embedding of each story.
    """
    topics = len(cells)
    residual = torch.empty_like(cells)
    for topic in range(topics):
        train = [other for other in range(topics) if other != topic]
        inputs, outputs = embeddings[train].flatten(0, 1), cells[train].flatten(0, 1).flatten(1)
        predicted = ridge_prediction(inputs, outputs, embeddings[topic])
        residual[topic] = cells[topic] - predicted.reshape(cells[topic].shape)
    return residual


def load_residual(path: str | Path) -> Tensor:
    """Cells [topic, emotion, layer, d_model] without what words predict, as `compute_variants` wrote them."""
    with files.open_tensors(path, "word-residual cells file") as file:
        return file.tensor("cells")


def ridge_prediction(inputs: Tensor, outputs: Tensor, new_inputs: Tensor) -> Tensor:
    """Ridge regression with intercept, one penalty for all outputs, chosen by generalised cross-validation.

    One singular value decomposition serves every penalty and every output; scikit-learn's RidgeCV, which the tests hold this
    against, takes minutes for the tens of thousands of outputs of a model.

    Args:
        inputs: [item, input], outputs: [item, output], new_inputs: [new item, input].
    Returns:
        Predicted outputs [new item, output].
    """
    centre, scale, mean = inputs.double().mean(0), inputs.double().std(), outputs.double().mean(0)
    left, singular, right = torch.linalg.svd((inputs.double() - centre) / scale, full_matrices=False)
    loadings = left.T @ (outputs.double() - mean)
    energy, total = loadings.square().sum(1), (outputs.double() - mean).square().sum()

    def criterion(penalty: float) -> float:
        kept = singular**2 / (singular**2 + penalty)
        error = total - ((2 * kept - kept**2) * energy).sum()
        return float(error / (1 - (kept.sum() + 1) / len(inputs)) ** 2)

    penalty = min(RIDGE_PENALTIES, key=criterion)
    weights = right.T @ ((singular / (singular**2 + penalty))[:, None] * loadings)
    predicted: Tensor = ((new_inputs.double() - centre) / scale) @ weights + mean
    return predicted.to(outputs.dtype)
