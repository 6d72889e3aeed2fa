"""The explorer: one static page with the verdicts, claims, items, sampled replies and emotions of a study."""

import os
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims.permuted import Unspecific, unspecific
from emotion_vectors.explorer import claims_shown, items_shown, page, words_shown
from emotion_vectors.figures import register as figure_register
from emotion_vectors.report import claim_pages
from emotion_vectors.report import results as reported


def main(
    results: Path,
    claims: list[Path],
    schema: Path,
    register: Path,
    sections: list[Path],
    placebo: list[Path],
    by_item: list[Path],
    steered: list[Path],
    changes: list[Path],
    by_scenario: list[Path],
    steered_acts: list[Path],
    scores: list[Path],
    words: list[Path],
    replies: Path,
    behaviours: list[Path],
    acts: list[Path],
    template: Path,
    styles: list[Path],
    scripts: list[Path],
    explorer: Path,
    *,
    study: dict[str, str],
    sampling: dict[str, Any],
    folders: dict[str, str],
    roots: list[str],
    stages: dict[str, str],
    stimuli: dict[str, list[str]],
    tables: dict[str, list[str]],
) -> None:
    measured = reported.load(claims, schema, results)
    permuted = reported.load(claims, schema, placebo[0]) if placebo else None
    told = unspecific(measured.content, permuted.content) if permuted else Unspecific()
    figures = claim_pages.figures_of(figure_register.load(measured.registered, str(register)))
    paragraphs = claim_pages.paragraphs_of(sections, list(measured.registered))
    sources = claim_pages.Sources(stages, stimuli, figures, paragraphs, folder=folders["results"])
    parts = (Path(folders[name]) for name in ("rules", "steps", "library", "published"))
    code = claims_shown.Code(*parts, claims=tuple(claims), tables=tables)
    readings = [
        items_shown.ItemTables(item, _of(model, steered), change, act, _of(model, steered_acts), score).shown()
        for model, item, change, act, score in zip(measured.models, by_item, changes, by_scenario, scores, strict=True)
    ]
    judged, beside = files.read_json(results), explorer.parent
    data = {
        "study": {
            **study,
            "models": measured.models,
            "sampling": sampling,
            "commit": judged["provenance"]["git_commit"],
            **judged["environment"],
            "root": os.path.relpath(".", beside),
            **{name: os.path.relpath(folders[name], beside) for name in ("figures", "paper")},
        },
        "claims": claims_shown.claims_shown(measured, sources, told, code),
        "steps": claims_shown.steps_shown(measured, sources, code),
        "items": items_shown.items_shown(behaviours, acts, items_shown.measured_scenarios(readings)),
        "readings": readings,
        "words": words_shown.words_shown([files.read_table(file) for file in words]),
        "replies": items_shown.replies_shown(files.read_table(replies), list(map(Path, roots)), measured.models),
    }
    files.write_text(page.page(data, template, styles, scripts), explorer)


def _of(model: str, tables: list[Path]) -> list[Path]:
    return [table for table in tables if model in table.parts]


if __name__ == "__main__":
    step.run(main, snakemake)
