"""Facts of the circuits part that the paper quotes: counts of texts, what the judge of emotions is worth, passes saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files
from emotion_vectors.judges import validation
from emotion_vectors.models.points import HEADS
from emotion_vectors.overlap import texts
from emotion_vectors.statistics.wording import MINUS, number
from emotion_vectors.stimuli.reply_classes import NONE


@dataclass(frozen=True)
class CircuitFiles:
    """Results of one model that its facts are taken from.

    groups: which events the directions are made of; sizes: of the circuits; gate: of expression; silencing: check of head scores.
    """

    groups: Path
    sizes: Path
    gate: Path
    silencing: Path


def facts_of_circuit_settings(
    circuits: Mapping[str, Any], gates: Mapping[str, Any], report: Mapping[str, Any]
) -> dict[str, str]:
    """Numbers that the configuration sets, and scenarios that there are for them.

    Args:
        circuits, gates: parts of the configuration; report: that of the events.
    """
    scenarios = {
        split: min(circuits["scenarios"][split], report["sets"][split]["scenarios"]) for split in ("fit", "held_out")
    }
    return {
        "fitscenarios": number(scenarios["fit"], 0),
        "heldoutscenarios": number(scenarios["held_out"], 0),
        "leastgroups": number(circuits["least_groups"], 0),
        "leastprompting": percentage(circuits["prompting"]),
        "leastkappa": f"{gates['kappa']:g}",
    }


def of_judge(validation_file: Path, sampled_file: Path) -> dict[str, str]:
    """How far the judge of emotions agrees with labels of written replies, and with two hands that labelled sampled ones."""
    facts, hands = (files.provenance_of(file) for file in (validation_file, sampled_file))
    alike, each_other, sense, six_way = (
        hands["agreement"][name]
        for name in (validation.BOTH, validation.EACH_OTHER, validation.SENSE, validation.SIX_WAY)
    )
    return {
        "emotionreplies": number(facts["agreement"]["six or none"]["replies"], 0),
        "emotionkappa": validation.kappa_in_words(facts["agreement"]["six or none"]),
        "emotionkappawithout": validation.kappa_in_words(facts["agreement_stories_only"]["six or none"]),
        "handreplies": number(each_other["replies"], 0),
        "handkappa": validation.kappa_in_words(each_other),
        "handsalike": number(alike["replies"], 0),
        "handsnone": number(validation.labelled_as(alike, NONE), 0),
        "handsnosense": number(validation.both_say(sense, "no"), 0),
        "handjudgekappa": validation.kappa_in_words(alike),
        "handsvoiced": number(six_way["replies"], 0),
        "handsixwaykappa": validation.kappa_in_words(six_way),
    }


def of_models(by_model: Mapping[str, CircuitFiles]) -> dict[str, str]:
    """What is said of each model, one after the other."""
    return {
        "groupskept": in_turn({model: kept_groups(one.groups) for model, one in by_model.items()}),
        "promptingrates": in_turn({model: prompting_rate(one.gate) for model, one in by_model.items()}),
        "circuitheads": in_turn({model: share_of_heads(one.sizes) for model, one in by_model.items()}),
        "headpasses": in_turn({model: passes_saved(one.silencing) for model, one in by_model.items()}),
    }


def of_overlap(topics: Sequence[texts.Topic]) -> dict[str, str]:
    """How many topics of the two papers are compared, and how many are shared."""
    return {"overlaptopics": number(len(topics), 0), "overlapshared": number(texts.shared_count(topics), 0)}


def percentage(value: float) -> str:
    """A share as a percentage."""
    return f"{100 * value:.0f} %"


def in_turn(facts: Mapping[str, str]) -> str:
    """What is said of each model, one after the other."""
    return "; ".join(f"{model} {fact}" for model, fact in facts.items())


def kept_groups(groups_file: Path) -> str:
    """For instance "150 of 192": events whose six replies were all accepted."""
    groups = files.read_table(groups_file)
    all_used = "" if (groups["used"] == groups["kept"]).all() else ", so all are used"
    return f"{groups['kept'].sum()} of {len(groups)}{all_used}"


def prompting_rate(gate_file: Path) -> str:
    """Share of prompted replies that voice the emotion asked for, the first of the conditions, with its interval."""
    gate = files.read_table(gate_file).iloc[0]
    return f"{percentage(gate['value'])} [{percentage(gate['low'])}, {percentage(gate['high'])}]"


def share_of_heads(sizes_file: Path) -> str:
    """Share of all heads of a model that belong to the circuit of an emotion, for instance "67 %"."""
    sizes = files.read_table(sizes_file)
    heads = sizes[(sizes["kind"] == HEADS) & (sizes["emotion"] == sizes["emotion"].iloc[0])]
    return percentage(heads["components"].sum() / heads["parts"].sum())


def passes_saved(silencing_file: Path) -> str:
    """Forward passes of both ways to score all heads, and how far the scores differ on the heads that were silenced."""
    check = files.read_json(silencing_file)
    passes, worst = check["passes"], max(check["largest_difference"].values())
    difference = "no difference" if worst == 0 else f"a largest difference of {scientific(worst)} of the largest score"
    return f"{number(passes['writing'], 0)} in place of {number(passes['silencing_all'], 0)}, with {difference}"


def scientific(value: float) -> str:
    """For instance 3e−06 with a true minus sign."""
    return f"{value:.0e}".replace("-", MINUS)
