"""Readings beside Elo: what categories alone make is not shown, and what words alone tell stands beside (A16)."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from sklearn.linear_model import Ridge

from emotion_vectors.claims import judging
from emotion_vectors.preferences import association, evidence, told_by_words
from emotion_vectors.statistics.wording import bare
from tests.unit.preferences.made import ACTIVITIES, judged

REGISTERED = yaml.safe_load(Path("workflow/claims/anthropic-2026.yaml").read_text())
(CLAIM,) = (one for one in REGISTERED if one["id"] == "A16")


def by_category(levels, readings):
    """Preferences and readings of bliss that categories alone make, but for little noise."""
    study, _ = judged()
    known, draws = study.known, np.random.default_rng(4)
    of_activity = np.arange(len(ACTIVITIES)) % 4
    ratings = 1500 + 100 * (np.array(levels)[of_activity] + 0.1 * draws.normal(size=len(ACTIVITIES)))
    bliss = study.directions.direction(["blissful"])
    along = torch.from_numpy(np.array(readings)[of_activity] + 0.1 * draws.normal(size=len(ACTIVITIES))).float()
    states = known.states - (known.states @ bliss / bliss.norm() ** 2)[:, None] * bliss + along[:, None] * bliss
    return replace(study, known=replace(known, states=states, ratings=ratings))


def test_activities_of_one_category_are_not_told_apart_by_their_number():
    """Four categories make the correlation, and 32 activities would make an interval far from nil."""
    study = by_category(levels=(0, 1, 2, 3), readings=(1, 0, 2.5, 2))
    everything = study.known.everything
    effect = evidence.reading_effect(study, "blissful", everything)
    assert effect.estimate > 0.6
    readings = study.known.readings(study.directions.direction(["blissful"])[None])
    flat = association.correlations(readings, study.known.ratings, study.activities_drawn)
    assert np.quantile(flat, 0.025) > 0.3
    assert effect.low < 0
    assert evidence.within_categories(study, "blissful", everything) < 0.3
    rows = {row["part"]: row for row in evidence.on_readings(study)}
    rule = next(part for part in CLAIM["parts"] if part["name"] == "blissful, all")
    assert judging.verdict_on(CLAIM, rule, rows["blissful, all"]).verdict != judging.REPLICATED
    assert (
        f"within categories {bare(evidence.within_categories(study, 'blissful', everything))}"
        in rows["blissful, all"]["beside"]
    )


def test_words_that_tell_elo_are_told():
    study, _ = judged()
    draws = np.random.default_rng(3)
    glad = draws.integers(0, 2, len(ACTIVITIES))
    texts = [f"{'help' if one else 'hurt'} the friend number {number}" for number, one in enumerate(glad)]
    activities = [replace(one, text=text) for one, text in zip(ACTIVITIES, texts, strict=True)]
    known = replace(study.known, preferences=replace(study.known.preferences, activities=activities))
    told = told_by_words.told_by_words(
        replace(known, ratings=100 * glad + draws.normal(size=len(glad))), known.everything
    )
    shares = [float(part.rsplit(" ", 1)[1]) for part in told.split(", ") if "left out" in part or "category" in part]
    assert len(shares) == 2
    assert min(shares) > 0.9


def test_what_words_tell_is_ridge_regression_on_all_other_groups():
    draws = np.random.default_rng(6)
    features, groups = draws.normal(size=(18, 5)), np.array(["b", "a", "c"] * 6)
    target = features @ draws.normal(size=5) + draws.normal(size=18)
    best = []
    for penalty in told_by_words.PENALTIES:
        predicted = np.zeros(18)
        for group in "abc":
            kept = groups != group
            variance = ((features[kept] - features[kept].mean(0)) ** 2).sum(1).mean()
            model = Ridge(alpha=penalty * variance).fit(features[kept], target[kept])
            predicted[~kept] = model.predict(features[~kept])
        best.append(np.corrcoef(predicted, target)[0, 1])
    assert told_by_words.best_left_out(features, target, groups) == pytest.approx(max(best), abs=1e-9)
