"""Findings and measured times of README.md, between their markers; the rest of the file is left as it is."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.report import readme
from emotion_vectors.report import results as reported


def main(
    results: Path,
    claims: list[Path],
    schema: Path,
    findings: Path,
    placebo: list[Path],
    times: Path,
    readme_file: Path,
    *,
    tier: str,
) -> None:
    measured, permuted = (
        reported.load(claims, schema, file) if file else None for file in (results, *(placebo or [None]))
    )
    text = readme_file.read_text(encoding="utf-8")
    text = readme.replace_between(text, "findings", readme.findings_table(findings, measured, tier, permuted))
    text = readme.replace_between(text, "run-times", readme.time_table(files.read_json(times)["studies"]))
    files.write_text(text, readme_file)


if __name__ == "__main__":
    step.run(main, snakemake)
