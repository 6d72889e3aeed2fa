"""Made-up states of the situations of the study, with what is planted in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
import yaml
from torch import Tensor

from emotion_vectors.anticipation import user_messages
from emotion_vectors.anticipation.judged import Listener, TurnLimits, TurnStudy
from emotion_vectors.anticipation.readings import TurnStates
from emotion_vectors.anticipation.user_messages import Amounts
from emotion_vectors.claims import judging
from emotion_vectors.statistics.algebra import unit
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli import tables
from emotion_vectors.stimuli.function.speakers import EMOTIONS_OF_SPEAKERS
from tests.random_tensors import random

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"
NORMS = tables.load_norms(WORKFLOW / "norms/warriner2013.csv")
AROUSAL = dict(zip(NORMS["emotion"], NORMS["arousal_1to9"], strict=True))
EMOTIONS = list(NORMS["emotion"])
AMOUNTS = Amounts(situations=60, prompts=24, samples=3, new_tokens=40, dialogue_groups=24, reliability=0.3)
ASKED = user_messages.load(
    WORKFLOW / "stimuli/states/situations.jsonl", WORKFLOW / "stimuli/prompts/prompts.jsonl", AMOUNTS
)
WIDTH, SETS, GROUPS = 96, 25, 24
DRAWS = Draws(bootstraps=100, shuffles=40, seed=5)
VECTORS = unit(random(len(EMOTIONS), WIDTH // 2, seed=1))
VECTORS = torch.cat([VECTORS, torch.zeros_like(VECTORS)], 1)
"""In one half of the dimensions: label-shuffled ones lie in all of them, so that what is planted is not along these alone."""
SHUFFLED = random(SETS, len(EMOTIONS), WIDTH, seed=2)
LISTENER = Listener(EMOTIONS, VECTORS, SHUFFLED, 2.0)
OTHERS = unit(random(len(EMOTIONS_OF_SPEAKERS), WIDTH, seed=3))


@dataclass(frozen=True)
class Plant:
    """What the states hold: how much of the user's end stands before the reply as well, and how much of what stands there in the reply;
    how far the log-odds of agitated replies follow the user's arousal, and how far the states do; how loud all this is; how loud the
    subject of a situation, which stands at both tokens, where no emotion vector lies."""

    kept: float = 0.0
    told: float = 1.0
    follows: float = -1.0
    heard: float = 1.0
    loud: float = 6.0
    subject: float = 5.0


def content(names: list[str], seed: int) -> Tensor:
    """A mood of each item beside the emotion it is of: [item, d_model]."""
    own = VECTORS[[EMOTIONS.index(name) for name in names]]
    moods = random(len(names), len(EMOTIONS), seed=seed) @ VECTORS
    return own + 0.15 * moods


def noise(*shape: int, seed: int) -> Tensor:
    return 0.3 * random(*shape, WIDTH, seed=seed)


def states(plant: Plant) -> TurnStates:
    """States of 60 situations, 24 prompts and 24 groups of dialogues."""
    prompts = [["calm", "bored", "hopeful"][row % 3] for row in range(len(ASKED.prompts))]
    users = content([situation.user for situation in ASKED.situations] + prompts, seed=10)
    coming = content([situation.reply for situation in ASKED.situations] + prompts[::-1], seed=11)
    before = plant.kept * users + (1 - plant.kept) * coming
    reply = plant.told * before + (1 - plant.told) * content(prompts[:1] * len(before), seed=22)
    both = plant.loud * torch.stack([users, before], 1)
    situations = len(ASKED.situations)
    tempered = [ASKED.situations[row] for row in ASKED.tempered]
    arousal = torch.tensor([AROUSAL[situation.user] for situation in tempered])
    arousal = (arousal - arousal.mean()) / arousal.std()
    weights = torch.tensor([AROUSAL[emotion] for emotion in EMOTIONS_OF_SPEAKERS])
    along = unit((weights - weights.mean()) @ OTHERS)
    wordings = both[:situations, None] + noise(situations, 2, 2, seed=13)
    wordings += (
        plant.subject * unit(random(situations, WIDTH, seed=23) * (torch.arange(WIDTH) >= WIDTH // 2))[:, None, None]
    )
    wordings[ASKED.tempered, :, 1] += 0.5 * plant.heard * plant.loud * arousal[:, None, None] * along
    bland = 0.5 * random(len(tempered), seed=14)
    odds = (plant.follows * arousal + 0.5 * random(len(tempered), seed=15))[:, None] + 0.1 * random(
        len(tempered), 2, seed=16
    )
    sample = plant.loud * reply[:, None] + noise(len(reply), 3, seed=17)
    return TurnStates(
        wordings=wordings,
        items=both + noise(len(both), 2, seed=18),
        replies=sample,
        readable=torch.ones(len(reply), 3),
        sensible=torch.ones(len(reply), 3),
        odds=odds + bland[:, None],
        gradients=plant.follows * 0.01 * along.expand(len(tempered), 2, WIDTH)
        + 0.001 * random(len(tempered), 2, WIDTH, seed=19),
        bland=bland,
        ordered=torch.stack([bland + 0.5, bland], 1),
        dialogues=(0.3 * plant.loud * OTHERS)[None]
        + noise(GROUPS, len(OTHERS), seed=20)
        + random(GROUPS, 1, WIDTH, seed=21),
    )


def study_of(made: TurnStates, placebo: int | None = None) -> TurnStudy:
    return TurnStudy(ASKED, made, LISTENER, NORMS, TurnLimits(AMOUNTS.reliability, 0.8), DRAWS, placebo)


MADE = states(Plant())
CLAIMS = {claim["id"]: claim for claim in yaml.safe_load((WORKFLOW / "claims/anthropic-2026.yaml").read_text())}


def evidence(made: TurnStates, placebo: int | None = None) -> pd.DataFrame:
    return pd.DataFrame(study_of(made, placebo).evidence()).set_index(["claim", "part"])


def verdict(rows: pd.DataFrame, claim: str, part: str) -> str:
    rule = next(each for each in CLAIMS[claim]["parts"] if each["name"] == part)
    return judging.verdict_on(CLAIMS[claim], rule, rows.loc[(claim, part)].to_dict()).verdict


def verdicts(rows: pd.DataFrame) -> dict[str, str]:
    return {f"{claim}/{part}": verdict(rows, claim, part) for claim, part in rows.index}


TOKENS, BEFORE, MINUS, SPEAKERS = (
    "A11/user and reply token",
    "A12/reply token",
    "A12/reply minus user token",
    "A15/arousal across speakers",
)
