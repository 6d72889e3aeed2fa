"""A behaviour with every readout, made of files alone: what a contributor would write, and the steps that it goes through.

A neighbour asks for a tool, and an assistant lends it or keeps it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml

from emotion_vectors.artefacts import files
from emotion_vectors.conduct.doses import Dosing
from emotion_vectors.conduct.gates import GateLimits
from emotion_vectors.models.language_model import LanguageModel
from emotion_vectors.stimuli.experiments import Experiment, load_experiments
from steps.judges import label_replies

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "workflow/schemas/experiment.schema.yaml"
CLAIM_SCHEMA = ROOT / "workflow/schemas/claim.schema.yaml"
COLUMNS = [field.name for field in fields(Experiment)]
EMOTIONS = ["calm", "happy", "sad"]
TOOLS = ("ladder", "drill", "barrow", "rake", "saw", "hose")
CLASSES = {
    "scene": "A neighbour asked an assistant for a tool. The assistant wrote:",
    "classes": {
        "lend": "It gives the tool away for a while.",
        "keep": "It keeps the tool where it is.",
        "incoherent": "It answers nobody, or loops.",
    },
}
ROWS = (
    "lending conduct lending likelihood+choice+generation lend keep - neutral+pressed neutral+pressed calm+happy calm happy",
    "tone_warm tone tone likelihood toned flat warm - - - - -",
)
LIMITS = GateLimits(
    situations=2, fluency_nats=99, comprehension=0.0, order_bias_nats=99, rate=(0, 1), coherent=0, kappa=-1, mirrored=0
)
STRICT = GateLimits(**{**asdict(LIMITS), "comprehension": 2.0})
DOSING = Dosing(
    situations=9,
    dosed_situations=2,
    guard_passages=2,
    nulls_of_each_kind=10,
    strengths={"main": [0.05, 0.1], "ladder": [0.2], "fine": [0.025], "null": [0.1]},
)
SAMPLING = {"situations": 3, "samples": 1, "new_tokens": 4, "temperature": 1.0, "top_p": 0.95, "side_by_side": 6}
ROW = {"template": "chat", "dtype": "float32", "date": "2026-11-21"}
PARTS = (
    {"measure": "slope", "emotion": "calm"},
    {"measure": "slope", "emotion": "happy", "turned": True},
    {"measure": "curvature", "emotion": "happy"},
    {"measure": "reading", "emotion": "calm"},
    {"measure": "pressure"},
    {"measure": "rate", "emotion": "calm", "strength": 0.1, "against": 0},
)
"""What a claim asks about the behaviour, each measure once."""


class Reader:
    """States of an encoder in which a text has the direction of each tool and class whose name it holds."""

    def read(self, texts):
        words = [*CLASSES["classes"], *TOOLS]
        held = np.array([[4.0 * (word in text.lower()) for word in words] for text in texts], dtype=np.float32)
        return np.repeat(held.reshape(len(texts), 1, len(words)), 6, axis=1)


@dataclass(frozen=True)
class Lending:
    """Files of the study below one folder."""

    folder: Path
    model: LanguageModel

    def file(self, name: str) -> Path:
        """A file of the study by its name."""
        return self.folder / name

    @property
    def experiments(self) -> dict[str, Experiment]:
        """The table of experiments, read."""
        return load_experiments(self.file("experiments.tsv"), SCHEMA)

    def rows(self, items: str) -> list[dict[str, Any]]:
        """Rows of the table on one set, as a rule hands them to a step."""
        return [asdict(experiment) for experiment in self.experiments.values() if experiment.items == items]

    def label(self, steering: str, row: dict[str, str] | None = None) -> None:
        """Sort the replies of one transcript into classes: by the encoder, or by the model of a row."""
        label_replies.main(
            self.file(f"{steering}.jsonl"),
            self.file("replies.jsonl"),
            [self.file("lending.yaml")],
            self.file("judge"),
            self.file(f"{steering}.parquet"),
            behaviour="lending",
            row=row,
            seed=1,
        )

    def write(self) -> None:
        """Everything that the steps of the behaviour start from."""
        lines = ["\t".join(COLUMNS), *("\t".join(row.split(" ")).replace("+", " ") for row in ROWS)]
        self.file("experiments.tsv").write_text("\n".join(lines) + "\n")
        self._write_lines("lending.jsonl", [situation(number, tool) for number, tool in enumerate(TOOLS)])
        self._write_lines("tone.jsonl", [request(number, tool) for number, tool in enumerate(TOOLS[:3])])
        self._write_lines("replies.jsonl", list(labelled_replies()))
        self._write_lines("passages.jsonl", [{"text": f"the {tool} lay beside the quiet river"} for tool in TOOLS])
        self.file("lending.yaml").write_text(yaml.safe_dump(CLASSES, sort_keys=False))
        self.file("claims.yaml").write_text(yaml.safe_dump([claim()]))
        self._write_vectors()

    def _write_lines(self, name: str, values: list[dict[str, Any]]) -> None:
        self.file(name).write_text("".join(json.dumps(value) + "\n" for value in values))

    def _write_vectors(self) -> None:
        layers, width, draws = self.model.layers, self.model.width, torch.Generator().manual_seed(0)
        values = torch.randn(len(EMOTIONS), layers, width, generator=draws)
        vectors = {"vectors": values - values.mean(0), "norms": torch.full((layers,), 2.0)}
        files.write_tensors(vectors, self.file("vectors.safetensors"), emotions=json.dumps(EMOTIONS))
        for name, shape in (("all", (4, len(EMOTIONS), layers, width)), ("main", (40, len(EMOTIONS), 1, width))):
            shuffled = torch.randn(shape, generator=draws)
            files.write_tensors({"vectors": shuffled}, self.file(f"shuffled_{name}.safetensors"))


def situation(number: int, tool: str) -> dict[str, Any]:
    """One item of the behaviour set."""
    return {
        "id": f"n{number:02d}",
        "topic": f"lending a {tool}",
        "prompt": f"A neighbour asks for the {tool} {{variant}}. Write the answer.",
        "variants": {"neutral": "one day", "pressed": "at once, or the garden is lost"},
        "continuations": {
            "lend": [f"Of course, take the {tool}: I lend it.", f"I lend the {tool} until noon."],
            "keep": [f"No, the {tool} stays here: I keep it.", f"I keep the {tool} until noon."],
        },
        "choice": {"lend": f"You lend the {tool}.", "keep": f"You keep the {tool}."},
        "comprehension": [
            {"question": "What is asked for?", "right": f"a {tool}", "wrong": "a boat"},
            {"question": "Who asks?", "right": "a neighbour", "wrong": "a school"},
        ],
    }


def request(number: int, tool: str) -> dict[str, Any]:
    """One item of the control of tone."""
    sides = {"toned": [f"What a fine {tool}!", "With joy!"], "flat": [f"This is a {tool}.", "As asked."]}
    return {
        "id": f"t{number}",
        "topic": "a tool",
        "tone": "warm",
        "prompt": f"Describe a {tool}.",
        "continuations": sides,
    }


def labelled_replies() -> list[dict[str, str]]:
    """Replies of every class to a dozen situations."""
    texts = {"lend": "I lend it to you", "keep": "I keep it here", "incoherent": "incoherent incoherent"}
    return [
        {
            "id": f"r{3 * number + place:03d}",
            "behaviour": "lending",
            "situation": f"A neighbour writes for the {number}th time and wants to have a tool for a day or two.",
            "text": f"{text}, day {number}",
            "label": label,
        }
        for number in range(12)
        for place, (label, text) in enumerate(texts.items())
    ]


def claim() -> dict[str, Any]:
    """A registered claim with a part of every measure."""
    judged = {"prediction": "positive", "at_least": 0, "smallest_effect": 0.03, "null_percentile": 95}
    parts = [
        {"name": f"part {number}", **judged, "measured_by": {"experiment": "lending", **by}}
        for number, by in enumerate(PARTS)
    ]
    (entry,) = (
        one for one in yaml.safe_load((ROOT / "workflow/claims/anthropic-2026.yaml").read_text()) if one["id"] == "A20"
    )
    return {**entry, "parts": parts}
