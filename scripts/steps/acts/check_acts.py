"""Check a set of acts, written by two hands, against its schema and rules, and report counts, lengths and digests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.stimuli import tables
from emotion_vectors.stimuli.acts.table import FIRST, SECOND, Act
from emotion_vectors.stimuli.rules import acts, emotion_words


def main(
    first: Path,
    second: Path,
    orders: Path,
    words: Path,
    schema: Path,
    norms: Path,
    report: Path,
    *,
    rows: list[Mapping[str, Any]],
) -> None:
    """Write the report as JSON; stop with the list of all problems of the set when a rule is broken."""
    users, emotions = [Act(**row) for row in rows], emotion_words.load(words, tables.load_emotions(norms))
    files.write_json(acts.check_act_set({FIRST: first, SECOND: second}, orders, schema, emotions, users), report)


if __name__ == "__main__":
    step.run(main, snakemake)
