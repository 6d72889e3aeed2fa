"""workflow/claims/RESULTS.md: every claim with its numbers on every model, and links to where they come from."""

from pathlib import Path

import yaml

from emotion_vectors.artefacts import files, step
from emotion_vectors.overlap import texts
from emotion_vectors.report import claim_pages
from emotion_vectors.report import results as reported


def main(
    results: Path,
    claims: list[Path],
    schema: Path,
    register: Path,
    sections: list[Path],
    overlap: Path,
    placebo: list[Path],
    page: Path,
    verdicts: Path,
    *,
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
    permuted = claim_pages.permuted_replications(files.read_json(placebo[0]) if placebo else None)
    files.write_text(claim_pages.page(measured, sources, permuted, texts.load(overlap)), page)
    claim_pages.verdict_table(measured).to_csv(verdicts, index=False)


if __name__ == "__main__":
    step.run(main, snakemake)
