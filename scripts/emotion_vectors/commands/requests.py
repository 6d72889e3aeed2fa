"""What each command is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from emotion_vectors.artefacts.errors import MendableError

DOCUMENT, TURN = "document", "turn"
"""How a text is given to the model: as it stands, or as the user's turn of a conversation up to the reply."""


class CommandError(MendableError, ValueError):
    """A command cannot be carried out as asked; its message is one line with the remedy."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What every command is told.

    model: row of the table of models. configfile: configurations, later ones over earlier ones. vectors: files, none for those of the
    study. layer: None for the main layer of the study.
    """

    model: str
    configfile: list[str]
    vectors: list[str]
    layer: int | None


@dataclass(frozen=True, kw_only=True)
class ReadRequest(Request):
    """Readings of a text by token."""

    text: str
    emotions: list[str]
    form: str
    json: bool


@dataclass(frozen=True, kw_only=True)
class SteerRequest(Request):
    """Replies to a text, plain and steered."""

    text: str
    emotion: str
    strengths: list[float]
    form: str
    tokens: int
    temperature: float
    seed: int
    json: bool


@dataclass(frozen=True, kw_only=True)
class ScoreRequest(Request):
    """Log-odds of the replies to an item."""

    item: str
    emotions: list[str]
    strengths: list[float]
    json: bool


@dataclass(frozen=True, kw_only=True)
class ExportRequest(Request):
    """Vectors as a file for other tools."""

    emotions: list[str]
    output: str
    overwrite: bool


@dataclass(frozen=True, kw_only=True)
class AgreeRequest(Request):
    """A control vector in llama.cpp beside the same vector here."""

    emotions: list[str]
    strengths: list[float]
    output: str
    overwrite: bool
