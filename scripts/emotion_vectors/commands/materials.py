"""What a command works with: the model, loaded, and vectors that fit it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from emotion_vectors.commands.requests import DOCUMENT, CommandError, Request
from emotion_vectors.commands.study import FinishedStudy, of_request
from emotion_vectors.exports import formats
from emotion_vectors.exports.vector_set import Rows, VectorSet, check_fit, rows_of
from emotion_vectors.models import language_model, tokens
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.models.tokens import Encoded, TokenError


@dataclass(frozen=True)
class Materials:
    """A model of a study and vectors at one layer of it."""

    study: FinishedStudy
    model: LanguageModel
    sets: list[VectorSet]
    layer: int

    def rows(self, names: Sequence[str]) -> Rows:
        """Vectors by name, all where none is named.

        Raises:
            VectorError: there is no such vector.
        """
        return rows_of(self.sets, names, self.layer)


def vectors_of(study: FinishedStudy, request: Request) -> list[VectorSet]:
    """The vectors of the files of a request, or of the study.

    Raises:
        CommandError: the study has none yet. VectorError, ArtefactError: a file cannot be read.
    """
    return [formats.load(file) for file in request.vectors or [str(study.vectors)]]


def gather(request: Request, names: Sequence[str]) -> Materials:
    """Load what a request needs; vectors first, since what is wrong with them is known before a model is loaded.

    Args:
        names: vectors that will be asked for.
    Raises:
        CommandError: something is missing, or the layer does not exist. VectorError, ArtefactError: vectors cannot be used.
    """
    study = of_request(request)
    sets, weights = vectors_of(study, request), study.weights
    if request.layer is not None:
        rows_of(sets, names, request.layer)
    print(f"loading {study.row.name} ({study.row.dtype})", file=sys.stderr)
    date = study.settings["conversation"]["date"]
    model = language_model.load(weights, template=study.row.template, dtype=study.row.dtype, date=date)
    for one in sets:
        check_fit(one, model.name, model.layers, model.width)
    layer = study.main_layer(model.layers) if request.layer is None else request.layer
    return Materials(study, model, sets, layer)


def text_of_request(text: str) -> str:
    """The text of a request, or standard input for `-`.

    Raises:
        CommandError: there is no word in it.
    """
    given = sys.stdin.read() if text == "-" else text
    if not given.strip():
        raise CommandError("the text is empty; write one, or - to take standard input")
    return given


def encoded(model: LanguageModel, text: str, form: str) -> Encoded:
    """A text as the model is given it.

    Raises:
        CommandError: it cannot be read as it stands.
    """
    try:
        if form == DOCUMENT:
            return tokens.encode(model.tokenizer, text)
        return model.conversation.prompt([{"role": "user", "content": text}])
    except TokenError as error:
        raise CommandError(f"text: {error}") from error
