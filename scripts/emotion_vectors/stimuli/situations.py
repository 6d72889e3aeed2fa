"""Items of the behaviour sets: situations with replies that differ in what the assistant does, and the contrasts between their sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from emotion_vectors.stimuli.experiments import NO_VARIANT, Experiment
from emotion_vectors.stimuli.files import PathLike, Problem, Record, read_json_lines, reject, repetitions

MARKER = "{variant}"


@dataclass(frozen=True)
class Question:
    """A question about the prompt, with the answer that the prompt gives and one that it does not."""

    question: str
    right: str
    wrong: str


@dataclass(frozen=True)
class Item:
    """One situation in one of its variants. Variants of a situation share `scenario` and everything but the prompt.

    options: side -> what to do next, in one sentence; with `comprehension` empty in sets without the choice readout.
    lexical: side -> sentences with words of its replies in which nobody acts; empty in sets other than acts.
    source: file and line, for messages.
    """

    scenario: str
    variant: str
    group: str
    system: str
    prompt: str
    continuations: dict[str, tuple[str, ...]]
    options: dict[str, str]
    comprehension: tuple[Question, ...]
    source: str = ""
    lexical: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.scenario if self.variant == NO_VARIANT else f"{self.scenario}-{self.variant}"

    @property
    def sides(self) -> list[str]:
        """Side of every continuation, in the order in which they are packed."""
        return [side for side, texts in self.continuations.items() for _ in texts]


def load_items(file: PathLike) -> list[Item]:
    """Every situation in every variant, as in the file.

    Raises:
        StimulusError: a line is not readable or breaks the schema of its fields, an id occurs twice, a side is empty, or the
            marker of the variant is missing or repeated.
    """
    records = read_json_lines(file)
    problems: list[Problem] = []
    for record in records:
        missing = [name for name in ("id", "prompt", "continuations") if not record.value.get(name)]
        problems += [record.problem(f"field '{name}' is missing or empty", "write it") for name in missing]
        sides: Mapping[str, Sequence[str]] = record.value.get("continuations") or {}
        for side, texts in sides.items():
            if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
                problems.append(record.problem(f"side '{side}' is empty or has an empty text", "write its replies"))
        expected = 1 if record.value.get("variants") else 0
        if str(record.value.get("prompt")).count(MARKER) != expected:
            problems.append(record.problem(f"prompt must hold {MARKER} {expected} times", "correct prompt or variants"))
    reject(problems)
    reject(repetitions(records, [record.value["id"] for record in records]))
    return [item for record in records for item in _items(record)]


def _items(record: Record) -> list[Item]:
    value = record.value
    variants = value.get("variants") or {NO_VARIANT: ""}
    continuations = {side: tuple(texts) for side, texts in value["continuations"].items()}
    return [
        Item(
            scenario=value["id"],
            variant=variant,
            group=value.get("tone", "-"),
            system=value.get("system", ""),
            prompt=value["prompt"].replace(MARKER, text),
            continuations=continuations,
            options=value.get("choice", {}),
            comprehension=tuple(Question(**question) for question in value.get("comprehension", ())),
            source=f"{record.file} line {record.line}: set {Path(record.file).stem}",
        )
        for variant, text in variants.items()
    ]


def chat_of(item: Item, further: str = "") -> list[dict[str, str]]:
    """System prompt and user turn of an item, the latter with `further` text at its end."""
    system = [{"role": "system", "content": item.system}] if item.system else []
    return [*system, {"role": "user", "content": item.prompt + further}]


def contrasts_of(experiments: Sequence[Experiment]) -> list[tuple[str, str]]:
    """Distinct pairs (target, alternative) of experiments that share a set, in the order of the table."""
    return list(dict.fromkeys((experiment.target, experiment.alternative) for experiment in experiments))


def of_experiment(items: Sequence[Item], experiment: Experiment) -> list[Item]:
    """The items whose slopes an experiment takes.

    Raises:
        ExperimentError: a variant or the group does not occur in the items (row and column are named).
    """
    variants = dict.fromkeys(item.variant for item in items)
    absent = [variant for variant in experiment.variants or (NO_VARIANT,) if variant not in variants]
    if absent:
        raise experiment.error(
            "variants",
            f"no item has variant {', '.join(absent)}",
            f"use {', '.join(variants)}, as items of '{experiment.items}' do",
        )
    chosen = [item for item in items if experiment.takes(item.variant, item.group)]
    if not chosen:
        groups = dict.fromkeys(item.group for item in items)
        raise experiment.error("group", f"no item is in {', '.join(experiment.group)}", f"use {', '.join(groups)}")
    return chosen
