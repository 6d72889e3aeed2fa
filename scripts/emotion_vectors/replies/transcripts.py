"""Transcripts of sampled replies as JSON Lines: what is planned, what is stored while a run goes on, and reading what it wrote.

A run appends each finished batch to a partial file, so that a killed run goes on where it stopped. The partial file begins with
what decides its content; what was begun with other settings, stimuli, vectors, weights or code is never continued.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from emotion_vectors.stimuli.files import PathLike, read_json_lines

if TYPE_CHECKING:
    from emotion_vectors.engine.sampling import Reply
    from emotion_vectors.models.tokens import Encoded
    from emotion_vectors.stimuli.situations import Item

log = logging.getLogger(__name__)


class TranscriptError(ValueError):
    """A transcript cannot be written or read as a whole."""


@dataclass(frozen=True)
class Condition:
    """What is steered: a direction of some kind at a strength, a fraction of the mean residual norm."""

    direction: str
    kind: str
    strength_norm_fraction: float


UNSTEERED = Condition("-", "unsteered", 0.0)


@dataclass(frozen=True)
class Sample:
    """One planned reply. `behaviour` is the set of its situation, `sample` its number among those of the same condition."""

    behaviour: str
    scenario: str
    variant: str
    direction: str
    kind: str
    strength_norm_fraction: float
    sample: int
    seed: int
    prompt_sha256: str

    @property
    def condition(self) -> Condition:
        return Condition(self.direction, self.kind, self.strength_norm_fraction)

    def line(self, reply: Reply, further: Mapping[str, Any] | None = None) -> str:
        """The sample with its reply, and what else is said of it, as one line of JSON."""
        said = {"text": reply.text, "tokens": reply.ids, "ended": reply.ended}
        return _json({**asdict(self), **said, **(further or {})})


CONDITION = [field.name for field in fields(Condition)]
NAMES = [field.name for field in fields(Sample)]
COLUMNS = [*NAMES, "text", "tokens", "ended"]
SAMPLED = ["scenario", "variant", *CONDITION, "sample"]
"""What names a reply among those of its model and set."""
ATTEMPTS = "attempts"
"""Further column where a model could try again: all of its attempts; `text`, `tokens` and `ended` are those of the last."""


def seed_of(study: int, *names: str | int) -> int:
    """Seed of one sample from that of the study and whatever tells it from others, 0 to 2**32 - 1."""
    text = "\n".join(map(str, (study, *names)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def sample_of(behaviour: str, item: Item, prompt: Encoded, condition: Condition, number: int, study: int) -> Sample:
    """A sample with its seed, which is the same under every condition: conditions are compared on the same random numbers.

    Args:
        prompt: the item as the model reads it. study: seed of the study.
    """
    return Sample(
        behaviour,
        item.scenario,
        item.variant,
        **asdict(condition),
        sample=number,
        seed=seed_of(study, behaviour, item.name, number),
        prompt_sha256=digest_of(prompt),
    )


def digest_of(prompt: Encoded) -> str:
    """SHA-256 of what a model reads before a reply."""
    return hashlib.sha256(_json(prompt.ids).encode()).hexdigest()


class Partial:
    """The transcript of a run that goes on, to be used in a `with` block.

    Args:
        path: the partial file; created, or continued when it was begun with the same plan and settings.
        samples: the plan; its order is that of the finished transcript.
        settings: whatever else decides the replies, as JSON values: sampling, and digests of weights, vectors and code.
        further: names of what else is stored of every reply.
    Raises:
        TranscriptError: the plan names a sample twice.
    """

    def __init__(
        self, path: PathLike, samples: Sequence[Sample], settings: Mapping[str, Any], further: Sequence[str] = ()
    ) -> None:
        self._path = Path(path)
        self._columns = [*COLUMNS, *further]
        self._samples = list(samples)
        self._numbers = {sample: number for number, sample in enumerate(samples)}
        if len(self._numbers) < len(self._samples):
            raise TranscriptError("the plan names a sample twice; number the samples of a condition")
        plan = hashlib.sha256(_json([asdict(sample) for sample in samples]).encode()).hexdigest()
        self._head = json.loads(_json({"plan_sha256": plan, **settings}))
        self._lines: dict[int, str] = {}

    def __enter__(self) -> Partial:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        content = self._path.read_bytes() if self._path.exists() else b""
        whole = self._read(content)
        self._file = self._path.open("r+b" if content else "wb")
        self._file.truncate(whole)
        self._file.seek(whole)
        if not whole:
            self._write([_json(self._head)])
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    @property
    def stored(self) -> set[int]:
        """Places in the plan of the samples that are stored."""
        return set(self._lines)

    def append(self, replies: Mapping[int, Reply], further: Mapping[int, Mapping[str, Any]] | None = None) -> None:
        """Store the replies of a batch and what else is said of each, by their places in the plan.

        Those that are stored already stay as they are.
        """
        new = {
            number: self._samples[number].line(reply, (further or {}).get(number))
            for number, reply in replies.items()
            if number not in self._lines
        }
        self._write(list(new.values()))
        self._lines |= new

    def lines(self) -> list[str]:
        """Every sample with its reply, in the order of the plan.

        Raises:
            TranscriptError: some are missing (how many).
        """
        if missing := len(self._samples) - len(self._lines):
            raise TranscriptError(f"{self._path}: {missing} samples are missing; repeat the step")
        return [self._lines[number] for number in range(len(self._samples))]

    def _write(self, lines: Sequence[str]) -> None:
        self._file.write("".join(f"{line}\n" for line in lines).encode())
        self._file.flush()
        os.fsync(self._file.fileno())

    def _read(self, content: bytes) -> int:
        """Take over the stored samples; returns the bytes up to the first line that is cut short or unreadable."""
        rows = content.split(b"\n")[:-1]
        if not rows or not self._continues(rows[0]):
            return 0
        whole = len(rows[0]) + 1
        for row in rows[1:]:
            number = self._number_of(row)
            if number is None:
                break
            self._lines.setdefault(number, row.decode())
            whole += len(row) + 1
        log.info("%s: going on after %d of %d samples", self._path, len(self._lines), len(self._samples))
        return whole

    def _continues(self, head: bytes) -> bool:
        begun = _object(head)
        changed = sorted(name for name in {*begun, *self._head} if begun.get(name) != self._head.get(name))
        if changed:
            log.warning("%s was begun with another %s; starting afresh", self._path, ", ".join(changed))
        return not changed

    def _number_of(self, row: bytes) -> int | None:
        value = _object(row)
        whole = list(value) == self._columns
        return self._numbers.get(Sample(**{name: value[name] for name in NAMES})) if whole else None


def load(path: PathLike) -> pd.DataFrame:
    """A finished transcript as a table, without its provenance; `tokens` holds the token ids of each reply.

    Raises:
        StimulusError: the file is missing, or a line is no JSON object.
        TranscriptError: a line is no sample.
    """
    records = read_json_lines(path)[1:]
    columns = [*COLUMNS, ATTEMPTS] if records and ATTEMPTS in records[0].value else COLUMNS
    strange = [record.line for record in records if list(record.value) != columns]
    if strange:
        raise TranscriptError(f"{path} line {strange[0]} is no sample; delete the file and repeat the command")
    return pd.DataFrame([record.value for record in records], columns=columns)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _object(row: bytes) -> dict[str, Any]:
    """The JSON object of a line, empty where it holds none."""
    try:
        value = json.loads(row)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
