"""workflow/claims/RESULTS.md, every claim with its numbers on every model and links to where they come from; and the list of figures."""

import os
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims.permuted import Unspecific, unspecific
from emotion_vectors.figures import listing as figure_list
from emotion_vectors.figures import register as figure_register
from emotion_vectors.overlap import texts
from emotion_vectors.report import claim_pages, readme
from emotion_vectors.report import placebo as placebos
from emotion_vectors.report import results as reported


def main(
    results: Path,
    claims: list[Path],
    schema: Path,
    register: Path,
    sections: list[Path],
    overlap: Path,
    findings: Path,
    placebo: list[Path],
    page: Path,
    verdicts: Path,
    listing: Path,
    *,
    tier: str,
    stages: dict[str, str],
    stimuli: dict[str, list[str]],
    folder: str,
    models: list[str],
) -> None:
    measured = reported.load(claims, schema, results)
    figures = figure_register.load(measured.registered, str(register))
    sources = claim_pages.Sources(
        stages=stages,
        stimuli=stimuli,
        figures=claim_pages.figures_of(figures),
        paragraphs=claim_pages.paragraphs_of(sections, list(measured.registered)),
        folder=folder,
    )
    permuted = reported.load(claims, schema, placebo[0]) if placebo else None
    remarks = claim_pages.Remarks(
        unspecific=unspecific(measured.content, permuted.content) if permuted else Unspecific(),
        whose=placebos.whose({"tier": tier, **measured.content}, str(placebo[0]) if placebo else ""),
        readings=readme.readings(findings, measured, tier, permuted),
    )
    files.write_text(claim_pages.page(measured, sources, remarks, texts.load(overlap)), page)
    claim_pages.verdict_table(measured).to_csv(verdicts, index=False)
    scripts = Path(os.path.relpath("scripts/steps/figures", listing.parent)).as_posix()
    files.write_text(figure_list.markdown(figures, measured.registered, folder, models, scripts), listing)


if __name__ == "__main__":
    step.run(main, snakemake)
