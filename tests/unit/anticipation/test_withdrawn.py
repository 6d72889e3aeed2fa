"""What looks like the claim and is not is at most partial or inconclusive: other differences, opposed readings, few emotions, words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_vectors.anticipation import anticipated, arousal, distinct, pooled
from emotion_vectors.anticipation.distinct import TwoTokens
from emotion_vectors.statistics.algebra import unit
from tests.random_tensors import random
from tests.unit.anticipation.made import (
    ASKED,
    BEFORE,
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


def test_tokens_that_differ_along_any_direction_are_nothing_about_emotions():
    """Emotions stand at both tokens, where all else differs as well."""
    rows = evidence(states(Plant(subject=0.0)))
    row = rows.loc[("A11", "user and reply token")]
    assert row["guard"] == ""
    assert row["estimate"] < 0.5
    assert row["unconfirmed"].startswith("not specific, since readings differ")
    assert verdicts(rows)[TOKENS] == "partial"
    assert verdicts(rows.assign(unconfirmed=""))[TOKENS] == "replicated"


def test_tokens_whose_readings_are_turned_round_are_called_opposed():
    tokens = study_of(MADE).tokens()
    user, reply = tokens.values
    turned, alike = (TwoTokens(np.stack([user, sign * user + 0.01 * reply]), tokens.draws) for sign in (-1, 1))
    row = distinct.distinct_row(turned, [alike] * 20, [])
    assert row["estimate"] == pytest.approx(-1, abs=0.05)
    assert row["unconfirmed"].startswith("readings at both tokens are opposed")
    assert row["beside"].endswith("correlation is negative")
    rows = pd.DataFrame([row]).set_index(["claim", "part"])
    assert verdicts(rows)[TOKENS] == "partial"
    assert verdicts(rows.assign(unconfirmed=""))[TOKENS] == "replicated"


def test_replies_that_are_agitated_to_one_emotion_alone_do_not_go_with_arousal():
    """Eight situations of the calmest emotion are one case of a calm user, not eight."""
    calm = torch.tensor([ASKED.situations[row].user == "calm" for row in ASKED.tempered]).double()
    odds = 3 * calm[:, None] + 0.1 * random(len(calm), 2, seed=32)
    made = replace(MADE, odds=odds + MADE.bland[:, None])
    rows = evidence(made)
    row = rows.loc[("A15", "arousal across speakers")]
    assert row["guard"] == ""
    assert row["estimate"] < -0.235
    assert row["null_percentile"] > 95
    assert verdicts(rows)[SPEAKERS] == "inconclusive"
    speaker = study_of(made).speaker
    (read,) = speaker.read(arousal.ratings_of(NORMS, arousal.AROUSAL)[None])
    times = speaker.groups.drawn(200, np.random.default_rng(0))
    assert pooled.correlation(read, speaker.odds, times, speaker.groups).max() < -0.1


def test_the_interval_of_arousal_draws_the_groups_of_dialogues():
    """Groups that tell different emotions of the other speaker apart make another direction whenever they are drawn anew."""
    cells = MADE.dialogues[:1] + 3 * random(24, 12, WIDTH, seed=33)
    speaker, ratings = study_of(MADE).speaker, arousal.ratings_of(NORMS, arousal.AROUSAL)
    widths = [
        np.subtract(*replace(speaker, cells=each).interval(ratings, speaker.odds)[::-1])
        for each in (MADE.dialogues, cells.mean(0, keepdim=True).expand(24, -1, -1), cells)
    ]
    assert widths[2] > 1.2 * widths[1]


def test_arousal_within_an_emotion_of_the_user_stands_beside():
    """In these states whoever feels the same is as agitated, and log-odds follow that alone."""
    speaker, ratings = study_of(MADE).speaker, arousal.ratings_of(NORMS, arousal.AROUSAL)
    assert abs(speaker.within_users(ratings)) < 0.3
    (read,) = speaker.read(ratings[None])
    assert replace(speaker, odds=-read).within_users(ratings) == pytest.approx(-1)
    assert "within each of 6 emotions of the user" in evidence(MADE).loc[("A15", "arousal across speakers"), "beside"]


@pytest.mark.parametrize(("told", "expected"), [(False, "partial"), (True, "replicated")])
def test_a_reply_that_the_words_of_its_prompt_tell_is_told_in_part(told: bool, expected: str):
    """Prompts of six subjects, each of a mood of its own; where the reply is told beyond these, what stands before it goes on in it."""
    words = ["storm", "garden", "letter", "river", "train", "market"]
    texts = [f"{words[row % 6]} {words[row % 6]}s" for row in range(84)]
    moods = 9 * unit(random(6, len(EMOTIONS), seed=34) @ LISTENER.vectors)
    beyond = 2 * random(84, len(EMOTIONS), seed=35) @ LISTENER.vectors * told
    states_of = [moods[torch.arange(84) % 6] + random(84, WIDTH, seed=seed) for seed in (36, 37)]
    before, reply = (state + beyond for state in states_of)
    made = replace(
        MADE, items=torch.stack([random(84, WIDTH, seed=38), before], 1), replies=reply[:, None].expand(-1, 3, -1)
    )
    study = study_of(made)
    others = [study.replied(number) for number in range(len(LISTENER.shuffled))]
    rows = pd.DataFrame(anticipated.anticipated_rows(study.replied(), others, texts, [])).set_index(["claim", "part"])
    row = rows.loc[("A12", "reply token")]
    assert row["estimate"] > 0.6
    assert row["unconfirmed"].startswith("given the words of the prompt it is") != told
    assert {verdicts(rows)[part] for part in (BEFORE, MINUS)} == {expected}
    assert set(verdicts(rows.assign(unconfirmed="")).values()) == {"replicated"}
