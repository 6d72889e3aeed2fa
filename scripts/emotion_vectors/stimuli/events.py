"""Scenarios with a positive, a neutral and a negative event, in the form of the SEV set of Wang et al. 2025 (section 2.1 of its digest).

The texts name no emotion. An assistant is asked to answer them, either in the voice of a named emotion or without any such request.
Orders for the same emotions in other wordings, and for voices without emotion, stand in a file of their own.
A file of the original set has the same form and can be read in place of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emotion_vectors.artefacts.schemas import schema
from emotion_vectors.stimuli.files import PathLike, Problem, Record, read_document, read_json_lines, reject

EMOTIONS = {
    "anger": "angry",
    "sadness": "sad",
    "happiness": "happy",
    "fear": "afraid",
    "surprise": "surprised",
    "disgust": "disgusted",
}
"""The six emotions of Wang et al., each with the emotion of Sofroniew et al. that it is compared with."""

NEUTRAL = "neutral"
VALENCES = ("positive", NEUTRAL, "negative")
FIELDS = ("skeleton_id", "theme", "scenario", "event")

BREVITY = "Answer in at most two sentences."


@dataclass(frozen=True)
class Event:
    """One event in one scenario: what may happen there, of one valence. The three events of a scenario share `scenario`."""

    scenario: str
    theme: str
    valence: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.scenario}-{self.valence}"


def load_events(file: PathLike) -> list[Event]:
    """Events of a file in its order, three for each scenario.

    Raises:
        StimulusError: a scenario lacks a field, a valence or text, or occurs twice (all faults are listed).
    """
    records = read_json_lines(file)
    reject([problem for record in records for problem in _faults(record)])
    names = [record.value["skeleton_id"] for record in records]
    reject(
        [
            record.problem(f"scenario '{name}' occurs twice", "give it an id of its own")
            for row, (record, name) in enumerate(zip(records, names, strict=True))
            if name in names[:row]
        ]
    )
    return [
        Event(value["skeleton_id"], value["theme"], valence, f"{value['scenario']}\n{value['event'][valence]}")
        for value in (record.value for record in records)
        for valence in VALENCES
    ]


def some_scenarios(events: Sequence[Event], count: int) -> list[Event]:
    """Events of so many scenarios, taken from the themes in turn; all of them when there are fewer."""
    themes: dict[str, dict[str, None]] = {}
    for event in events:
        themes.setdefault(event.theme, {})[event.scenario] = None
    turns = {name: turn for scenarios in themes.values() for turn, name in enumerate(scenarios)}
    chosen = set(sorted(turns, key=lambda name: turns[name])[:count])
    return [event for event in events if event.scenario in chosen]


def _faults(record: Record) -> list[Problem]:
    *texts, events = FIELDS
    missing = [name for name in texts if not _is_text(record.value.get(name))]
    missing += [events] if not record.value.get(events) else []
    if missing:
        return [
            record.problem(f"no {', '.join(missing)}", f"a scenario has {', '.join(FIELDS)}, all but the last as text")
        ]
    event = record.value[events]
    if not isinstance(event, dict) or not all(_is_text(event.get(valence)) for valence in VALENCES):
        return [record.problem("an event is missing or empty", f"write the events {', '.join(VALENCES)}")]
    return []


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def order_of(emotion: str) -> str:
    """The order to answer in the voice of an emotion, as the study words it."""
    return f"Answer as someone who feels {emotion}, so that the {emotion} shows."


def messages(event: Event, emotion: str | None = None) -> list[dict[str, str]]:
    """System and user turn; with an emotion the system asks for its voice, without one it only asks to be brief."""
    return ordered(event, order_of(emotion) if emotion else "")


def ordered(event: Event, order: str) -> list[dict[str, str]]:
    """System and user turn with an order before what the system asks of every reply; an empty one asks for no voice."""
    system = f"{order} {BREVITY}" if order else BREVITY
    return [{"role": "system", "content": system}, {"role": "user", "content": event.text}]


# Orders in other wordings -------------------------------------------------------------------------------------------

OF_EMOTIONS, OF_VOICES = "emotions", "voices"
SYNONYM, CLAUSE, LANGUAGE, NAMED = "synonym", "clause", "language", "named"


@dataclass(frozen=True)
class Order:
    """One order: kind and wording as in the file, and whose voice it asks for."""

    kind: str
    wording: str
    name: str
    text: str

    @property
    def label(self) -> str:
        """By which states of prompts with this order are found again."""
        return f"{self.kind} {self.wording} {self.name}"


def load_orders(file: PathLike) -> list[Order]:
    """Orders of a file, those of a wording side by side.

    Raises:
        StimulusError: the file is not in the form of its schema, or voices differ between wordings (entry and line are named).
    """
    document = read_document(file)
    errors = schema("orders").iter_errors(document.value)
    reject([document.problem(tuple(error.absolute_path), error.message, "see workflow/schemas") for error in errors])
    voices = [list(names) for names in document.value[OF_VOICES].values()]
    if voices[0] != voices[1]:
        reject([document.problem((OF_VOICES,), "voices differ between wordings", "give both the same, in one order")])
    return [
        Order(kind, wording, name, text)
        for kind, wordings in document.value.items()
        for wording, by_name in wordings.items()
        for name, text in by_name.items()
    ]


def labels_of(orders: Sequence[Order], kind: str, wording: str) -> list[str]:
    """Labels of the orders of one wording; those of emotions stand in the order of the emotions, whatever that of the file."""
    chosen = [order for order in orders if (order.kind, order.wording) == (kind, wording)]
    if kind == OF_EMOTIONS:
        chosen.sort(key=lambda order: list(EMOTIONS).index(order.name))
    return [order.label for order in chosen]
