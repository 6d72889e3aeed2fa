"""Conditions in which the replies of a scene are read without steering: contexts, orders for and against the act, told feelings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from emotion_vectors.stimuli.acts.table import Act
from emotion_vectors.stimuli.files import PathLike, read_document, reject
from emotion_vectors.stimuli.situations import Item

CONTEXT, ORDER, TOLD = "context", "order", "told"
"""Kinds of conditions."""
FOR, AGAINST = "for", "against"
SYSTEM, USER = "system", "user"
"""Turns in which an order stands."""
NOTHING = "-"
DIFFERENCE, WORDING = "difference", "wording"
"""What a slope is of: the difference between the two contexts, which is judged, or the context of the act alone."""
UNPLEASANT, WORDLESS, LEFT = "without pleasantness", "without words", "without pleasantness and words"
"""The judged difference freed of the pleasant-unpleasant direction, of what raises the words of the replies, and of both."""
CONTROL = "lexical control"
"""The same difference of sentences with words of the replies in which nobody acts."""

Orders = Mapping[str, Mapping[str, Sequence[str]]]
"""Key -> for, against -> wordings."""
Feelings = Mapping[str, Sequence[str]]
"""Emotion -> wordings of what the model is told that it feels."""


@dataclass(frozen=True)
class Framing:
    """How a scene is put to the model.

    name: key of the order, or emotion that is told; direction: of the order; turn: in which the text stands; wording: from 0.
    """

    kind: str
    context: str
    name: str = NOTHING
    direction: str = NOTHING
    turn: str = NOTHING
    wording: int = 0


def load_orders(file: PathLike) -> Orders:
    """Orders for and against each act, in at least two wordings.

    Raises:
        StimulusError: the file cannot be read, or an order lacks a direction or a second wording (entry and line are named).
    """
    document = read_document(file)
    problems = [
        document.problem((key,), f"orders '{key}' need two wordings for and two against", "write them")
        for key, orders in document.value.items()
        if sorted(orders) != [AGAINST, FOR] or min(map(len, orders.values())) < 2
    ]
    reject(problems)
    orders: Orders = document.value
    return orders


def load_feelings(file: PathLike) -> Feelings:
    """What the model is told that it feels, by emotion, in at least two wordings.

    Raises:
        StimulusError: the file cannot be read, or an emotion has one wording only (entry and line are named).
    """
    document = read_document(file)
    single = [emotion for emotion, wordings in document.value.items() if len(wordings) < 2]
    reject([document.problem((emotion,), f"'{emotion}' needs two wordings", "write another") for emotion in single])
    feelings: Feelings = document.value
    return feelings


def with_orders(acts: Sequence[Act], orders: Orders) -> list[Framing]:
    """The two contexts that each act compares under every order on it, in either turn."""
    framings = (
        Framing(ORDER, context, act.orders, direction, turn, wording)
        for act in acts
        for context in (act.acted, act.control)
        for direction in (FOR, AGAINST)
        for turn in (SYSTEM, USER)
        for wording in range(len(orders[act.orders][direction]))
    )
    return list(dict.fromkeys(framings))


def with_feelings(acts: Sequence[Act], feelings: Feelings, wordings: int) -> list[Framing]:
    """The two contexts that each act compares, with every feeling told in the first so many wordings."""
    contexts = dict.fromkeys(context for act in acts for context in (act.acted, act.control))
    return [
        Framing(TOLD, context, emotion, turn=SYSTEM, wording=wording)
        for context in contexts
        for emotion in feelings
        for wording in range(wordings)
    ]


def put(item: Item, condition: Framing, orders: Orders, feelings: Feelings) -> Item:
    """An item, which is a scene in the condition's context, with what is ordered or told in the condition's turn."""
    texts = feelings[condition.name] if condition.kind == TOLD else orders[condition.name][condition.direction]
    text = texts[condition.wording]
    if condition.turn == SYSTEM:
        return replace(item, system=f"{item.system} {text}".strip())
    return replace(item, prompt=f"{text}\n\n{item.prompt}")


def scenes(items: Sequence[Item]) -> Iterator[dict[str, Item]]:
    """The items of each scenario by context, in the order of the file."""
    by_scenario: dict[str, dict[str, Item]] = {}
    for item in items:
        by_scenario.setdefault(item.scenario, {})[item.variant] = item
    yield from by_scenario.values()
