"""Made-up results on removed subspaces and framed questions whose effects are known, in the form in which the rules write them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from emotion_vectors.conduct.kinds import SHUFFLED
from emotion_vectors.removal import cost_evidence
from emotion_vectors.removal.cost_evidence import Costs
from emotion_vectors.removal.framing_evidence import Framed
from emotion_vectors.removal.kinds import (
    ALL_LAYERS,
    BY_RUN,
    EMOTION,
    MAIN_LAYER,
    MATCHED,
    MEDIATION,
    NOTHING,
    PERMUTED,
    READING,
    ROTATED,
    RUN_CLAMPS,
    TOPICS,
)

SUBSPACES, PASSAGES, ITEMS = 20, 12, 60
KINDS = {EMOTION: 1, ROTATED: SUBSPACES, MATCHED: SUBSPACES, TOPICS: SUBSPACES, SHUFFLED: SUBSPACES}


def conditions() -> Iterator[tuple[str, int, str, float]]:
    for where in (ALL_LAYERS, MAIN_LAYER):
        for kind, count in KINDS.items():
            for number in range(count):
                yield kind, number, where, 0.0
    yield EMOTION, 0, ALL_LAYERS, 75.0


def costs(beyond: float, lost: float, accuracy: float = 0.8, seed: int = 0, kind_beyond: str = EMOTION) -> Costs:
    """Passages lose 0.2 nats under every subspace, and `beyond` more under one kind, which also takes a share `lost` of right answers."""
    generator = np.random.default_rng(seed)
    of_passages, falls, answers = generator.normal(0.2, 0.05, PASSAGES), [], []
    right = generator.permutation(np.arange(ITEMS) < accuracy * ITEMS)
    answers += [
        (NOTHING, 0, NOTHING, 100.0, f"i{item:02d}", "facts", 1.0 if right[item] else -1.0) for item in range(ITEMS)
    ]
    for kind, number, where, kept in conditions():
        effect = generator.normal(0, 0.01) + (beyond if kind == kind_beyond else 0)
        noise = generator.normal(0, 0.01, PASSAGES)
        falls += [(kind, number, where, kept, n, of_passages[n] + effect + noise[n]) for n in range(PASSAGES)]
        turned = generator.random(ITEMS) < 0.05 + (lost if kind == kind_beyond else 0)
        answers += [
            (kind, number, where, kept, f"i{item:02d}", "facts", 1.0 if right[item] and not turned[item] else -1.0)
            for item in range(ITEMS)
        ]
    names = ["kind", "subspace", "where", "kept_percentile"]
    first_order = [(kind, number, 0.1 * number) for kind, count in KINDS.items() for number in range(count)]
    return Costs(
        pd.DataFrame(falls, columns=[*names, "passage", cost_evidence.FALL]),
        pd.DataFrame(answers, columns=[*names, "item", "sort", cost_evidence.ODDS]),
        pd.DataFrame(first_order, columns=["kind", "subspace", cost_evidence.FALL]).assign(emotion_share_held=0.7),
    )


FRAMED_ITEMS = 20
SORTS = ("stakes", "urgency", "praise", "threat", "encouragement")
FRAMINGS = [f"{kind}_{number}" for kind in SORTS for number in (1, 2, 3)]


def framed(effect: float, share: float = 0.0, shift: float = 1.0, finite: float | None = None, seed: int = 0) -> Framed:
    """Framing adds `effect` to the log-odds, of which the emotion subspace takes `share`, and random ones none to speak of.

    Vivid words do no more than flat ones; random clamps are run in the first five questions.
    """
    generator = np.random.default_rng(seed)
    rows = []
    for item in range(FRAMED_ITEMS):
        neutral = generator.normal(0.0, 0.3)
        for name in FRAMINGS:
            change = effect + generator.normal(0, 0.2)
            random = {f"removed, {kind}": generator.normal(0, 0.01) for kind in (ROTATED, MATCHED, SHUFFLED)}
            after = neutral + change
            taken = change * (share if finite is None else finite)
            rows.append(
                {"item": f"i{item:02d}", "sort": "facts", "framing": name, "kind": name.split("_")[0]}
                | {"framed": after, "neutral": neutral, "clamped": after - taken, "whole": neutral}
                | {"vivid": neutral + generator.normal(0, 0.05), BY_RUN: 0.0 if item < 5 else np.nan}
                | {"removed": share * change, **random, "shift_sd": generator.normal(shift, 0.3)}
            )
    nulls = [
        (READING, kind, n, generator.normal(0, 0.2)) for kind in ("Gaussian", "semantic", PERMUTED) for n in range(60)
    ]
    nulls += [
        (MEDIATION, kind, n, generator.normal(0, 0.01)) for kind in (ROTATED, MATCHED, SHUFFLED) for n in range(60)
    ]
    nulls += [(RUN_CLAMPS, MATCHED, n, generator.normal(0, 0.01)) for n in range(20)]
    return Framed(pd.DataFrame(rows), pd.DataFrame(nulls, columns=["measure", "kind", "number", "value"]))


def tables_of(seed: int, *, gate: bool) -> dict[str, pd.DataFrame]:
    """Path below the folder of a model -> table; without its gate nothing is asked but questions as they stand."""
    made, asked = costs(0.3, 0.2, seed=seed), framed(0.4, share=0.5, seed=seed)
    answers = made.answers if gate else made.answers[made.answers["kind"] == NOTHING]
    return {
        "removal/falls": made.falls,
        "removal/answers": answers,
        "removal/framed": asked.answers if gate else asked.answers.head(0),
    }
