"""The check of each of these sets, by the name of its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from emotion_vectors.stimuli.rules.emotion_words import WordList
from emotion_vectors.stimuli.rules.function.activities import check_activities
from emotion_vectors.stimuli.rules.function.capability import check_capability
from emotion_vectors.stimuli.rules.function.framings import check_framings
from emotion_vectors.stimuli.rules.function.hidden import check_hidden
from emotion_vectors.stimuli.rules.function.negations import check_negations
from emotion_vectors.stimuli.rules.function.prompts import check_prompts
from emotion_vectors.stimuli.rules.function.speakers import check_speakers
from emotion_vectors.stimuli.rules.function.states import check_states

CHECKS: dict[str, Callable[[Path, WordList], dict[str, Any]]] = {
    "states": check_states,
    "negations": check_negations,
    "speakers": check_speakers,
    "activities": check_activities,
    "prompts": check_prompts,
    "hidden": check_hidden,
    "capability": check_capability,
    "framings": check_framings,
}
"""Folder of a set in `workflow/stimuli` -> what checks it and describes it for the report."""
