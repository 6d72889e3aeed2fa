"""What replies may do, in the words that a judge is given: the scene, and the classes with their meanings.

They stand in YAML beside the texts that they are about: `behaviours/SET.yaml` for sampled replies to a behaviour set, and
`emotion_replies/classes.yaml` for the emotion that a reply voices.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from emotion_vectors.artefacts.schemas import schema
from emotion_vectors.stimuli.files import PathLike, Problem, read_document, reject

INCOHERENT = "incoherent"
"""Last class of every behaviour: replies that make no sense."""
NONE = "none"
"""Last class of the emotions: replies that voice none of them."""
LAST = (INCOHERENT, NONE)


@dataclass(frozen=True)
class ReplyClasses:
    """Classes of the replies to one set.

    name: of the set. scene: what was going on when a reply was written. meanings: class -> what a reply of it does, in the order of
    every table; the last is the class of replies that say nothing.
    """

    name: str
    scene: str
    meanings: dict[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """Every class, in the order of every table."""
        return tuple(self.meanings)

    @property
    def blank(self) -> str:
        """Class of a text without a word."""
        return self.names[-1]


def load(file: PathLike) -> ReplyClasses:
    """Classes of the set that the file is named after; those of emotions are named after their folder.

    Raises:
        StimulusError: the file is missing, breaks its schema, or its last class is not the one for replies that say nothing.
    """
    document = read_document(file)
    problems = [
        document.problem(tuple(error.absolute_path), error.message, "see workflow/schemas/reply_classes.schema.yaml")
        for error in schema("reply_classes").iter_errors(document.value)
    ]
    reject(problems)
    path = Path(file)
    name = path.parent.name if path.stem == "classes" else path.stem
    classes = ReplyClasses(name, document.value["scene"], document.value["classes"])
    if classes.blank not in LAST:
        reject(
            [Problem(path.as_posix(), None, f"the last class is '{classes.blank}'", f"let it be {' or '.join(LAST)}")]
        )
    return classes


def load_all(files: Iterable[PathLike]) -> list[ReplyClasses]:
    """Classes of several sets, in the order of their files."""
    return [load(file) for file in files]
