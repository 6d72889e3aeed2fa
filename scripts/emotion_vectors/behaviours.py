"""Behaviour experiments: situations with replies that differ in what the assistant does, and the contrasts between their sides.

A row of `workflow/experiments.tsv` names a set of items and two of its sides; the readout is the mean log-probability per token of
the target side minus that of the alternative side, in nats (likelihood readout of the design). Several experiments may share a set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import torch
import yaml
from torch import Tensor

from emotion_vectors import tokens
from emotion_vectors.models import LanguageModel
from emotion_vectors.packing import Packed, context_of, pack
from emotion_vectors.stimulus_files import PathLike, Problem, read_json_lines, reject, repetitions

MARKER = "{variant}"
NO_VARIANT = "-"
CONDUCT, TONE, CONTENT = "conduct", "tone", "content"


class ExperimentError(ValueError):
    """The table of experiments is malformed, or does not fit the items."""


@dataclass(frozen=True)
class Experiment:
    """One row of the table of experiments; lists are separated by spaces there, '-' stands for none."""

    name: str
    kind: str
    items: str
    target: str
    alternative: str
    group: tuple[str, ...]
    variants: tuple[str, ...]
    pressure: tuple[str, ...]
    emotions: tuple[str, ...]
    ladder: tuple[str, ...]
    fine: tuple[str, ...]

    def takes(self, variant: str, group: str) -> bool:
        """Whether the slopes of an item of this variant and group are taken."""
        return variant in (self.variants or (NO_VARIANT,)) and (not self.group or group in self.group)


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
    """

    scenario: str
    variant: str
    group: str
    system: str
    prompt: str
    continuations: dict[str, tuple[str, ...]]
    options: dict[str, str]
    comprehension: tuple[Question, ...]

    @property
    def name(self) -> str:
        return self.scenario if self.variant == NO_VARIANT else f"{self.scenario}-{self.variant}"

    @property
    def sides(self) -> list[str]:
        """Side of every continuation, in the order in which they are packed."""
        return [side for side, texts in self.continuations.items() for _ in texts]


def load_experiments(table_file: PathLike, schema_file: PathLike) -> dict[str, Experiment]:
    """Experiments by name, in the order of the table.

    Raises:
        ExperimentError: a column or value breaks the schema, a name occurs twice, or a list names an emotion that has no dose.
    """
    table = pd.read_csv(table_file, sep="\t", dtype=str, keep_default_na=False)
    validator = jsonschema.Draft202012Validator(yaml.safe_load(Path(schema_file).read_text()))
    experiments: dict[str, Experiment] = {}
    for line, row in enumerate(table.to_dict("records"), start=2):
        for error in validator.iter_errors(row):
            raise ExperimentError(f"{table_file} line {line}: {error.message}; see {schema_file}")
        values = {field.name: _cell(row[field.name], field.type) for field in fields(Experiment)}
        experiment = Experiment(**values)
        if experiment.name in experiments:
            raise ExperimentError(f"{table_file} line {line}: experiment '{experiment.name}' occurs twice; rename one")
        unknown = (set(experiment.ladder) | set(experiment.fine)) - set(experiment.emotions)
        if unknown:
            raise ExperimentError(
                f"{table_file} line {line}: {', '.join(sorted(unknown))} in ladder or fine but not in emotions; add it there"
            )
        experiments[experiment.name] = experiment
    return experiments


def _cell(text: str, kind: Any) -> Any:
    if kind == "str":
        return text
    return () if text == "-" else tuple(text.split())


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
    return [item for record in records for item in _items(record.value)]


def _items(value: Mapping[str, Any]) -> list[Item]:
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
        )
        for variant, text in variants.items()
    ]


def chat_of(item: Item, further: str = "") -> list[dict[str, str]]:
    """System prompt and user turn of an item, the latter with `further` text at its end."""
    system = [{"role": "system", "content": item.system}] if item.system else []
    return [*system, {"role": "user", "content": item.prompt + further}]


def prompt_of(model: LanguageModel, item: Item) -> tokens.Encoded:
    """System prompt and user turn of an item in the model's template, up to the token before the reply."""
    return tokens.chat(model.tokenizer, chat_of(item), model.template)


def encode(model: LanguageModel, item: Item) -> Packed:
    """An item as one packed sequence: its prompt, then every reply.

    Raises:
        TokenError: the item does not fit the model's context (the item is named).
    """
    lead = "" if model.template == "chat" else " "
    replies = [
        model.tokenizer(lead + text, add_special_tokens=False).input_ids
        for texts in item.continuations.values()
        for text in texts
    ]
    try:
        return pack(prompt_of(model, item), replies, context_of(model))
    except tokens.TokenError as error:
        raise tokens.TokenError(f"item {item.name}: {error}") from error


def contrasts_of(experiments: Sequence[Experiment]) -> list[tuple[str, str]]:
    """Distinct pairs (target, alternative) of experiments that share a set, in the order of the table."""
    return list(dict.fromkeys((experiment.target, experiment.alternative) for experiment in experiments))


def contrast(item: Item, target: str, alternative: str) -> Tensor:
    """Weights of an item's replies in the log-odds of one side against another: [continuation].

    Raises:
        ExperimentError: the item lacks a side.
    """
    absent = {target, alternative} - set(item.continuations)
    if absent:
        raise ExperimentError(
            f"item {item.name} has no side {', '.join(sorted(absent))}; it has {', '.join(item.continuations)}"
        )
    share = {target: 1 / len(item.continuations[target]), alternative: -1 / len(item.continuations[alternative])}
    return torch.tensor([share.get(side, 0.0) for side in item.sides])


def of_experiment(items: Sequence[Item], experiment: Experiment) -> list[Item]:
    """The items whose slopes an experiment takes.

    Raises:
        ExperimentError: a variant or the group does not occur in the items.
    """
    absent = set(experiment.variants or (NO_VARIANT,)) - {item.variant for item in items}
    if absent:
        raise ExperimentError(
            f"experiment '{experiment.name}': no item of '{experiment.items}' has variant {', '.join(sorted(absent))}"
        )
    chosen = [item for item in items if experiment.takes(item.variant, item.group)]
    if not chosen:
        raise ExperimentError(f"experiment '{experiment.name}': no item of '{experiment.items}' is in its group")
    return chosen
