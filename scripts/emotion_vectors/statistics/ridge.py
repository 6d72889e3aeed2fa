"""Ridge regression from inner products, with whole groups of items left out in closed form.

A fit with an intercept is linear in its targets: predictions are H y, and those of items that take no part in it are
y - (I - H)^-1 (y - H y), taken over these items alone. So one decomposition serves every penalty, every group left out and every pair of
them, for which scikit-learn's Ridge, against which the tests hold this, would be fitted thousands of times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emotion_vectors.artefacts.errors import MendableError

Array = NDArray[np.float64]


class RidgeError(MendableError, ValueError):
    """Features from which nothing can be predicted."""


@dataclass(frozen=True)
class Products:
    """Inner products of items with those of a fit, by whose mean all are centred, in units of their mean variance.

    within: [item, item]; others: by name, [other item, item].
    """

    within: Array
    others: Mapping[str, Array]


def products(features: ArrayLike, others: Mapping[str, ArrayLike] | None = None) -> Products:
    """Inner products of features [item, feature], and of those of other items, by name.

    Raises:
        RidgeError: no feature varies over the items, or a value is not finite.
    """
    values = np.asarray(features, dtype=float)
    centre = values.mean(0)
    centred = values - centre
    variance = float((centred**2).sum(1).mean())
    if not np.isfinite(variance) or variance == 0:
        raise RidgeError(
            "features are not finite or do not vary over the items, and nothing can be predicted from them"
        )
    beside = {
        name: (np.asarray(of_others, dtype=float) - centre) @ centred.T / variance
        for name, of_others in (others or {}).items()
    }
    return Products(centred @ centred.T / variance, beside)


def together(first: Products, second: Products, share: float) -> Products:
    """Two sources as one, the first with this share of the mean variance; other items are kept where both have them."""
    others = {
        name: share * first.others[name] + (1 - share) * second.others[name]
        for name in first.others
        if name in second.others
    }
    return Products(share * first.within + (1 - share) * second.within, others)


LEAST_VARIANCE = 1e-12
"""Share of the variance of all items below which the rest of them are alike but for rounding."""
LEFT_OUT = "left out"
"""Name of items that were among those of a fit and are other items now."""


def leaving_out(source: Products, items: slice) -> Products:
    """Inner products as `products` gives them without some items, which are the only other items then.

    Raises:
        RidgeError: no feature varies over the items that remain.
    """
    inside = np.zeros(len(source.within), dtype=bool)
    inside[items] = True
    kept = source.within[np.ix_(~inside, ~inside)]
    beside = source.within[np.ix_(inside, ~inside)]
    means = kept.mean(0)
    within = kept - means - means[:, None] + means.mean()
    variance = float(np.diag(within).mean())
    if variance <= LEAST_VARIANCE:
        raise RidgeError("features do not vary over the items that remain, and nothing can be predicted from them")
    others = beside - beside.mean(1, keepdims=True) - means + means.mean()
    return Products(within / variance, {LEFT_OUT: others / variance})


@dataclass(frozen=True)
class Fit:
    """Ridge regressions on the same items with every penalty, which is in units of the mean variance of an item.

    values, vectors: eigenvalues [component] and eigenvectors [item, component] of the centred inner products.
    """

    products: Products
    values: Array
    vectors: Array

    @classmethod
    def of(cls, products: Products) -> Fit:
        values, vectors = np.linalg.eigh(products.within)
        return cls(products, values.clip(min=0), vectors)

    def hat(self, penalty: float) -> Array:
        """Predictions of the fitted items, as weights of the targets: [item, item]."""
        kept = self.values / (self.values + penalty)
        return (self.vectors * kept) @ self.vectors.T + 1 / len(self.values)

    def onto(self, name: str, penalty: float) -> Array:
        """Predictions of other items, as weights of the targets: [other item, item]."""
        inverse = (self.vectors / (self.values + penalty)) @ self.vectors.T
        weights = self.products.others[name] @ inverse
        centred: Array = weights - weights.mean(1, keepdims=True) + 1 / len(self.values)
        return centred

    def errors_left_out(self, penalties: Sequence[float], targets: Array, groups: int) -> Iterator[Array]:
        """Errors of the predictions of each group by a fit on all others, for one penalty after the other: [item, target].

        Args:
            targets: [item, target]; items stand in `groups` groups of equal size, one after the other.
        """
        centred, items = targets - targets.mean(0), len(targets)
        components = self.vectors.T @ centred
        for penalty in penalties:
            kept = self.vectors * (self.values / (self.values + penalty))
            errors = centred - kept @ components
            for inside in np.split(np.arange(items), groups):
                hat = kept[inside] @ self.vectors[inside].T + 1 / items
                errors[inside] = np.linalg.solve(np.eye(len(inside)) - hat, errors[inside])
            yield errors


def without_each(hat: Array, groups: int) -> Array:
    """Predictions of each group by a fit on all others, as weights of the targets: [item, item].

    Args:
        hat: of a fit on all items, which stand in `groups` groups of equal size, one after the other.
    """
    size = len(hat) // groups
    weights = np.empty_like(hat)
    for start in range(0, len(hat), size):
        inside = slice(start, start + size)
        identity = np.eye(len(hat))[inside]
        weights[inside] = identity - np.linalg.solve(np.eye(size) - hat[inside, inside], identity - hat[inside])
    return weights


def without_pairs(hat: Array, targets: Array, groups: int) -> tuple[NDArray[np.intp], Array]:
    """Predictions of every two groups by a fit on all others.

    Args:
        hat: as for `without_each`; targets: [item, target].
    Returns:
        Pairs of groups [pair, 2], and predictions [pair, 2, item of the group, target].
    """
    size = len(hat) // groups
    pairs = np.stack(np.triu_indices(groups, k=1), axis=1)
    items = (pairs[:, :, None] * size + np.arange(size)).reshape(len(pairs), 2 * size)
    blocks = np.eye(2 * size) - hat[items[:, :, None], items[:, None, :]]
    left = np.linalg.solve(blocks, (targets - hat @ targets)[items])
    predicted: Array = targets[items] - left
    return pairs, predicted.reshape(len(pairs), 2, size, -1)


def residuals(
    source: Products, groups: int, outputs: Array, others: Mapping[str, Array], penalties: Sequence[float]
) -> tuple[Array, dict[str, Array]]:
    """Outputs without what a source predicts by one fit on all items, which other items take no part in.

    The penalty is the one with the least squared error on groups left out. Were each group predicted by the others instead, the
    residuals of a group would hold the noise of every other one with a minus sign, and what is learned from some would be turned round
    in the rest; so a group that is to be tested must be among the other items.

    Args:
        outputs: [item, output]; others: outputs of the other items that the source has too, by name.
    """
    fit = Fit.of(source)
    errors = [float((left**2).sum()) for left in fit.errors_left_out(penalties, outputs, groups)]
    best = penalties[int(np.argmin(errors))]
    beside = {name: values - fit.onto(name, best) @ outputs for name, values in others.items()}
    return outputs - fit.hat(best) @ outputs, beside
