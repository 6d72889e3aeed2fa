"""Macros of the paper: every number of ours that its text prints."""

import os
from pathlib import Path

from emotion_vectors.artefacts import step
from emotion_vectors.figures import style
from emotion_vectors.report import circuit_facts, latex, study_facts
from emotion_vectors.report import results as reported


def figure_macros(names: list[str], pdf_files: list[str], sources: str) -> dict[str, tuple[str, str]]:
    """Path of each figure as seen from the LaTeX sources, and the commit that it carries."""
    return {
        name: (
            Path(os.path.relpath(file, sources)).as_posix(),
            latex.short_commit(style.of_figure(file)["git_commit"]),
        )
        for name, file in zip(names, pdf_files, strict=True)
    }


def main(inputs, output_file: str, *, settings, names: list[str], sources: str):
    results = reported.load(inputs.claims, inputs.schema, inputs.results)
    facts = study_facts.collect(inputs, results, settings) | circuit_facts.collect(inputs, results.models, settings)
    latex.write(latex.macro_file(results, facts, figure_macros(names, inputs.figures, sources)), output_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], settings=snakemake.params.settings, names=snakemake.params.figures,
            sources=snakemake.params.sources,
        )  # fmt: skip
