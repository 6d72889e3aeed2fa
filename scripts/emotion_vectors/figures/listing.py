"""The list of figures as Markdown: what each shows, the claims it serves, the script that draws it and the data behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emotion_vectors.figures.register import ALL, Entry

HEAD = """# Figures

Written by the rule `write_pages` from `workflow/report/figures.yaml`; edits here are lost. The rule `plot_figure` draws them all, each
with a script of its own. Every file holds its title, its caption and its provenance (commit, settings, libraries): the PDF under
*Keywords*, the PNG as a text entry; `emotion_vectors.figures.saving.of_figure` reads both. Models: {models}; data files with `{{model}}`
exist once for each of them. How to add a figure stands at the head of the register.
"""


def markdown(
    register: Mapping[str, Entry],
    registered: Mapping[str, Mapping[str, Any]],
    results: str,
    models: Sequence[str],
    scripts: str,
) -> str:
    """The whole list: a table with one row for each figure, then every figure in view.

    Args:
        scripts: folder of the scripts, as seen from the list.
    """
    rows = ["| figure | shows | claims | script | data |", "| --- | --- | --- | --- | --- |"]
    rows += [_row(name, entry, results, scripts) for name, entry in register.items()]
    sections = [line for name, entry in register.items() for line in _section(name, entry, registered)]
    return "\n".join([HEAD.format(models=", ".join(models)), *rows, "", *sections]).rstrip() + "\n"


def _row(name: str, entry: Entry, results: str, scripts: str) -> str:
    data = "<br>".join(f"`{results}/{path}`" for path in entry.inputs.values())
    claims = entry.claims if entry.claims == ALL else ", ".join(entry.claims)
    script = f"[`plot_{name}.py`]({scripts}/plot_{name}.py)"
    return f"| {name} ([PDF]({name}.pdf), [PNG]({name}.png)) | {entry.title} | {claims} | {script} | {data} |"


def _section(name: str, entry: Entry, registered: Mapping[str, Mapping[str, Any]]) -> list[str]:
    served = [] if entry.claims == ALL else entry.claims
    statements = [f"- {claim}: {' '.join(registered[claim]['statement'].split())}" for claim in served]
    return [f"## {entry.title}", "", f"![{entry.title}]({name}.png)", "", entry.text["caption"], "", *statements, ""]
