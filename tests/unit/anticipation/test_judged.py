"""Planted content is found by the registered rules, what is not there is not, and every gate closes when its reason is given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.anticipation import anticipated, arousal, distinct, shown
from emotion_vectors.anticipation.readings import AnticipationError, TurnStates
from emotion_vectors.claims import closed_gates
from tests.random_tensors import random
from tests.unit.anticipation.made import (
    ASKED,
    BEFORE,
    CLAIMS,
    EMOTIONS,
    LISTENER,
    MADE,
    MINUS,
    NORMS,
    SPEAKERS,
    TOKENS,
    WIDTH,
    Plant,
    evidence,
    states,
    study_of,
    verdicts,
)


@pytest.fixture(scope="module")
def planted() -> pd.DataFrame:
    return evidence(states(Plant()))


def test_every_registered_part_has_a_row(planted):
    registered = [(name, part["name"]) for name in ("A11", "A12", "A15") for part in CLAIMS[name]["parts"]]
    assert sorted(planted.index) == sorted(registered)
    numbers = planted[["estimate", "low", "high", "null_percentile", "null_95"]]
    assert np.isfinite(numbers.to_numpy()).all()
    assert (planted["low"] <= planted["high"]).all()
    assert planted["n"].tolist() == [60, 84, 84, 48]


def test_planted_content_is_found(planted):
    assert set(planted["guard"]) == {""}
    assert set(verdicts(planted).values()) == {"replicated"}


def test_the_same_content_at_both_tokens_is_not_called_different():
    made = states(Plant(kept=1.0, heard=0.0))
    both = states(Plant(heard=0.0)).wordings.sum(2, keepdim=True).expand(-1, -1, 2, -1)
    rows = evidence(replace(made, wordings=both))
    assert rows.loc[("A11", "user and reply token"), "estimate"] == pytest.approx(1, abs=0.02)
    assert verdicts(rows)[TOKENS] in ("not replicated", "inconclusive")
    assert verdicts(rows)[MINUS] in ("not replicated", "inconclusive")


def test_a_reply_that_nothing_stands_before_is_not_told():
    rows = evidence(states(Plant(told=0.0)))
    assert abs(rows.loc[("A12", "reply token"), "estimate"]) < 0.1
    assert verdicts(rows)[BEFORE] == "not replicated"


def test_a_reply_that_follows_along_any_direction_is_nothing_about_emotions():
    """What stands before the reply goes on in all dimensions alike, emotions or not."""
    made = states(Plant())
    anything = 6 * random(len(made.items), WIDTH, seed=30)
    made = replace(
        made,
        items=torch.stack([made.items[:, 0], anything], 1),
        replies=anything[:, None] + random(len(anything), 3, WIDTH, seed=31),
    )
    rows = evidence(made)
    assert rows.loc[("A12", "reply token"), "estimate"] > 0.9
    assert verdicts(rows)[BEFORE] == "inconclusive"


@pytest.mark.parametrize(("follows", "expected"), [(1.0, "not replicated"), (0.0, "not replicated")])
def test_replies_that_do_not_calm_down_are_not_said_to(follows: float, expected: str):
    rows = evidence(states(Plant(follows=follows)))
    assert verdicts(rows)[SPEAKERS] in (expected, "inconclusive")
    assert rows.loc[("A15", "arousal across speakers"), "guard"] == ""
    if follows:
        assert rows.loc[("A15", "arousal across speakers"), "estimate"] > 0.5


def test_slopes_beside_are_those_of_the_planted_direction(planted):
    beside = planted.loc[("A15", "arousal across speakers"), "beside"]
    slope = float(beside.split("at that token ")[1].split(" ")[0])
    # 0.1 of a norm of 2, along a gradient of 0.01 that points nearly the other way.
    assert slope == pytest.approx(-0.002, rel=0.2)


def test_permuted_labels_of_dialogues_close_the_gate_of_the_other_speaker():
    rows = evidence(states(Plant()), placebo=7)
    assert "emotion of the other speaker first" in rows.loc[("A15", "arousal across speakers"), "guard"]


CLOSED = {
    "the user's emotion is all that stands before the reply": (
        "A11",
        states(Plant(kept=1.0)),
        ("emotion of the fitting reply among the first 3 of 10 at the token before the reply",),
    ),
    "the user's end holds noise": (
        "A11",
        replace(MADE, wordings=random(60, 2, 2, WIDTH, seed=1)),
        ("emotion of the user among the first 3 of 10", "correlation of two wordings at the end"),
    ),
    "replies make no sense": ("A12", replace(MADE, sensible=MADE.sensible * 0.0), ("replies that make sense",)),
    "half of the replies cannot be read": (
        "A12",
        replace(MADE, readable=torch.tensor([1.0, 0.0, 0.0]).expand(84, 3)),
        ("replies that make sense",),
    ),
    "replies to a prompt have nothing in common": (
        "A12",
        replace(MADE, replies=random(84, 3, WIDTH, seed=2)),
        ("correlation of two replies",),
    ),
    "dialogues hold noise": (
        "A15",
        replace(MADE, dialogues=random(24, 12, WIDTH, seed=3)),
        ("emotion of the other speaker first",),
    ),
    "an order moves nothing": ("A15", replace(MADE, ordered=MADE.ordered * 0.0), ("under an order",)),
}


@pytest.mark.parametrize(("claim", "made", "gates"), CLOSED.values(), ids=CLOSED)
def test_a_gate_closes_and_is_named(claim: str, made: TurnStates, gates: tuple[str, ...]):
    rows = evidence(made)
    for guard in rows.loc[claim, "guard"]:
        assert all(gate in guard for gate in gates)
        assert [*closed_gates.kept_limits(guard)] == []
    assert claim == "A11" or set(rows.drop(index=claim)["guard"]) == {""}


def test_gates_stand_in_one_table_with_their_claims():
    table = study_of(MADE).gate_table()
    assert table.groupby("claim", sort=False).size().to_dict() == {"A11": 4, "A12": 2, "A15": 3}
    assert table["passed"].all()


def test_words_of_the_prompt_are_taken_off():
    """A reply that the words of its prompt tell is told by the token before it no better, once these are known."""
    texts = [f"{'storm' if row % 2 else 'garden'} word{row}" for row in range(84)]
    mood = torch.tensor([1.0 if row % 2 else -1.0 for row in range(84)])
    state = mood[:, None] * 6 * LISTENER.vectors[0] + random(84, WIDTH, seed=5)
    made = replace(
        MADE,
        items=state[:, None].expand(-1, 2, -1),
        replies=(state + random(84, WIDTH, seed=6))[:, None].expand(-1, 3, -1),
    )
    replied = study_of(made).replied()
    plain = replied.once()[anticipated.PART_REPLY]
    given = anticipated.given_words(replied, texts).once()
    assert given[anticipated.PART_REPLY] < plain - 0.1
    unrelated = [f"word{row} and {'more' if row % 3 else 'less'}" for row in range(84)]
    given = anticipated.given_words(replied, unrelated).once()
    assert given[anticipated.PART_REPLY] == pytest.approx(plain, abs=0.1)


def test_emotions_without_vector_or_rating_are_named():
    with pytest.raises(AnticipationError, match="no vector for serene"):
        LISTENER.columns(["calm", "serene"])
    with pytest.raises(AnticipationError, match="norms do not rate serene"):
        arousal.rated(NORMS, arousal.AROUSAL, ["serene"])


def test_the_figure_shows_what_is_judged(planted):
    study = study_of(MADE)
    drawn = (study.tokens(), study.replied(), study.speaker, arousal.ratings_of(NORMS, arousal.AROUSAL))
    lines = shown.lines(*drawn, study.shuffled).set_index("panel")
    before = planted.loc[("A12", "reply token")]
    assert lines.loc[shown.TOKEN_REPLY, ["r", "low", "high"]].tolist() == before[["estimate", "low", "high"]].tolist()
    difference = lines.loc[shown.TOKEN_REPLY, "r"] - lines.loc[shown.USER_REPLY, "r"]
    assert difference == pytest.approx(planted.loc[("A12", "reply minus user token"), "estimate"])
    assert lines.loc[shown.SPEAKERS, "r"] == planted.loc[("A15", "arousal across speakers"), "estimate"]
    assert lines.loc[shown.TOKENS, "null_low"] > lines.loc[shown.TOKENS, "high"]
    points = shown.points(*drawn).groupby("panel", sort=False)["count"].sum()
    count = len(EMOTIONS)
    assert points.to_dict() == {
        shown.TOKENS: 120 * count,
        shown.USER_REPLY: 84 * count,
        shown.TOKEN_REPLY: 84 * count,
        shown.SPEAKERS: 96,
    }


def test_readings_of_the_figure_lie_along_their_line():
    study = study_of(MADE)
    points = shown.points(study.tokens(), study.replied(), study.speaker, arousal.ratings_of(NORMS, arousal.AROUSAL))
    cells = points[points["panel"] == shown.TOKEN_REPLY]
    r = np.corrcoef(np.repeat(cells["x"], cells["count"]), np.repeat(cells["y"], cells["count"]))[0, 1]
    assert r == pytest.approx(study.replied().once()[anticipated.PART_REPLY], abs=0.05)


def test_a_user_emotion_is_sought_among_all_that_situations_name():
    for at in (0, 1):
        gate = distinct.emotion_gate(MADE.wordings, at, LISTENER, ASKED, study_of(MADE).draws)
        assert gate.value > 0.95
        assert gate.n == 60
