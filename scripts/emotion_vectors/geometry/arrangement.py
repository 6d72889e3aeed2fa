"""Geometry of the emotion vectors: components against human norms, clusters, and structure across depth (A06-A10).

All measures use unit-length vectors: without that the first component follows vector length, not emotion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.linear_model import RidgeCV
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from torch import Tensor

from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.effects import LEAST_RELIABILITY, pearson, upper_triangle
from emotion_vectors.vectors.emotion_vectors import from_cells
from emotion_vectors.vectors.story_cells import halves

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Components:
    """scores: [emotion, component]; shares: [component], fraction of the variance."""

    scores: Array
    shares: Array


def principal_components(vectors: Tensor) -> Components:
    """Principal components of unit-length vectors [emotion, d_model] (section 2.1 of A).

    Raises:
        VectorError: a vector is zero or not finite.
    """
    scaled = unit(vectors).double()
    centred = (scaled - scaled.mean(0)).numpy()
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    variances = singular**2
    return Components(left * singular, variances / variances.sum())


def component_correlations(components: Components, norms: pd.DataFrame, count: int = 10) -> pd.DataFrame:
    """Pearson r of the first `count` components with each column of the norms (one row per emotion, same order).

    Returns:
        Tidy table: component (1-based), variance_fraction, norm, r.
    """
    return pd.DataFrame(
        {
            "component": component + 1,
            "variance_fraction": components.shares[component],
            "norm": norm,
            "r": pearson(components.scores[:, component], norms[norm]),
        }
        for component in range(min(count, len(components.shares)))
        for norm in norms.columns
    )


def correlations_by_layer(vectors: Tensor, norms: pd.DataFrame) -> pd.DataFrame:
    """`component_correlations` of vectors [emotion, layer, d_model] at every layer, with the column layer."""
    return pd.concat(
        [
            component_correlations(principal_components(vectors[:, layer]), norms).assign(layer=layer)
            for layer in range(vectors.shape[1])
        ]
    )


def score_table(vectors: Tensor, norms: pd.DataFrame, layer: int) -> pd.DataFrame:
    """First three component scores of one layer's vectors [emotion, d_model]: pc1, pc2, pc3, emotion, layer, and the norms."""
    scores = pd.DataFrame(principal_components(vectors).scores[:, :3], columns=["pc1", "pc2", "pc3"])
    return scores.assign(emotion=list(norms.index), layer=layer).join(norms.reset_index(drop=True))


def strongest(scores: Array, ratings: Array, components: Sequence[int]) -> tuple[int, float]:
    """Component (0-based, among the candidates) with the largest |r| with the ratings, and that |r|."""
    strengths = {component: abs(pearson(scores[:, component], ratings)) for component in components}
    best = max(strengths, key=lambda component: strengths[component])
    return best, strengths[best]


def linear_readout(vectors: Tensor, ratings: Array) -> float:
    """r between ratings and their ridge prediction from the vectors, each emotion predicted by a fit without it."""
    inputs = unit(vectors).double().numpy()
    ridge = RidgeCV(alphas=np.logspace(-3, 3, 13))
    return pearson(cross_val_predict(ridge, inputs, ratings, cv=LeaveOneOut()), ratings)


def cosine_matrix(vectors: Tensor) -> Array:
    """Cosines between vectors [emotion, d_model]: [emotion, emotion]."""
    scaled = unit(vectors).double()
    return (scaled @ scaled.T).numpy()


def cosine_table(vectors: Tensor, names: Sequence[str]) -> pd.DataFrame:
    """Cosines between vectors [emotion, d_model] as a tidy table: left, right, cosine."""
    matrix = pd.DataFrame(cosine_matrix(vectors), index=list(names), columns=list(names))
    return matrix.rename_axis("left").reset_index().melt("left", var_name="right", value_name="cosine")


def cluster(vectors: Tensor, clusters: int, *, starts: int, seed: int) -> NDArray[np.int32]:
    """k-means cluster of each vector scaled to unit length, the best of so many starts."""
    means = KMeans(n_clusters=clusters, n_init=starts, random_state=seed)
    labels: NDArray[np.int32] = means.fit_predict(unit(vectors).double().numpy())
    return labels


