"""What a user feels, crossed with what a fitting reply expresses (Sofroniew et al. 2026, sections 2.2 and 2.3)."""

from __future__ import annotations

from dataclasses import dataclass

from emotion_vectors.stimuli.files import PathLike
from emotion_vectors.stimuli.function.lines import read_lines

CALM, AGITATED = "calm", "agitated"
WITHOUT_REPLIES = "amused"
"""An amusing reply has no calm and agitated versions."""


@dataclass(frozen=True)
class UserSituation:
    """A message in two wordings, with what its writer feels and what a fitting reply expresses; replies fit both wordings."""

    name: str
    user: str
    reply: str
    prompts: tuple[str, ...]
    calm: tuple[str, ...]
    agitated: tuple[str, ...]


def load_user_situations(file: PathLike) -> list[UserSituation]:
    """Every situation, in the order of the file; without replies where the fitting one is amused.

    Raises:
        StimulusError: a line cannot be read or breaks its schema.
    """
    situations = []
    for record in read_lines(file, "states"):
        value = record.value
        calm, agitated = (tuple(value.get("replies", {}).get(temper, ())) for temper in (CALM, AGITATED))
        situations.append(
            UserSituation(value["id"], value["user"], value["reply"], tuple(value["prompts"]), calm, agitated)
        )
    return situations
