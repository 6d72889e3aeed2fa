"""Made-up judgements of the replies of every arm."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from emotion_vectors.claims import registry
from emotion_vectors.expression import arm_names
from emotion_vectors.stimuli.events import EMOTIONS, VALENCES
from emotion_vectors.stimuli.reply_classes import NONE

NAMES = list(EMOTIONS)
CLAIMS = Path(__file__).resolve().parents[3] / "workflow/claims"
REGISTERED = registry.load(
    [CLAIMS / "wang-2025.yaml", CLAIMS / "overlap.yaml"], CLAIMS.parent / "schemas/claim.schema.yaml"
)
CHANCES = {
    arm_names.PROMPTING: 0.6,
    arm_names.STEERING: 0.75,
    arm_names.STORIES: 0.75,
    arm_names.CIRCUIT: 0.95,
    arm_names.CIRCUIT_LAST: 0.5,
}


def judged(chances=CHANCES, hard=0.0, scenarios=12, random=8, seed=0):
    """Replies of all arms: those meant for an emotion voice it with the chance of their arm (surprise with less), else any emotion."""
    generator = np.random.default_rng(seed)
    plan = [(arm, emotion, 1.0) for arm in CHANCES for emotion in NAMES]
    plan += [(arm_names.CIRCUIT, emotion, step) for step in arm_names.LADDER for emotion in NAMES]
    plan += [(arm_names.RANDOM, f"random {number}", 0.1) for number in range(random)] + [("unsteered", "-", 0.0)]
    rows = []
    for scenario, valence, (arm, direction, dose) in product(range(scenarios), VALENCES, plan):
        meant = direction if direction in NAMES else "-"
        chance = chances.get(arm, 0.0) - (hard if meant == "surprise" and arm == arm_names.STEERING else 0.0)
        predicted = meant if meant != "-" and generator.random() < chance else NAMES[generator.integers(6)]
        rows.append(
            {
                "arm": arm,
                "direction": direction,
                "dose": dose,
                "event": f"s{scenario}-{valence}",
                "scenario": f"s{scenario}",
                "valence": valence,
                "emotion": meant,
                "predicted": predicted,
                "verdict": NONE if generator.random() < 0.25 else predicted,
                "relevance": 0.9 - 0.1 * (arm == arm_names.CIRCUIT),
                "fluency_nats": -2.0,
                "repetition": 0.05,
            }
        )
    return pd.DataFrame(rows)
