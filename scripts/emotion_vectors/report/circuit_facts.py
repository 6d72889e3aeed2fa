"""Facts of the circuits part that the paper quotes: counts of texts, what the judge of emotions is worth, passes saved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from safetensors import safe_open

from emotion_vectors.artefacts.files import provenance_of
from emotion_vectors.overlap import texts
from emotion_vectors.statistics.wording import MINUS, number


def collect(inputs: Any, models: Sequence[str], settings: Mapping[str, Any]) -> dict[str, str]:
    r"""Values of \study by key, as text.

    Args:
        inputs: names the files `events` (report), `overlap` (textual), `emotions` (validated judge), and for each model in turn
            `directions`, `components`, `circuits`, `expression` (gate) and `silencing`.
        settings: `circuits` and `gates` of the configuration.
    """
    circuits = settings["circuits"]
    report = json.loads(Path(inputs.events).read_text())
    topics = texts.load(inputs.overlap)
    judged = provenance_of(inputs.emotions)
    scenarios = {
        split: min(circuits["scenarios"][split], report["sets"][split]["scenarios"]) for split in ("fit", "held_out")
    }
    return {
        "fitscenarios": number(scenarios["fit"], 0),
        "heldoutscenarios": number(scenarios["held_out"], 0),
        "leastgroups": number(circuits["least_groups"], 0),
        "leastprompting": share(circuits["prompting"]),
        "leastkappa": f"{settings['gates']['kappa']:g}",
        "emotionreplies": number(judged["agreement"]["six or none"]["replies"], 0),
        "emotionkappa": kappa(judged["agreement"]),
        "emotionkappawithout": kappa(judged["agreement_stories_only"]),
        "groupskept": of_models(models, [kept_groups(file) for file in inputs.directions]),
        "promptingrates": of_models(models, [prompting_rate(file) for file in inputs.expression]),
        "circuitheads": of_models(
            models, [share_of_heads(*files) for files in zip(inputs.circuits, inputs.components, strict=True)]
        ),
        "headpasses": of_models(models, [passes_saved(file) for file in inputs.silencing]),
        "overlaptopics": number(len(topics), 0),
        "overlapshared": number(texts.shared_count(topics), 0),
    }


def share(value: float) -> str:
    """A share as a percentage."""
    return f"{100 * value:.0f} %"


def kappa(agreement: Mapping[str, Any]) -> str:
    """Agreement of the judge over six emotions and none, with its interval."""
    found = agreement["six or none"]
    low, high = (number(end, 2) for end in found["kappa_interval"])
    return f"{number(found['kappa'], 2)} [{low}, {high}]"


def of_models(models: Sequence[str], facts: Sequence[str]) -> str:
    """What is said of each model, one after the other."""
    return "; ".join(f"{model} {fact}" for model, fact in zip(models, facts, strict=True))


def kept_groups(directions_file: str | Path) -> str:
    """For instance "150 of 192": events whose six replies were all accepted."""
    with safe_open(directions_file, framework="pt") as file:
        facts = file.metadata()
    kept, events, used = (len(json.loads(facts[name])) for name in ("kept", "events", "used"))
    return f"{kept} of {events}" + ("" if used == kept else ", so all are used")


def prompting_rate(gate_file: str | Path) -> str:
    """Share of prompted replies that voice the emotion asked for, the first of the conditions, with its interval."""
    gate = pd.read_parquet(gate_file).iloc[0]
    return f"{share(gate['value'])} [{share(gate['low'])}, {share(gate['high'])}]"


def share_of_heads(circuits_file: str | Path, components_file: str | Path) -> str:
    """Share of all heads of a model that belong to the circuit of an emotion, for instance "67 %"."""
    with safe_open(components_file, framework="pt") as file:
        _, layers, heads = file.get_slice("head_scores").get_shape()
    return share(json.loads(Path(circuits_file).read_text())["components"]["heads"] / (layers * heads))


def passes_saved(silencing_file: str | Path) -> str:
    """Forward passes of both ways to score all heads, and how far the scores differ on the heads that were silenced."""
    found = json.loads(Path(silencing_file).read_text())
    passes, worst = found["passes"], max(found["largest_difference"].values())
    difference = "no difference" if worst == 0 else f"a largest difference of {scientific(worst)} of the largest score"
    return f"{number(passes['writing'], 0)} in place of {number(passes['silencing_all'], 0)}, with {difference}"


def scientific(value: float) -> str:
    """For instance 3e−06 with a true minus sign."""
    return f"{value:.0e}".replace("-", MINUS)
