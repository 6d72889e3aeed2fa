"""How far a judge of conduct can be trusted: what it says of labelled replies that it never saw, and of prepared ones."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.judges import kinds, validation
from emotion_vectors.stimuli import labelled, reply_classes


def main(
    replies: Path,
    classes: list[Path],
    mirrored: list[Path],
    weights: Path,
    predictions: Path,
    *,
    row: Mapping[str, Any] | None,
    bootstraps: int,
    seed: int,
) -> None:
    sets = reply_classes.load_all(classes)
    judges = kinds.conduct_judges(weights, row, labelled.load_conduct(replies, sets), seed)
    tables = {known.name: judges.validate(known) for known in sets}
    counts = {
        known.name: validation.counts_by_side(judges.judge(known), file)
        for known, file in zip(sets, mirrored, strict=True)
    }
    agreement = validation.agreement_by_set(tables, sets, bootstraps, seed)
    files.write_table(validation.joined(tables), predictions, agreement=agreement, mirrored=counts, **judges.facts)


if __name__ == "__main__":
    step.run(main, snakemake)