@dataclass(frozen=True)
class Grouping:
    """How clusters are compared with registered families.

    families: code of each emotion's family; runs: independent runs of k-means, the first with this seed.
    """

    families: Sequence[int]
    runs: int
    seed: int

    def agreement(self, vectors: Tensor) -> float:
        """Adjusted Rand index between k-means clusters of vectors [emotion, d_model] and families, averaged over the runs.

        A single clustering of few vectors in many dimensions depends on its start far more than the index differs from chance.
        """
        clusters, seeds = len(set(self.families)), range(self.seed, self.seed + self.runs)
        labels = [cluster(vectors, clusters, starts=1, seed=seed) for seed in seeds]
        return float(np.mean([adjusted_rand_score(self.families, clustering) for clustering in labels]))


def family_contrast(vectors: Tensor, families: Sequence[int]) -> float:
    """Mean cosine between members of a family minus that between members of different families."""
    cosines, codes = upper_triangle(cosine_matrix(vectors)), np.asarray(families)
    same = upper_triangle(codes[:, None] == codes[None, :]) > 0
    return float(cosines[same].mean() - cosines[~same].mean())


def pair_cosines(vectors: Tensor, pairs: Sequence[tuple[int, int]]) -> Array:
    """Cosine of each pair of vectors [emotion, d_model]."""
    scaled = unit(vectors).double()
    left, right = (torch.tensor(side) for side in zip(*pairs, strict=True))
    return (scaled[left] * scaled[right]).sum(-1).numpy()


def matched_cosines(left: Tensor, right: Tensor) -> pd.DataFrame:
    """Cosine of two sets of vectors [emotion, layer, d_model] by layer: matched_cosine of the same emotion, mismatched_cosine of others."""
    cosines = torch.einsum("eld,fld->lef", unit(left), unit(right))
    count = cosines.shape[-1]
    matched = cosines.diagonal(dim1=-2, dim2=-1).mean(-1)
    mismatched = (cosines.sum((-1, -2)) - matched * count) / (count * (count - 1))
    table = pd.DataFrame({"matched_cosine": matched, "mismatched_cosine": mismatched})
    return table.rename_axis("layer").reset_index()


def compare_variants(variants: Mapping[str, Tensor], corpora: Sequence[str]) -> pd.DataFrame:
    """Vectors of the two story corpora side by side, and of the two halves of the topics: robustness to style."""
    pairs = {
        "two corpora": [f"{corpus}_alone" for corpus in corpora],
        "two halves of the topics": ["half_of_the_topics", "other_half_of_the_topics"],
    }
    tables = [
        matched_cosines(variants[left], variants[right]).assign(comparison=comparison)
        for comparison, (left, right) in pairs.items()
    ]
    return pd.concat(tables, ignore_index=True)


def structure_similarity(left: Tensor, right: Tensor) -> Array:
    """Similarity of the cosine structure between all pairs of layers, each side from stories of its own.

    With halves of the topics on the two sides, noise that belongs to single stories is not shared and cannot make two
    depths look alike; the diagonal is the split-half reliability, the ceiling that noise allows.

    Args:
        left, right: [emotion, layer, d_model], from different stories.
    Returns:
        [layer, layer], Pearson r of the upper triangles, made symmetric by exchanging the sides.
    """
    layers, pairs = left.shape[1], torch.triu_indices(len(left), len(left), offset=1)
    scaled = (unit(side).double().transpose(0, 1) for side in (left, right))
    structures = [(side @ side.mT)[:, pairs[0], pairs[1]].numpy() for side in scaled]
    crossed = np.corrcoef(structures[0], structures[1])[:layers, layers:]
    return np.asarray((crossed + crossed.T) / 2)


def similarity_of_halves(cells: Tensor) -> Array:
    """Similarity of the structure between layers, [layer, layer], each side from its own half of the topics of the cells."""
    return structure_similarity(*map(from_cells, halves(cells)))


def stability(similarity: Array, layers: Sequence[int]) -> tuple[float, float]:
    """Mean similarity between different layers of a range, and the mean reliability (diagonal) over the same layers.

    The ratio of the two is the similarity corrected for noise.
    """
    block = similarity[np.ix_(list(layers), list(layers))]
    return float(upper_triangle(block).mean()), float(np.diag(block).mean())


def corrected_stability(similarity: Array, layers: Sequence[int]) -> float:
    """Similarity between different layers of a range, over the reliability within layers."""
    raw, reliability = stability(similarity, layers)
    return raw / max(reliability, LEAST_RELIABILITY)
