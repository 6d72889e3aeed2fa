"""How far a judge of emotions can be trusted: its verdicts on labelled replies, written or sampled, none of which it was fitted on.

Written replies bear the label of their writer, sampled ones those of two hands that read them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.judges import emotion_judge, validation
from emotion_vectors.judges.model_judge import ModelJudge
from emotion_vectors.judges.verdicts import Judge
from emotion_vectors.models import language_model, sentence_encoder
from emotion_vectors.stimuli import labelled, reply_classes
from emotion_vectors.weights.table import read_models


def main(
    replies: Path,
    events: list[Path],
    model_table: Path,
    classes: Path,
    fitted: list[Path],
    weights: Path,
    predictions: Path,
    *,
    origin: str,
    row: Mapping[str, Any] | None,
    bootstraps: int,
    seed: int,
) -> None:
    """Write what the judge says of each reply, its agreement with the labels beside it.

    Args:
        fitted: the judge, and beside it the one that was fitted on stories alone; none where a model is asked.
        origin: "sampled", or "emotions" for those that were written.
    """
    sampled, judges, facts = origin == "sampled", list[Judge](), dict[str, Any]()
    known = (
        labelled.load_sampled_replies(replies, events, read_models(model_table))
        if sampled
        else labelled.load_emotion_replies(replies)
    )
    if row is not None:
        model = language_model.load(weights, **row)
        judges += [ModelJudge(model, reply_classes.load(classes))]
        facts = {"judge": model.name, "model_sha256": model.sha256}
    else:
        reader = sentence_encoder.load(weights)
        judges += [emotion_judge.load(file, reader) for file in fitted]
    of_written = validation.agreement_of_model if row is not None else emotion_judge.agreement_with_labels
    agreement = validation.agreement_with_hands if sampled else of_written
    table, *stories_only = (validation.of_emotions(judge, known) for judge in judges)
    facts["agreement"] = agreement(table, bootstraps, seed)
    for without in stories_only:
        facts["agreement_stories_only"] = agreement(without, bootstraps, seed)
    files.write_table(table, predictions, **facts)


if __name__ == "__main__":
    step.run(main, snakemake)
