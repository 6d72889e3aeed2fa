"""Scenarios with a positive, a neutral and a negative event, in the form of the SEV set of Wang et al. 2025 (section 2.1 of its digest).

The texts name no emotion. An assistant is asked to answer them, either in the voice of a named emotion or without any such request.
A file of the original set has the same form and can be read in place of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emotion_vectors.stimuli.files import PathLike, Problem, Record, read_json_lines, reject

EMOTIONS = {
    "anger": "angry",
    "sadness": "sad",
    "happiness": "happy",
    "fear": "afraid",
    "surprise": "surprised",
    "disgust": "disgusted",
}
"""The six emotions of Wang et al., each with the emotion of Sofroniew et al. that it is compared with."""

VALENCES = ("positive", "neutral", "negative")
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


def messages(event: Event, emotion: str | None = None) -> list[dict[str, str]]:
    """System and user turn; with an emotion the system asks for its voice, without one it only asks to be brief."""
    asked = f"Answer as someone who feels {emotion}, so that the {emotion} shows. " if emotion else ""
    return [{"role": "system", "content": asked + BREVITY}, {"role": "user", "content": event.text}]
