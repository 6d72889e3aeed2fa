"""Summary, claim table, overlap of the texts and run times of README.md, between their markers; the rest of the file is left as it is."""

import json
from pathlib import Path

from emotion_vectors.artefacts import step
from emotion_vectors.overlap import texts
from emotion_vectors.report import placebo, readme, run_times
from emotion_vectors.report import results as reported
from emotion_vectors.report.tables import measurements

LONGEST_STEPS = 8


def main(inputs, readme_file: str, *, models: list[str], benchmark_folders: list[str]) -> None:
    results = reported.load(inputs.claims, inputs.schema, inputs.results)
    judged = json.loads(Path(inputs.results).read_text())
    steps = run_times.summarise(run_times.read(benchmark_folders, models), LONGEST_STEPS)
    machine = measurements.machine_text(json.loads(Path(inputs.engine).read_text()))
    target = Path(readme_file)
    text = readme.replace_between(
        target.read_text(), "summary", readme.summary(reported.summary(results), placebo.found(judged, inputs.placebo))
    )
    text = readme.replace_between(text, "claims", readme.claim_table(results))
    text = readme.replace_between(text, "overlap", readme.overlap_table(texts.load(inputs.overlap)))
    text = readme.replace_between(text, "run-times", readme.run_times_table(steps, machine))
    target.write_text(text)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], models=snakemake.params.models,
            benchmark_folders=snakemake.params.benchmark_folders,
        )  # fmt: skip
