"""Ridge regression with groups left out, held against fits that scikit-learn makes without them."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from emotion_vectors.statistics import ridge

GROUPS, SIZE, WIDTH, TARGETS = 5, 4, 30, 3
ITEMS = GROUPS * SIZE
PENALTY = 0.7


@pytest.fixture
def generator():
    return np.random.default_rng(3)


@pytest.fixture
def features(generator):
    return generator.normal(size=(ITEMS, WIDTH)) + 4


@pytest.fixture
def targets(generator):
    return generator.normal(size=(ITEMS, TARGETS)) + 2


def variance_of(features):
    return ((features - features.mean(0)) ** 2).sum(1).mean()


def fitted(features, targets, rows):
    """A fit on some items; the penalty is in units of the mean variance over all of them."""
    return Ridge(alpha=PENALTY * variance_of(features)).fit(features[rows], targets[rows])


def rows_without(*groups):
    return [row for row in range(ITEMS) if row // SIZE not in groups]


def test_the_fit_on_all_items_is_that_of_scikit_learn(features, targets):
    hat = ridge.Fit.of(ridge.products(features)).hat(PENALTY)
    np.testing.assert_allclose(hat @ targets, fitted(features, targets, range(ITEMS)).predict(features), atol=1e-9)


def test_a_group_left_out_takes_no_part_in_its_prediction(features, targets):
    weights = ridge.without_each(ridge.Fit.of(ridge.products(features)).hat(PENALTY), GROUPS)
    for group in range(GROUPS):
        inside = slice(group * SIZE, (group + 1) * SIZE)
        expected = fitted(features, targets, rows_without(group)).predict(features[inside])
        np.testing.assert_allclose((weights @ targets)[inside], expected, atol=1e-9)
        assert np.abs(weights[inside, inside]).max() < 1e-9


def test_two_groups_left_out_take_no_part_in_either_prediction(features, targets):
    pairs, predicted = ridge.without_pairs(ridge.Fit.of(ridge.products(features)).hat(PENALTY), targets, GROUPS)
    assert len(pairs) == GROUPS * (GROUPS - 1) / 2
    for groups, of_pair in zip(pairs, predicted, strict=True):
        model = fitted(features, targets, rows_without(*groups))
        for group, of_group in zip(groups, of_pair, strict=True):
            expected = model.predict(features[group * SIZE : (group + 1) * SIZE])
            np.testing.assert_allclose(of_group, expected, atol=1e-9)


def test_other_items_are_predicted_by_the_fit_on_all(features, targets, generator):
    others = generator.normal(size=(7, WIDTH))
    fit = ridge.Fit.of(ridge.products(features, {"others": others}))
    expected = fitted(features, targets, range(ITEMS)).predict(others)
    np.testing.assert_allclose(fit.onto("others", PENALTY) @ targets, expected, atol=1e-9)


def test_two_sources_together_are_their_features_side_by_side(features, generator):
    more = generator.normal(size=(ITEMS, 6))
    scaled = [values / np.sqrt(variance_of(values)) for values in (features, more)]
    side_by_side = np.concatenate([np.sqrt(0.25) * scaled[0], np.sqrt(0.75) * scaled[1]], axis=1)
    both = ridge.together(ridge.products(features), ridge.products(more), 0.25)
    np.testing.assert_allclose(both.within, ridge.products(side_by_side).within, atol=1e-9)


def test_other_items_are_together_where_both_sources_have_them(features):
    first, second = ridge.products(features, {"a": features, "b": features}), ridge.products(features, {"b": features})
    assert list(ridge.together(first, second, 0.5).others) == ["b"]


def test_what_a_source_predicts_is_taken_off_and_what_it_does_not_predict_is_left(features, generator):
    explained, own = features[:, :3] - features[:, :3].mean(0), generator.normal(size=(ITEMS, 1))
    source = ridge.products(features[:, :3], {"same": features[:, :3]})
    outputs = np.concatenate([explained, own], axis=1)
    left, beside = ridge.residuals(source, GROUPS, outputs, {"same": outputs}, (1e-6, 1e6))
    assert np.abs(left[:, :3]).max() < 1e-3 * np.abs(explained).max()
    assert np.corrcoef(left[:, 3], own[:, 0])[0, 1] > 0.8
    assert np.abs(beside["same"][:, :3]).max() < 1e-3 * np.abs(explained).max()


def test_noise_is_predicted_by_nothing_so_that_the_largest_penalty_is_chosen(generator):
    noise, outputs = generator.normal(size=(ITEMS, WIDTH)), generator.normal(size=(ITEMS, 200))
    left, _ = ridge.residuals(ridge.products(noise), GROUPS, outputs, {}, (1e-3, 1e6))
    np.testing.assert_allclose(left, outputs - outputs.mean(0), atol=1e-3)


def test_products_without_some_items_are_those_of_the_others(features):
    inside = slice(SIZE, 2 * SIZE)
    left = ridge.leaving_out(ridge.products(features), inside)
    expected = ridge.products(features[rows_without(1)], {ridge.LEFT_OUT: features[inside]})
    np.testing.assert_allclose(left.within, expected.within, atol=1e-9)
    np.testing.assert_allclose(left.others[ridge.LEFT_OUT], expected.others[ridge.LEFT_OUT], atol=1e-9)


def test_errors_of_groups_left_out_are_those_of_predictions_without_them(features, targets):
    fit = ridge.Fit.of(ridge.products(features))
    for penalty, errors in zip((PENALTY, 1.0), fit.errors_left_out((PENALTY, 1.0), targets, GROUPS), strict=True):
        expected = targets - ridge.without_each(fit.hat(penalty), GROUPS) @ targets
        np.testing.assert_allclose(errors, expected, atol=1e-9)


def test_residuals_are_those_of_one_fit_on_all_items(features, targets):
    left, _ = ridge.residuals(ridge.products(features), GROUPS, targets, {}, (PENALTY,))
    expected = targets - fitted(features, targets, range(ITEMS)).predict(features)
    np.testing.assert_allclose(left, expected, atol=1e-9)


def test_items_that_all_are_alike_without_the_others_are_refused():
    features = np.zeros((ITEMS, 2))
    features[:SIZE, 0] = np.arange(SIZE)
    with pytest.raises(ridge.RidgeError, match="remain"):
        ridge.leaving_out(ridge.products(features), slice(SIZE))


@pytest.mark.parametrize("features", [np.ones((ITEMS, 2)), np.full((ITEMS, 2), np.nan)], ids=["constant", "missing"])
def test_features_that_do_not_vary_are_refused(features):
    with pytest.raises(ridge.RidgeError, match="do not vary"):
        ridge.products(features)
