"""Macros of the paper: every number of ours that its text prints. Sentences that do not say what was found stop it."""

import os
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.figures import saving
from emotion_vectors.report import latex, macros, sentences, study_facts
from emotion_vectors.report import placebo as placebos
from emotion_vectors.report import results as reported


def main(
    results: Path,
    claims: list[Path],
    schema: Path,
    facts: Path,
    placebo: list[Path],
    validity: list[Path],
    choices: Path,
    sources: list[Path],
    figures: list[Path],
    citation: Path,
    macro_file: Path,
    *,
    tier: str,
    sources_folder: str,
    explorer: str,
    texts: dict[str, dict[str, str]],
) -> None:
    of_claims = reported.load(claims, schema, results)
    about, guarded = sentences.read_sentences(sources)
    permuted = [reported.load(claims, schema, file) for file in placebo]
    sentences.check(about, guarded, of_claims, tier, *permuted)
    judged = files.read_json(results)
    of_study = files.read_json(facts)
    known = of_study["study"] | study_facts.of_whole_replies(of_study["reply_words"], of_claims)
    known |= study_facts.of_claims(of_claims, judged, next(iter(placebo), None))
    known |= study_facts.of_edition(citation, results)
    known["placeboseeds"] = placebos.over_seeds(placebos.counted(validity))
    of_rules = next(map(files.read_json, validity), {})
    known |= study_facts.of_validity(of_claims, of_rules, files.read_table(choices))
    drawn = {
        figure.stem: macros.Figure(
            path=Path(os.path.relpath(figure, sources_folder)).as_posix(),
            commit=latex.short_commit(saving.of_figure(figure)["git_commit"]),
            **texts[figure.stem],
        )
        for figure in figures
    }
    text = macros.macro_file(of_claims, known, drawn, about, held=about.is_that_of(of_claims, tier), explorer=explorer)
    latex.write(text, macro_file)


if __name__ == "__main__":
    step.run(main, snakemake)
