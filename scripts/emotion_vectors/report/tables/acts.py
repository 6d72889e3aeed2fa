"""The table of the paper on slopes of acts: what is judged, how much of it is wording, and how large an effect would have been found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from emotion_vectors.acts import conditions
from emotion_vectors.acts.overview import as_asked, control_effect, effect_in
from emotion_vectors.report import latex
from emotion_vectors.statistics.power import POWER, smallest_detectable
from emotion_vectors.statistics.wording import bare, interval
from emotion_vectors.stimuli.acts.table import FIRST, SLOPE, called

if TYPE_CHECKING:
    import pandas as pd

    from emotion_vectors.report.results import Results

NONE = "–"
MEASURED = (r"Slope [95\,\%]", r"Null, 95\,\%", "Left", "Control", rf"Found in {100 * POWER:.0f}\,\%")
CAPTION = (
    "Slopes of acts that claims name, in nats per reply at strength 0.1, differences between two contexts. Null: 95th percentile of the "
    "absolute slopes of the null that is hardest to exceed. Left: the slope without the pleasant-unpleasant direction and without what "
    "raises the words of the replies. Control: sentences with words of the replies in which nobody acts; a slope that does not exceed it "
    "is one of wording. Found in: the smallest true slope that a study like this one would have found so often, beyond that null and with "
    r"an interval on one side, as its interval says that estimates vary. Beside a \emph{not replicated}, it says what could have been "
    r"missed; planted effects count it (Figure~\ref{fig:planted_effects})."
)


def act_table(results: Results, effects: Mapping[str, pd.DataFrame]) -> str:
    """Every part of a claim on a slope of an act, a row for each model.

    Args:
        effects: model -> effects as `compute_acts` wrote them.
    """
    asked = [(claim, part["name"], part.get("measured_by", {})) for claim, part in _parts(results)]
    body = [
        latex.row(latex.escape(cell) for cell in [claim, part, model, *_numbers(row, table, by)])
        for claim, part, by in asked
        if by.get("measure") == SLOPE
        for model, table in effects.items()
        if (row := results.part(claim, part, model)) is not None
    ]
    head = ["Claim", "Vectors", "Model", *MEASURED, "Verdict"]
    columns = rf"@{{}}l{latex.LEFT}X{latex.LEFT}Xrrrrrl@{{}}"
    table = latex.tabular(columns, head, body, width=r"\textwidth")
    return latex.floating(
        rf"\setlength{{\tabcolsep}}{{3pt}}{table}", caption=CAPTION, label="act_slopes", wide=True, size="scriptsize"
    )


def _parts(results: Results) -> list[tuple[str, Mapping[str, Any]]]:
    return [(name, part) for name, claim in results.registered.items() for part in claim["parts"]]


def _numbers(row: Mapping[str, Any], effects: pd.DataFrame, by: Mapping[str, Any]) -> list[str]:
    """Cells of a part, all on the side of what it asks: of adding the vectors, or of taking them away."""
    left = as_asked(effect_in(effects, by["experiment"], FIRST, conditions.LEFT, called(by["emotions"])), by)
    control = control_effect(effects, by["experiment"], by["emotions"])
    beside = [bare(left.estimate), NONE if control is None else bare(as_asked(control, by).estimate)]
    reach = bare(abs(row["null_95"] - row["reference"]))
    return [interval(row), reach, *beside, bare(smallest_detectable(row)), str(row["verdict"])]
