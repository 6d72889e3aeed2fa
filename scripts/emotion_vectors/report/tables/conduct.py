"""Tables of the paper about conduct: what each readout had to show first, and choices where their gate was passed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from emotion_vectors.claims import judging
from emotion_vectors.report import latex
from emotion_vectors.statistics.wording import interval, number, percentile

NO_CHOICES = "No model passed the gate of this readout, so no slopes of choices were looked at."


def gate_table(by_model: Mapping[str, pd.DataFrame]) -> str:
    """Every gate of every readout with what each model showed, failures in bold.

    Args:
        by_model: gates as `tabulate_gates` wrote them.
    """
    gates = pd.concat(by_model, names=["model"]).reset_index("model")
    body = []
    for behaviour, of_behaviour in gates.groupby("behaviour", sort=False):
        title = latex.emphasised(latex.escape(str(behaviour)))
        body.append(rf"\multicolumn{{{3 + len(by_model)}}}{{@{{}}l@{{}}}}{{{title}}} \\")
        for (readout, quantity, limit), rows in of_behaviour.groupby(["readout", "quantity", "limit"], sort=False):
            measured = rows.set_index("model")
            cells = [_cell(measured, model) for model in by_model]
            named = [latex.escape(str(name)) for name in (readout, quantity, limit)]
            body.append(latex.row([rf"\enspace {named[0]}", *named[1:], *cells]))
    columns = (
        rf"@{{}}l{latex.LEFT}p{{0.26\textwidth}}{latex.LEFT}p{{0.13\textwidth}}"
        + rf"{latex.LEFT}X" * len(by_model)
        + "@{}"
    )
    head = ["Readout", "Measured without steering", "Limit", *map(latex.escape, by_model)]
    table = latex.tabular(columns, head, body, width=r"\textwidth")
    caption = (
        r"Gates of the readouts, with 95\,\% bootstrap intervals over situations. Bold: outside its limit, so that the "
        "readout is not looked at under steering (likelihood is looked at in any case)."
    )
    return latex.floating(table, caption=caption, label="gates", wide=True, size="scriptsize")


def _cell(measured: pd.DataFrame, model: str) -> str:
    if model not in measured.index:
        return judging.NOT_MEASURED
    row = _row(measured.loc[model])
    text = latex.escape(f"{interval(row, 'value')}, n = {number(row['n'], 0)} {row['of']}")
    return text if row["passed"] else latex.bold(text)


def choice_table(by_model: Mapping[str, pd.DataFrame], named: Mapping[str, Sequence[str]]) -> str:
    """Slopes of choices along the emotions that each experiment names, where the gate of the readout was passed.

    Args:
        by_model: effects as `measure_choices` wrote them, all sets together; named: experiment -> emotions.
    """
    body = []
    for model, effects in by_model.items():
        for row in map(_row, effects.to_dict("records")):
            if row["emotion"] in named[row["experiment"]]:
                numbers = [interval(row), percentile(row), number(row["n"], 0)]
                plain = [model, row["experiment"], row["emotion"], *numbers]
                body.append(latex.row(map(latex.escape, plain)))
    body = body or [rf"\multicolumn{{6}}{{@{{}}l@{{}}}}{{{NO_CHOICES}}} \\"]
    head = ["Model", "Experiment", "Emotion", r"Slope of the choice [95\,\% interval], nats", r"Null \%", "Items"]
    table = latex.tabular("@{}llllrr@{}", head, body)
    caption = "Choices between two options shown in both orders: slopes at strength 0.1 along the emotions that claims name. Not judged."
    return latex.floating(table, caption=caption, label="choices", position="htbp", size="scriptsize")


def secondary_table(
    effects: Mapping[str, pd.DataFrame], by_depth: Mapping[str, pd.DataFrame], named: Mapping[str, Sequence[str]]
) -> str:
    """Slopes of the emotions that experiments name: raw, without what tone explains, and over the middle third of depth.

    Args:
        effects, by_depth: model -> table, as `compute_slopes` wrote them; named: experiment -> emotions.
    """
    body = []
    for experiment, emotions in named.items():
        for emotion in emotions:
            for model in effects:
                slopes = _at(effects[model], experiment, emotion).set_index("measure")
                raw, adjusted = (interval(_row(slopes.loc[measure])) for measure in ("raw", "adjusted"))
                band = float(_at(by_depth[model], experiment, emotion)["band_slope_nats"].iloc[0])
                cells = [experiment, emotion, model, raw, adjusted, number(band, 3)]
                body.append(latex.row(map(latex.escape, cells)))
    head = ["Experiment", "Emotion", "Model", r"Slope [95\,\%]", r"Without tone [95\,\%]", "Middle third"]
    caption = (
        "Slopes at strength 0.1 along the emotions that experiments name, nats per token: at the main layer, the same without what tone "
        "explains, and the mean over the blocks of the middle third of depth, over which the strength is shared."
    )
    return latex.longtable("@{}lllllr@{}", head, body, caption=caption, label="secondary")


def _at(table: pd.DataFrame, experiment: str, emotion: str) -> pd.DataFrame:
    return table[(table["experiment"] == experiment) & (table["emotion"] == emotion)]


def _row(values: Any) -> dict[str, Any]:
    return {str(name): value for name, value in values.items()}


CONTROLS = {
    "tone_warm": ("happy", "loving"),
    "tone_agitated": ("nervous", "afraid"),
    "tone_hostile": ("angry", "hostile"),
}
"""Experiments on tone alone, with emotions whose vectors should make the tone likelier if the readout can show anything."""


def control_table(by_model: Mapping[str, pd.DataFrame]) -> str:
    """Does a vector make its own tone likelier? A readout that cannot show this cannot show that conduct stays as it is.

    Args:
        by_model: effects as `compute_slopes` wrote them.
    """
    body = []
    for experiment, emotions in CONTROLS.items():
        for emotion in emotions:
            for model, effects in by_model.items():
                slopes = effects[(effects["experiment"] == experiment) & (effects["measure"] == "raw")]
                row = _row(slopes.set_index("emotion").loc[emotion])
                numbers = [interval(row), percentile(row), number(row["n"], 0)]
                body.append(latex.row(map(latex.escape, [experiment, emotion, model, *numbers])))
    head = ["Experiment", "Emotion", "Model", r"Slope [95\,\%], nats per token", r"Null \%, uncorrected", "Items"]
    table = latex.tabular("@{}lllrrr@{}", head, body)
    caption = (
        "Control: slopes at strength 0.1 of replies in a tone against flat ones with the same content, along vectors that fit the "
        "tone. Chosen after the slopes of conduct were known; not judged."
    )
    return latex.floating(table, caption=caption, label="controls", position="htbp", size="scriptsize")


def span_table(by_model: Mapping[str, pd.DataFrame]) -> str:
    """Share of each experiment's mean gradient that lies in the span of the emotion vectors.

    Args:
        by_model: spans as `compute_slopes` wrote them.
    """
    body = []
    for model, spans in by_model.items():
        for row in spans.to_dict("records"):
            shares = [number(100 * row[key], 1) for key in ("share", "shuffled_95", "gaussian_95")]
            body.append(latex.row(map(latex.escape, [str(row["experiment"]), model, *shares])))
    head = ["Experiment", "Model", r"Share, \%", r"Shuffled, 95th, \%", r"Gaussian, 95th, \%"]
    table = latex.tabular("@{}llrrr@{}", head, body)
    caption = (
        "Share of the squared length of each mean gradient at the main layer that lies in the span of the emotion vectors, beside the "
        "95th percentiles for label-shuffled vectors and for random subspaces of as many dimensions."
    )
    return latex.floating(table, caption=caption, label="spans", position="htbp", size="scriptsize")
