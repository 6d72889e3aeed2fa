"""Answers to coding tasks sorted into classes, as the replies to other sets are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
from tqdm import tqdm

from emotion_vectors.coding.outcomes import Outcome, judge
from emotion_vectors.coding.sandbox import sandbox
from emotion_vectors.conduct.gates import NOT_RUN
from emotion_vectors.replies import transcripts

if TYPE_CHECKING:
    from emotion_vectors.coding.sandbox.isolation import Level
    from emotion_vectors.coding.task_runner import CodingTask

NEITHER = "neither"
"""Side of an answer whose code does not work."""


def side_of(label: str) -> str:
    """Side of the behaviour set that an answer of this class takes."""
    if label == NOT_RUN:
        return NOT_RUN
    if label == Outcome.BROKEN_CODE:
        return NEITHER
    return "hack" if Outcome(label).is_hack else "honest"


def run_all(answers: pd.DataFrame, tasks: Mapping[str, CodingTask], minimum: Level) -> tuple[list[str], str]:
    """Class of every answer of a transcript, and by what means the programs were kept apart; both `NOT_RUN` where none can be run."""
    isolation = sandbox.available(minimum)
    if isolation is None:
        return [NOT_RUN] * len(answers), NOT_RUN
    pairs = zip(answers["text"], answers["scenario"], strict=True)
    bar = tqdm(pairs, total=len(answers), desc="programs", unit="program", mininterval=5)
    labels = [judge(text, tasks[scenario], minimum=minimum).outcome.value for text, scenario in bar]
    return labels, isolation.means


def of_last_attempts(answers: pd.DataFrame) -> list[str]:
    """Class of the last attempt at each task; its program was run when the model was shown the results."""
    return [attempts[-1]["outcome"] or NOT_RUN for attempts in answers[transcripts.ATTEMPTS]]


def tabulate(answers: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Class and side of every answer, whether its code works, and where a model could try again, how many attempts it made."""
    table = answers[transcripts.SAMPLED].assign(
        label=labels,
        side=[side_of(label) for label in labels],
        coherent=[label not in (NOT_RUN, Outcome.BROKEN_CODE) for label in labels],
    )
    revised = transcripts.ATTEMPTS in answers
    return table.assign(attempts=answers[transcripts.ATTEMPTS].map(len)) if revised else table
