"""Hidden emotions: planted inside or outside the story space, with noise, and beside emotions that are shown."""

import numpy as np
import pytest
import torch

from emotion_vectors.claims import judging, registry
from emotion_vectors.context import hiding
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli.function.hidden import EMOTIONS_OF_HIDING, HiddenDialogue

CLAIM = registry.load(["workflow/claims/anthropic-2026.yaml"], "workflow/schemas/claim.schema.yaml")["A31"]
EMOTIONS = [*EMOTIONS_OF_HIDING, "happy", "lonely"]
WIDTH, TOPICS = 60, 12
DRAWS = Draws(bootstraps=120, shuffles=120, seed=4)
DIALOGUES = [
    HiddenDialogue(f"{felt}_{shown}_{number}", felt, shown, "", ())
    for felt in EMOTIONS_OF_HIDING
    for shown in EMOTIONS_OF_HIDING
    if felt != shown
    for number in range(6)
]


def study(
    *, within: float, without: float, shown_without: float = 0.0, noise: float = 0.5, seed: int = 0, only: str = ""
):
    """Story cells, and dialogues whose hidden emotion adds its story vector times `within` and a direction of its own times `without`.

    Args:
        only: emotion that alone has such a direction; all by default.
    """
    generator = np.random.default_rng(seed)
    stories = generator.normal(size=(len(EMOTIONS), WIDTH))
    cells = stories + 0.1 * generator.normal(size=(TOPICS, len(EMOTIONS), WIDTH))
    own, shown = generator.normal(size=(2, len(EMOTIONS), WIDTH))
    states = noise * generator.normal(size=(len(DIALOGUES), WIDTH))
    for at, dialogue in enumerate(DIALOGUES):
        felt, seen = (EMOTIONS.index(name) for name in (dialogue.hidden, dialogue.shown))
        apart = without * (dialogue.hidden == only or not only)
        states[at] += within * stories[felt] + apart * own[felt] + stories[seen] + shown_without * shown[seen]
    return states, torch.from_numpy(cells)


def judged(placebo: int | None = None, **planted):
    states, cells = study(**planted)
    kept = hiding.hiding_of(DIALOGUES, states, cells, EMOTIONS, placebo)
    shares = hiding.measure(kept, hiding.held_out_stories(cells, kept.numbers, DRAWS), DRAWS)
    row = hiding.evidence_on_hiding(kept, shares, DRAWS)
    return row, judging.verdict_on(CLAIM, CLAIM["parts"][0], row).verdict, (kept, shares)


def test_a_direction_outside_is_replicated():
    row, verdict, (kept, shares) = judged(within=0.0, without=1.0)
    assert verdict == judging.REPLICATED
    assert row["estimate"] > 0.8
    assert row["n"] == len(DIALOGUES)
    table = hiding.share_table(kept, shares).set_index("what")["share"]
    assert table["hidden emotions"] > 2 * table["shown emotions"]


def test_story_vectors_are_not_outside_however_noisy():
    for noise in (0.2, 2.0):
        row, verdict, _ = judged(within=1.0, without=0.0, noise=noise)
        assert verdict == judging.NOT_REPLICATED
        assert row["estimate"] < 0.4


def test_what_shown_emotions_have_as_well_is_not_of_hiding():
    row, verdict, _ = judged(within=0.5, without=1.0, shown_without=3.0)
    assert row["estimate"] > 0.5
    assert row["null_percentile"] < 95
    assert verdict != judging.REPLICATED


def test_one_emotion_that_lies_outside_is_one_of_eight():
    """Emotions are drawn anew: where the one is left out little lies outside, which dialogues alone would not show."""
    row, _, (kept, _) = judged(within=0.6, without=1.5, only=EMOTIONS_OF_HIDING[0])
    assert row["guard"] == ""
    assert row["estimate"] > 0.5
    generator, shares = np.random.default_rng(1), []
    for _ in range(40):
        first, second = kept.labelled.of_halves(kept.labelled.drawn(generator))
        shares.append(hiding.reliable_share(first[hiding.FELT], second[hiding.FELT], kept.space))
    assert min(shares) > row["low"] + 0.15


def test_how_often_nothing_is_inside_stands_beside():
    states, cells = study(within=1.0, without=1.0)
    space = hiding.story_space(hiding.vectors_of(cells))
    noise = np.random.default_rng(2).normal(size=states.shape)
    draws, often = Draws(bootstraps=60, shuffles=30, seed=4), []
    for kept_inside in (states, noise):
        mixed = hiding.outside(states, space) + (kept_inside - hiding.outside(kept_inside, space))
        kept = hiding.hiding_of(DIALOGUES, mixed, cells, EMOTIONS, None)
        shares = hiding.measure(kept, np.linspace(0, 0.1, 20), draws)
        often.append(shares.nothing_inside)
    assert (
        f"nothing inside the space in {often[1]:.3f} of resamples"
        in hiding.evidence_on_hiding(kept, shares, draws)["beside"]
    )
    assert often[0] == 0.0
    assert 0.05 < often[1] < 1.0


def test_states_without_the_hidden_emotion_close_the_gate():
    row, verdict, _ = judged(within=0.0, without=0.0)
    assert verdict == judging.NOT_TESTABLE
    assert "hidden emotions name them in" in row["guard"]


def test_permuted_hidden_emotions_close_the_gate():
    assert judging.REPLICATED not in {judged(placebo=seed, within=0.0, without=1.0)[1] for seed in (1, 2, 3)}


def test_permutation_leaves_what_is_shown_and_never_hides_it():
    states, cells = study(within=0, without=1)
    kept = hiding.hiding_of(DIALOGUES, states, cells, EMOTIONS, None)
    permuted = kept.permuted(np.random.default_rng(0))
    hidden, shown = permuted.labels
    assert (shown == kept.labelled.labels[hiding.SHOWN]).all()
    assert (hidden != shown).all()
    assert (hidden != kept.labelled.labels[hiding.FELT]).mean() > 0.7


def test_the_space_holds_the_variance_and_no_more():
    vectors = np.zeros((5, 20))
    vectors[:, :3] = np.random.default_rng(0).normal(size=(5, 3)) * [10, 5, 0.01]
    space = hiding.story_space(vectors)
    assert space.shape == (2, 20)
    np.testing.assert_allclose(space @ space.T, np.eye(2), atol=1e-12)


def test_a_reliable_share_is_the_share_of_the_norm():
    space = np.eye(10)[:4]
    vector = np.zeros((1, 10))
    vector[0, [0, 9]] = 3.0, 4.0
    assert hiding.reliable_share(vector, vector, space) == pytest.approx(0.8)
    assert hiding.reliable_share(vector, -vector, space) == 0.0
    two = np.concatenate([vector, 10 * np.eye(10)[:1]])
    assert hiding.reliable_share(two, two, space, np.array([1.0, 0.0])) == pytest.approx(0.8)
    assert hiding.reliable_share(two, two, space, np.array([0.0, 1.0])) == 0.0
    assert hiding.shared_squares(two, two, space) == pytest.approx((109.0, 16.0))
