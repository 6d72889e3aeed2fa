"""A study in both precisions, for the paper's appendix: how many numbers and verdicts of each step agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emotion_vectors.artefacts.precision import IN_FLOAT32
from emotion_vectors.report import latex
from emotion_vectors.statistics.wording import number

STEP_HEAD = ("Step", "Parts", "Within a tenth", "Same verdict", "Median", "Largest")


def precision_table(compared: Mapping[str, Any]) -> str:
    """One row a model and step, and the steps that never round; a sentence in place of the rows where no study ran in both.

    Args:
        compared: as `precision_agreement.agreement` made it; empty where it does not exist.
    """
    if not compared:
        return f"The study has not yet been run in both precisions. {_exact_steps()}"
    body = []
    for model, steps in compared["models"].items():
        body.append(rf"\multicolumn{{{len(STEP_HEAD)}}}{{@{{}}l@{{}}}}{{{latex.emphasised(latex.escape(model))}}} \\")
        body += [_row(step, agreed) for step, agreed in steps.items()]
    studies = compared["studies"]
    ran = " and ".join(
        f"in {study['precision']} on {study['processor'] or 'a processor not told'}" for study in studies.values()
    )
    caption = (
        "One study in both precisions: parts of claims with numbers in float32, those whose estimate and interval differ by no "
        "more than a tenth of the interval's width, verdicts that are the same, and median and largest difference as shares of "
        f"that width. Run {ran}. "
        f"{compared['summary'][0].upper()}{compared['summary'][1:]}. "
    )
    table = latex.tabular("@{}lrrrrr@{}", STEP_HEAD, body)
    return latex.floating(
        table, caption=latex.escape(caption) + _exact_steps(), label="precision", position="htbp", size="scriptsize"
    )


def _row(step: str, agreed: Mapping[str, Any]) -> str:
    shares = ["" if agreed[key] is None else number(agreed[key], 3) for key in ("median_share", "largest_share")]
    counts = [
        f"{agreed['measured']} of {agreed['parts']}",
        f"{agreed['within_tolerance']} of {agreed['measured']}",
        f"{agreed['same_verdict']} of {agreed['parts']}",
    ]
    return latex.row([r"\enspace " + latex.breakable(step), *map(latex.escape, [*counts, *shares])])


def _exact_steps() -> str:
    reasons = "; ".join(rf"{latex.breakable(step)}: {latex.escape(reason)}" for step, reason in IN_FLOAT32.items())
    return (
        f"On every machine these steps run models in float32 ({reasons}), unless the row of a model asks for bfloat16."
    )
