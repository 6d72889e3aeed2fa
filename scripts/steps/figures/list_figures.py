"""List of the figures: what each shows, the claims it serves, the rule that draws it and the data behind it."""

from pathlib import Path

import yaml

from emotion_vectors.artefacts import step
from emotion_vectors.claims import judging

HEAD = """# Figures

Written by the rule `list_figures` from `workflow/report/figures.yaml`; edits here are lost. Every file holds its provenance
(commit, settings, libraries): the PDF under *Keywords*, the PNG as a text entry; `emotion_vectors.figures.of_figure` reads both.
Rules are in `workflow/rules/figures.smk`, each with a script of its own name in `scripts/`. Models: {models}; data files exist once
for each of them.
"""


def table_of(register: dict, results: str) -> list[str]:
    """One row for each figure: figure, what it shows, claims, rule, data."""
    rows = ["| figure | shows | claims | rule | data |", "| --- | --- | --- | --- | --- |"]
    for name, entry in register.items():
        data = "<br>".join(f"`{results}/{path}`" for path in entry["data"])
        files = f"{name} ([PDF]({name}.pdf), [PNG]({name}.png))"
        rows.append(f"| {files} | {entry['title']} | {', '.join(entry['claims'])} | `{entry['rule']}` | {data} |")
    return rows


def section_of(name: str, entry: dict, registered: dict) -> list[str]:
    """A figure in view, with the claims it serves in words."""
    served = [f"- {claim}: {' '.join(registered[claim]['statement'].split())}" for claim in entry["claims"]]
    return [f"## {entry['title']}", "", f"![{entry['title']}]({name}.png)", "", *served, ""]


def main(inputs, list_file: str, *, results: str, models: list[str]):
    register = yaml.safe_load(Path(inputs.register).read_text())
    registered = judging.load(inputs.claims, inputs.schema)
    for name, entry in register.items():
        if unknown := sorted(set(entry["claims"]) - set(registered)):
            raise judging.ClaimError(f"{inputs.register}: {name}: claims {unknown} are not registered; correct the ids")
    lines = [HEAD.format(models=", ".join(models)), *table_of(register, results), ""]
    for name, entry in register.items():
        lines += section_of(name, entry, registered)
    Path(list_file).write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.input, snakemake.output[0], results=snakemake.params.results, models=snakemake.params.models)
