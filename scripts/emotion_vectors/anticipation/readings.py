"""States of one model on all items, situations and dialogues, as they lie on disk; no vector and no label of a story enters them."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from emotion_vectors.artefacts import files
from emotion_vectors.artefacts.errors import MendableError

if TYPE_CHECKING:
    from emotion_vectors.anticipation.user_messages import UserMessages


class AnticipationError(MendableError, ValueError):
    """Stored states are of other texts than those that they are to be judged with."""


@dataclass(frozen=True)
class TurnStates:
    """States after the main layer.

    wordings: [situation, wording, 2, d_model], at the end of the user's turn and before the reply. items: [item, 2, d_model], the same
    of everything that was answered. replies: [item, sample, d_model], means over replies; readable, sensible: [item, sample], 0 or 1.
    odds, gradients, bland, ordered: of situations with replies in two tempers, as `temper.measure` says.
    dialogues: [group, emotion of the other speaker, d_model].
    """

    wordings: Tensor
    items: Tensor
    replies: Tensor
    readable: Tensor
    sensible: Tensor
    odds: Tensor
    gradients: Tensor
    bland: Tensor
    ordered: Tensor
    dialogues: Tensor


TENSORS = [field.name for field in fields(TurnStates)]


def facts_of(asked: UserMessages) -> dict[str, str]:
    """Metadata by which stored states are matched with their texts."""
    return {
        "situations": json.dumps([situation.name for situation in asked.situations]),
        "prompts": json.dumps([prompt.name for prompt in asked.prompts]),
    }


def load(path: Path, asked: UserMessages) -> TurnStates:
    """Read what `read_situations` wrote.

    Raises:
        ArtefactError: the file is not complete.
        AnticipationError: it is of other situations or prompts.
    """
    with files.open_tensors(path, "file of states") as stored:
        if any(stored.fact(name) != names for name, names in facts_of(asked).items()):
            raise AnticipationError(f"{path} is of other situations or prompts; delete it and repeat the command")
        return TurnStates(**{name: stored.tensor(name) for name in TENSORS})
