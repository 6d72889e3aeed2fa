"""workflow/claims/RESULTS.md: every claim with its numbers on every model, and links to where they come from."""

from pathlib import Path

import yaml

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims.permuted import Unspecific, unspecific
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
    *,
    tier: str,
    stages: dict[str, str],
    stimuli: dict[str, list[str]],
    folder: str,
) -> None:
    measured = reported.load(claims, schema, results)
    sources = claim_pages.Sources(
        stages=stages,
        stimuli=stimuli,
        figures=claim_pages.figures_of(yaml.safe_load(register.read_text(encoding="utf-8"))),
        paragraphs=claim_pages.paragraphs_of(sections, list(measured.registered)),
        folder=folder,
    )
    permuted = reported.load(claims, schema, placebo[0]) if placebo else None
    remarks = claim_pages.Remarks(
        unspecific=unspecific(measured.content, permuted.content) if permuted else Unspecific(),
        whose=placebos.whose({"tier": tier}),
        readings=readme.readings(findings, measured, tier, permuted),
    )
    files.write_text(claim_pages.page(measured, sources, remarks, texts.load(overlap)), page)
    claim_pages.verdict_table(measured).to_csv(verdicts, index=False)


if __name__ == "__main__":
    step.run(main, snakemake)
