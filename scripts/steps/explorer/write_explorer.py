"""The explorer: one static page with the verdicts, claims, items, sampled replies and emotions of a study."""

import os
from pathlib import Path

import yaml

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims.permuted import Unspecific, unspecific
from emotion_vectors.explorer import claims_shown, items_shown, page, words_shown
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
    folders: dict[str, str],
    roots: list[str],
    stages: dict[str, str],
    stimuli: dict[str, list[str]],
) -> None:
    measured = reported.load(claims, schema, results)
    permuted = reported.load(claims, schema, placebo[0]) if placebo else None
    sources = claim_pages.Sources(
        stages=stages,
        stimuli=stimuli,
        figures=claim_pages.figures_of(yaml.safe_load(register.read_text(encoding="utf-8"))),
        paragraphs=claim_pages.paragraphs_of(sections, list(measured.registered)),
        folder=folders["results"],
    )
    code = claims_shown.Code(Path(folders["rules"]), Path(folders["steps"]), tuple(claims))
    judged = files.read_json(results)
    readings = [
        {
            "slopes": items_shown.slopes_shown(files.read_table(slopes)),
            "doses": items_shown.doses_shown(files.read_tables(doses for doses in steered if model in doses.parts)),
            "changes": items_shown.changes_shown(files.read_table(change)),
            "plane": items_shown.plane_shown(files.read_table(score)),
        }
        for model, slopes, change, score in zip(measured.models, by_item, changes, scores, strict=True)
    ]
    tables = [table for of in readings for table in (of["slopes"]["rows"], of["doses"], of["changes"])]
    data = {
        "study": {
            **study,
            "models": measured.models,
            "commit": judged["provenance"]["git_commit"],
            **judged["environment"],
            "root": os.path.relpath(".", explorer.parent),
            "figures": os.path.relpath(folders["figures"], explorer.parent),
            "paper": os.path.relpath(folders["paper"], explorer.parent),
        },
        "claims": claims_shown.claims_shown(
            measured, sources, unspecific(measured.content, permuted.content) if permuted else Unspecific(), code
        ),
        "steps": claims_shown.steps_shown(measured, sources, code),
        "items": items_shown.items_shown(behaviours, acts, items_shown.measured_scenarios(*tables)),
        "readings": readings,
        "words": words_shown.words_shown([files.read_table(file) for file in words]),
        "replies": items_shown.replies_shown(
            files.read_table(replies), [Path(root) for root in roots], measured.models
        ),
    }
    files.write_text(page.page(data, template, styles, scripts), explorer)


if __name__ == "__main__":
    step.run(main, snakemake)
