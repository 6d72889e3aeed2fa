"""Made-up replies to events of the study with the labels of two hands, in the form of `workflow/stimuli/sampled_replies`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from emotion_vectors.stimuli.events import EMOTIONS, VALENCES

STIMULI = Path(__file__).resolve().parents[1] / "workflow/stimuli"
EVENTS = [STIMULI / f"events/{split}.jsonl" for split in ("fit", "held_out")]
MODEL = "smollm2-135m-instruct"


def lines(labels: Sequence[tuple[str, str]], texts: Mapping[int, str] | None = None) -> list[dict[str, Any]]:
    """A line for each pair of labels, three of every scenario in turn; only the first hand finds sense in every fourth reply.

    Args:
        texts: row -> text of a reply; the others are numbered.
    """
    scenarios = [json.loads(line) for line in EVENTS[0].read_text().splitlines()]
    made = []
    for row, (first, second) in enumerate(labels):
        scenario, valence = scenarios[row // len(VALENCES)], VALENCES[row % len(VALENCES)]
        made.append(
            {
                "id": f"h{row:03d}",
                "model": MODEL,
                "skeleton_id": scenario["skeleton_id"],
                "asked": list(EMOTIONS)[row % len(EMOTIONS)],
                "valence": valence,
                "event": scenario["event"][valence],
                "text": (texts or {}).get(row, f"Reply number {row}."),
                "labels": {"first": first, "second": second},
                "sense": {"first": True, "second": row % 4 != 0},
            }
        )
    return made


def write(file: Path, values: Sequence[Mapping[str, Any]]) -> Path:
    """JSON Lines."""
    file.write_text("".join(json.dumps(value) + "\n" for value in values))
    return file
