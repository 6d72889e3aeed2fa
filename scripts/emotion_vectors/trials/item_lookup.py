"""An item of any set by its name, with the experiments or acts that read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.stimuli import experiments, situations
from emotion_vectors.stimuli.acts import table as act_table
from emotion_vectors.stimuli.acts.items import load_act_items
from emotion_vectors.stimuli.acts.table import Act
from emotion_vectors.stimuli.experiments import Experiment
from emotion_vectors.stimuli.situations import Item

BEHAVIOURS, ACT_SETS = Path("workflow/stimuli/behaviours"), Path("workflow/stimuli/acts")
SCHEMAS = Path("workflow/schemas")


class ItemError(MendableError, ValueError):
    """No item of the study is meant by a name, or more than one."""


@dataclass(frozen=True)
class ReadItem:
    """An item, and experiments or acts that compare its replies, one for each pair of sides."""

    item: Item
    readouts: list[Experiment | Act]


def find_item(name: str, root: Path = Path()) -> ReadItem:
    """The item of this name.

    Args:
        root: of the repository.
    Raises:
        ItemError: no item bears the name (its variants, or names like it, are said).
        StimulusError, ExperimentError: a set or a table is not in order.
    """
    items = dict(named_items(root))
    if name in items:
        return items[name]
    variants = [full for full, one in items.items() if one.item.scenario == name]
    meant = variants or get_close_matches(name, items, n=3, cutoff=0.4)
    hint = f"; did you mean {' or '.join(meant)}?" if meant else ""
    raise ItemError(f"no item '{name}' in {BEHAVIOURS} or {ACT_SETS}, where items are called SCENE-VARIANT{hint}")


def named_items(root: Path) -> Iterator[tuple[str, ReadItem]]:
    """Every item of every set by its name, behaviours first."""
    rows = experiments.load_experiments(root / experiments.TABLE, root / SCHEMAS / "experiment.schema.yaml")
    for items in dict.fromkeys(row.items for row in rows.values()):
        readers = [row for row in rows.values() if row.items == items]
        for item in situations.load_items(root / BEHAVIOURS / f"{items}.jsonl"):
            of_group = [row for row in readers if not row.group or item.group in row.group]
            yield item.name, ReadItem(item, _one_a_pair(of_group))
    acts = act_table.load_acts(root / act_table.TABLE, root / SCHEMAS / "act.schema.yaml")
    for items in dict.fromkeys(act.items for act in acts.values()):
        readouts = _one_a_pair([act for act in acts.values() if act.items == items])
        for item in load_act_items(act_table.files_of(root / ACT_SETS, items)):
            yield item.name, ReadItem(item, readouts)


def _one_a_pair(readouts: Sequence[Experiment | Act]) -> list[Experiment | Act]:
    """The first readout of each target and alternative: others differ in their variants or contexts alone."""
    by_pair: dict[tuple[str, str], Experiment | Act] = {}
    for readout in readouts:
        by_pair.setdefault((readout.target, readout.alternative), readout)
    return list(by_pair.values())
