"""Class of every sampled reply of a behaviour set, by the judge of the study."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.judges import kinds
from emotion_vectors.replies import transcripts
from emotion_vectors.stimuli import labelled, reply_classes


def main(
    transcript: Path,
    replies: Path,
    classes: list[Path],
    weights: Path,
    labels: Path,
    *,
    behaviour: str,
    row: Mapping[str, Any] | None,
    seed: int,
) -> None:
    sets = {known.name: known for known in reply_classes.load_all(classes)}
    sampled = transcripts.load(transcript)
    judges = kinds.conduct_judges(weights, row, labelled.load_conduct(replies, list(sets.values())), seed)
    predicted = judges.judge(sets[behaviour]).classify(list(sampled["text"]))["predicted"]
    table = sampled[transcripts.SAMPLED].assign(
        label=predicted, side=predicted, coherent=predicted != reply_classes.INCOHERENT
    )
    files.write_table(table, labels, **judges.facts)


if __name__ == "__main__":
    step.run(main, snakemake)
