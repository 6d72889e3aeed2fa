"""An act made of files alone: a neighbour asks for a tool, of which a spare one is at hand or not, and an assistant lends or keeps it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from emotion_vectors.stimuli.acts.table import Act
from tests.steps.feelings import EMOTIONS, Feelings
from tests.steps.study_folder import StudyFolder

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = ROOT / "workflow/schemas/act.schema.yaml"
CLAIM_SCHEMA = ROOT / "workflow/schemas/claim.schema.yaml"
COLUMNS = [field.name for field in fields(Act)]
TOOLS = ("ladder", "drill", "barrow", "rake")
ROW = {
    "name": "act_lending",
    "items": "lending",
    "target": "lend",
    "alternative": "keep",
    "acted": "alone",
    "control": "spare",
    "plain": "spare",
    "mention": "told",
    "mention_from": "spare",
    "moved_by": "context",
    "grades": "spare alone",
    "orders": "lending",
    "emotions": "calm happy",
}
ACT = {name: tuple(value.split()) if name in ("grades", "emotions") else value for name, value in ROW.items()}
ORDERS = {"for": ["give what is asked", "be open"], "against": ["give nothing", "be closed"]}
PARTS: Sequence[dict[str, Any]] = (
    {"measure": "act_slope", "emotions": ["calm"]},
    {"measure": "act_slope", "emotions": ["calm", "happy"], "turned": True},
    {"measure": "act_told"},
    {"measure": "act_spread"},
    {"measure": "act_graded"},
    {"measure": "act_reading", "emotion": "calm"},
    {"measure": "act_dose", "emotion": "calm", "strength": 0.1},
    {"measure": "act_curvature", "emotion": "happy"},
    {"measure": "act_graded", "where_read": True},
)
"""What a claim asks about the act, each measure once."""


@dataclass(frozen=True)
class Asking(StudyFolder):
    """Files of the act below one folder; vectors and stories are those of the study of six emotions."""

    feelings: Feelings

    def write(self) -> None:
        """Everything that the steps of the act start from."""
        self.file("acts.tsv").write_text("\t".join(COLUMNS) + "\n" + "\t".join(ROW[name] for name in COLUMNS) + "\n")
        for hand, folder in (("a", "."), ("b", "second")):
            lines = [json.dumps(scene(f"{hand}l{number}", tool)) for number, tool in enumerate(TOOLS)]
            self.file(f"{folder}/lending.jsonl").write_text("\n".join(lines) + "\n")
        told = {emotion: [f"you feel {emotion}", f"now you are {emotion}"] for emotion in EMOTIONS}
        for name, value in (("orders", {"lending": ORDERS}), ("feelings", told), ("claims", [claim()])):
            self.file(f"{name}.yaml").write_text(yaml.safe_dump(value))

    @property
    def registered(self) -> tuple[Any, ...]:
        """The table of acts, the claim, and their schemas."""
        return self.file("acts.tsv"), SCHEMA, [self.file("claims.yaml")], CLAIM_SCHEMA

    @property
    def captured(self) -> tuple[list[Path], list[Path]]:
        """Replies and gradients."""
        return [self.file("replies/lending.parquet")], [self.file("gradients/lending.safetensors")]

    @property
    def stories(self) -> tuple[Path, ...]:
        """Activations, neutral components and labels of the stories, and the vectors made of them."""
        names = ("stories.safetensors", "neutral.safetensors", "stories.parquet", "vectors.safetensors")
        return tuple(map(self.feelings.file, names))


def scene(name: str, tool: str) -> dict[str, Any]:
    """A request for a tool in every context, with lending and keeping replies in two tones."""
    return {
        "id": name,
        "topic": f"lending a {tool}",
        "system": "the letter from school",
        "prompt": f"a neighbour asks for the {tool} {{context}}",
        "contexts": {
            "spare": "and another is there",
            "told": "and somewhere it was the only one",
            "alone": "the only one here",
        },
        "replies": {
            "lend": {
                "warm": [f"gladly take the {tool}", f"the {tool} is yours"],
                "curt": [f"take the {tool}", "take it now"],
            },
            "keep": {"warm": [f"the {tool} stays here", f"I need the {tool}"], "curt": ["no", f"no {tool} for you"]},
        },
        "lexical": {"lend": ["a quiet river"], "keep": ["over the bridge"]},
    }


def claim() -> dict[str, Any]:
    """A claim with every measure of an act."""
    limits = {"prediction": "positive", "at_least": 0, "smallest_effect": 0.25, "null_percentile": 95}
    return {
        "id": "S99b",
        "paper": "wider",
        "place": "here",
        "statement": "Vectors lend.",
        "original": "qualitative",
        "metric": "everything",
        "readout": "acts",
        "tier": "quick",
        "registered": "2026-11-29",
        "registration": 2,
        "parts": [
            {"name": f"part {number}", **limits, "measured_by": {"experiment": "act_lending", **by}}
            for number, by in enumerate(PARTS)
        ],
    }
