"""What the explorer shows of items, sampled replies and the plane of emotions, from the tables of a study."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from emotion_vectors.artefacts import files
from emotion_vectors.replies import transcripts
from emotion_vectors.stimuli.acts.items import load_act_items
from emotion_vectors.stimuli.experiments import NO_VARIANT
from emotion_vectors.stimuli.situations import Item, load_items

DIGITS = 4
"""Decimal places of a slope or change in nats that are shown."""
UNSTEERED = "unsteered"


def items_shown(behaviours: Iterable[Path], acts: Iterable[Path], measured: Collection[str]) -> list[dict[str, Any]]:
    """Situations of which there are measurements, with their prompts by variant and replies by side.

    Args:
        behaviours, acts: files of the sets. measured: ids of the situations.
    """
    sets = [(file.stem, load_items(file)) for file in behaviours]
    sets += [(f"act_{file.stem}", load_act_items({"first": file})) for file in acts]
    return [
        _situation(name, list(variants))
        for name, items in sets
        for scenario, variants in groupby(items, key=lambda item: item.scenario)
        if scenario in measured
    ]


def _situation(name: str, variants: Sequence[Item]) -> dict[str, Any]:
    first = variants[0]
    return {
        "id": first.scenario,
        "set": name,
        "system": first.system,
        "prompts": {item.variant: item.prompt for item in variants},
        "replies": {side: list(texts) for side, texts in first.continuations.items()},
    }


def slopes_shown(by_item: pd.DataFrame) -> dict[str, Any]:
    """Slopes at strength zero of a model: emotions, and rows of them by situation, experiment and variant."""
    emotions = list(dict.fromkeys(by_item["emotion"]))
    rows: dict[str, list[dict[str, Any]]] = {}
    for names, of_row in by_item.groupby(["scenario", "experiment", "variant"], sort=False):
        scenario, experiment, variant = map(str, names)
        slopes = of_row.set_index("emotion")["slope_nats"].round(DIGITS)[emotions].tolist()
        shown = "" if variant == NO_VARIANT else variant
        rows.setdefault(scenario, []).append({"experiment": experiment, "variant": shown, "slopes": slopes})
    return {"emotions": emotions, "rows": rows}


def doses_shown(steered: pd.DataFrame) -> dict[str, list[list[Any]]]:
    """Changes at finite strengths under emotions: situation -> rows of experiment, variant, emotion, strength and change in nats.

    Args:
        steered: of conduct by variant, or of acts by `context`.
    """
    named = steered.rename(columns={"context": "variant"})
    of_emotions = named[named["kind"] == "emotion"].round({"delta_logodds_nats": DIGITS})
    columns = ["experiment", "variant", "direction", "strength_norm_fraction", "delta_logodds_nats"]
    return {
        str(scenario): rows.sort_values(columns[:4])[columns].to_numpy().tolist()
        for scenario, rows in of_emotions.groupby("scenario", sort=False)
    }


def acts_shown(by_scenario: pd.DataFrame) -> dict[str, Any]:
    """Effects on acts at strength zero: emotions, and by situation rows of experiment and effects, null where none was measured."""
    emotions = list(dict.fromkeys(by_scenario["direction"]))
    rows: dict[str, list[dict[str, Any]]] = {}
    for names, of_row in by_scenario.groupby(["scenario", "experiment"], sort=False):
        scenario, experiment = map(str, names)
        measured = of_row.set_index("direction")["slope_nats"].round(DIGITS).to_dict()
        rows.setdefault(scenario, []).append(
            {"experiment": experiment, "slopes": [measured.get(emotion) for emotion in emotions]}
        )
    return {"emotions": emotions, "rows": rows}


def changes_shown(changes: pd.DataFrame) -> dict[str, list[list[Any]]]:
    """What orders and contexts change in situations of acts: situation -> rows of experiment, change and log-odds in nats."""
    rounded = changes.round({"logodds_nats": DIGITS})
    return {
        str(scenario): rows[["experiment", "change", "logodds_nats"]].to_numpy().tolist()
        for scenario, rows in rounded.groupby("scenario", sort=False)
    }


def plane_shown(scores: pd.DataFrame) -> list[dict[str, Any]]:
    """Emotions of a model with their scores on the first two components of the vectors, and human ratings."""
    columns = ["emotion", "pc1", "pc2", "valence", "arousal"]
    return [dict(zip(columns, row, strict=True)) for row in scores[columns].round(3).to_numpy().tolist()]


def replies_shown(picked: pd.DataFrame, roots: Sequence[Path], models: Sequence[str]) -> list[dict[str, Any]]:
    """Sampled replies with their labels: every one that was kept, of other models and sets those that the paper shows.

    Args:
        picked: replies shown in the paper. roots: folders of results and activations.
    """
    kept = [reply for model in models for reply in _labelled(model, roots)]
    complete = {(reply["model"], reply["set"]) for reply in kept}
    named = {"behaviour": "set", "situation": "scenario", "class": "label"}
    few: list[dict[str, Any]] = [
        {**{str(key): value for key, value in row.items()}, "emotion": "", "strength": 0.0, "ended": None, "seed": None}
        for row in picked.rename(columns=named).to_dict("records")
        if (row["model"], row["set"]) not in complete
    ]
    return [*kept, *few]


def _labelled(model: str, roots: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Replies of a model whose transcript and labels were kept."""
    labels = {file.stem: file for root in roots for file in sorted(Path(root, model, "labels").glob("*.parquet"))}
    for name, file in labels.items():
        behaviour, _, steering = name.rpartition("_")
        spoken = _transcript(name, model, roots)
        if spoken is None:
            continue
        of_reply = files.read_table(file)[[*transcripts.SAMPLED, "label"]]
        for row in spoken.merge(of_reply, on=transcripts.SAMPLED, validate="one_to_one").to_dict("records"):
            yield {
                "model": model,
                "set": behaviour,
                "steering": steering,
                "scenario": row["scenario"],
                "variant": row["variant"],
                "emotion": "" if row["kind"] == UNSTEERED else row["direction"],
                "strength": row["strength_norm_fraction"],
                "label": row["label"],
                "text": row["text"],
                "ended": row["ended"],
                "seed": row["seed"],
            }


