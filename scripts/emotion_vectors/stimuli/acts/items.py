"""Items of a set of acts: situations in several contexts, with short plain replies whose act is crossed with their tone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from emotion_vectors.stimuli.files import PathLike, Record, read_json_lines, reject, repetitions
from emotion_vectors.stimuli.situations import Item

MARKER = "{context}"


def load_act_items(files: Mapping[str, PathLike]) -> list[Item]:
    """Every situation of every hand in every context; `variant` is the context, `group` the hand, replies are by "side/tone".

    Args:
        files: hand -> file, as `files_of` gives them.
    Raises:
        StimulusError: a file or a line cannot be read, an id occurs twice, or a marker of the context is missing or repeated.
    """
    records = {hand: read_json_lines(file) for hand, file in files.items()}
    every = [record for of_hand in records.values() for record in of_hand]
    reject(
        [
            record.problem(f"prompt must hold {MARKER} once", "mark where the text of the context goes")
            for record in every
            if str(record.value.get("prompt")).count(MARKER) != 1
        ]
    )
    reject(repetitions(every, [record.value["id"] for record in every]))
    return [item for hand, of_hand in records.items() for record in of_hand for item in _in_contexts(record, hand)]


def _in_contexts(record: Record, hand: str) -> list[Item]:
    value = record.value
    cells = {
        f"{side}/{tone}": tuple(texts) for side, tones in value["replies"].items() for tone, texts in tones.items()
    }
    return [
        Item(
            scenario=value["id"],
            variant=context,
            group=hand,
            system=value.get("system", ""),
            prompt=value["prompt"].replace(MARKER, text),
            continuations=cells,
            options={},
            comprehension=(),
            lexical={side: tuple(texts) for side, texts in value.get("lexical", {}).items()},
            source=f"{record.file} line {record.line}: set {Path(record.file).stem}",
        )
        for context, text in value["contexts"].items()
    ]


def lexical_cell(side: str) -> str:
    """Name under which the lexical control of a side stands beside the cells "side/tone" of the replies."""
    return f"lexical {side}"


def with_lexical_controls(item: Item) -> Item:
    """An item whose replies are followed by its lexical controls, as cells of their own."""
    controls = {lexical_cell(side): texts for side, texts in item.lexical.items()}
    return replace(item, continuations=item.continuations | controls)


def some_scenarios(items: Sequence[Item], most: int) -> list[Item]:
    """Items of the first `most` scenarios of each hand, in every context."""
    kept: dict[str, dict[str, None]] = {}
    for item in items:
        kept.setdefault(item.group, {})[item.scenario] = None
    names = {name for of_hand in kept.values() for name in [*of_hand][:most]}
    return [item for item in items if item.scenario in names]
