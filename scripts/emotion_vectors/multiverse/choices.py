"""Other choices under which the claims are judged: thresholds, which change no measurement, and choices of the analysis.

A choice of the analysis is a study within the study, made of what that has stored: another main layer, stories averaged from their first
token, neutral components left in. What would have to be measured anew stands in none of them.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emotion_vectors.claims.judging import Row
from emotion_vectors.placebos import runs

TIER = "multiverse"
THRESHOLD, ANALYSIS, PRECISION = "threshold", "analysis", "precision"
"""Kinds of choices."""
WHOLE_TEXT, UNPROJECTED = "whole text", "unprojected"
"""What is changed in stored files: stories from their first token, and no neutral components."""
FLOAT32 = "float32"
ENDLESS = 1e9
"""Factor that takes every size beyond all estimates, and a share of the null beyond all of it."""
REGISTERED = "as_registered"
"""The study's own choices, judged from the same stored files as the others: what these are held against."""
NO_STORY_VECTORS = ("evaluate_directions", "silence_components", "evaluate_wordings")
"""Steps of evidence that no story vector enters, so that no choice of the analysis touches them."""
AT_THE_MAIN_LAYER = (
    *("evaluate_acts", "evaluate_anticipation", "evaluate_context", "evaluate_fresh_replies"),
    "compare_depths",
)
"""Steps with states, gradients or lexical controls of the main layer alone, and one that takes all layers whatever the main one is."""
ENDS_WITH_THE_TWIN = ("compare_training",)
"""Steps that read the re-initialised twin at the layer they judge: it ends with the main one of the study."""


@dataclass(frozen=True)
class Threshold:
    """Other thresholds for every part.

    size: factor of the smallest effect of interest and of the least size; tail: factor of the share of the null that may lie beyond the
    estimate, 0.05 in most rules.
    """

    size: float = 1.0
    tail: float = 1.0

    def without_end(self) -> Threshold:
        """The same change carried as far as it goes: what it leaves as it is, no threshold on this side can change."""
        return Threshold(*(1.0 if factor == 1 else ENDLESS if factor > 1 else 0.0 for factor in (self.size, self.tail)))

    def of(self, claims: Mapping[str, Row]) -> dict[str, dict[str, Any]]:
        """The claims with these thresholds in place of their own."""
        return {
            name: {**claim, "parts": [part | self._of_part(part) for part in claim["parts"]]}
            for name, claim in claims.items()
        }

    def _of_part(self, part: Row) -> dict[str, float]:
        sizes = {key: self.size * part[key] for key in ("at_least", "smallest_effect")}
        return {**sizes, "null_percentile": 100 - self.tail * (100 - part["null_percentile"])}


THRESHOLDS = {
    "half the size": Threshold(size=0.5),
    "twice the size": Threshold(size=2),
    "null of 10 %": Threshold(tail=2),
    "null of 1 %": Threshold(tail=0.2),
}
"""By name: half and twice the sizes that a rule asks for, and twice and a fifth of its 5 % of the null."""


@dataclass(frozen=True)
class AnalysisChoice:
    """A choice of the analysis; depth: of the main layer, None for the study's; edit: of stored files; left_out: steps not judged by it."""

    depth: float | None = None
    edit: str = ""
    left_out: tuple[str, ...] = NO_STORY_VECTORS


def analyses(shallower: float, deeper: float) -> dict[str, AnalysisChoice]:
    """Choices of the analysis by the name of their folder, the study's own first.

    Args:
        shallower, deeper: depths of another main layer.
    """
    at_another_layer = (*NO_STORY_VECTORS, *AT_THE_MAIN_LAYER)
    return {
        REGISTERED: AnalysisChoice(),
        "shallower_layer": AnalysisChoice(depth=shallower, left_out=at_another_layer),
        "deeper_layer": AnalysisChoice(depth=deeper, left_out=(*at_another_layer, *ENDS_WITH_THE_TWIN)),
        "whole_text": AnalysisChoice(edit=WHOLE_TEXT),
        "unprojected": AnalysisChoice(edit=UNPROJECTED),
    }


def settings_of(study: Mapping[str, Any], choice: AnalysisChoice, folder: str, precision: str) -> dict[str, Any]:
    """Configuration of the study within a study that judges by a choice, from a view of its stored files.

    Args:
        study: configuration of the study; folder, precision: as in `placebos.runs.settings_of`.
    """
    settings = runs.within(study, TIER, folder, precision)
    settings["placebo"]["left_out"] = list(choice.left_out)
    settings["folders"]["activations"] = f"{folder}/activations"
    if choice.depth is not None:
        settings["vectors"] = copy.deepcopy(settings["vectors"]) | {"main_depth": choice.depth}
    return settings
