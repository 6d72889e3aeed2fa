"""Table of the paper on what the next larger model changes."""

from __future__ import annotations

import pandas as pd

from emotion_vectors.report import latex
from emotion_vectors.sizes.differences import ON_ITEMS
from emotion_vectors.statistics.wording import interval

ALONE = "This study has one model: there is nothing to compare it with."


def difference_table(differences: pd.DataFrame) -> str:
    """Every part that two models next to each other in size were measured on; a sentence where there is one model."""
    if differences.empty:
        return ALONE
    body = []
    for (smaller, larger), rows in differences.groupby(["smaller", "larger"], sort=False):
        title = latex.emphasised(latex.escape(f"{larger} minus {smaller}"))
        body.append(rf"\multicolumn{{4}}{{@{{}}l@{{}}}}{{{title}}} \\")
        for record in ({str(key): value for key, value in row.items()} for row in rows.to_dict("records")):
            counted = f"{record['n']} {record['of']}" if record["compared_by"] == ON_ITEMS else "by intervals"
            part = f"{record['claim']} {record['part']}" + (", gated" if record["gated"] else "")
            cells = [part, interval(record, "difference"), record["unit"], counted]
            body.append(latex.row([r"\enspace " + latex.escape(cells[0]), *map(latex.escape, cells[1:])]))
    caption = (
        "What the next larger model changes in each part of a claim, with 95\\,\\% intervals: over the same scenarios where slopes are "
        "known by scenario (the vectors of both models as they are), else from the two intervals as those of independent estimates. "
        "Gated: a gate is closed for one of the two."
    )
    wide = r"@{}>{\raggedright\arraybackslash}p{0.42\textwidth}l>{\raggedright\arraybackslash}p{0.2\textwidth}l@{}"
    head = ["Part", "Difference", "Unit", "Compared by"]
    return latex.longtable(wide, head, body, caption=caption, label="differences")