def _transcript(name: str, model: str, roots: Sequence[Path]) -> pd.DataFrame | None:
    """The transcript that was labelled: as revised where the model could try again."""
    candidates = [Path(root, model, "transcripts", f"{name}{end}.jsonl") for end in ("_revised", "") for root in roots]
    file = next(filter(Path.is_file, candidates), None)
    return None if file is None else transcripts.load(file)


@dataclass(frozen=True)
class ItemTables:
    """Files of one model that tell what it makes of items: slopes and finite strengths of conduct, the same of acts, and the plane."""

    by_item: Path
    steered: Sequence[Path]
    changes: Path
    by_scenario: Path
    steered_acts: Sequence[Path]
    scores: Path

    def shown(self) -> dict[str, Any]:
        """What the page shows of them, by situation; the plane by emotion."""
        return {
            "slopes": slopes_shown(files.read_table(self.by_item)),
            "doses": doses_shown(files.read_tables(self.steered)),
            "changes": changes_shown(files.read_table(self.changes)),
            "acts": acts_shown(files.read_table(self.by_scenario)),
            "act_doses": doses_shown(files.read_tables(self.steered_acts)) if self.steered_acts else {},
            "plane": plane_shown(files.read_table(self.scores)),
        }


def measured_scenarios(readings: Iterable[Mapping[str, Any]]) -> set[str]:
    """Situations of which any of several models has readings, as `ItemTables.shown` gives them."""
    return {
        scenario
        for of in readings
        for table in (of["slopes"]["rows"], of["doses"], of["changes"], of["acts"]["rows"], of["act_doses"])
        for scenario in table
    }
