"""Check one of the sets on the function of emotion vectors against its schema and rules, and report what it contains."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.stimuli import tables
from emotion_vectors.stimuli.rules import emotion_words
from emotion_vectors.stimuli.rules.function.sets import CHECKS


def main(words: Path, norms: Path, report: Path, *, folder: str) -> None:
    """Write the report as JSON; stop with the list of all problems of the set when a rule is broken."""
    known = emotion_words.load(words, tables.load_emotions(norms))
    files.write_json(CHECKS[Path(folder).name](Path(folder), known), report)


if __name__ == "__main__":
    step.run(main, snakemake)
