"""How far a judge of emotions can be trusted: its verdicts on replies with hand labels, none of which it was fitted on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.judges import emotion_judge, validation
from emotion_vectors.judges.model_judge import ModelJudge
from emotion_vectors.models import language_model, sentence_encoder
from emotion_vectors.stimuli import labelled, reply_classes


def main(
    replies: Path,
    classes: Path,
    fitted: list[Path],
    weights: Path,
    predictions: Path,
    *,
    row: Mapping[str, Any] | None,
    bootstraps: int,
    seed: int,
) -> None:
    known = labelled.load_emotion_replies(replies)
    if row is not None:
        model = language_model.load(weights, **row)
        table = validation.of_emotions(ModelJudge(model, reply_classes.load(classes)), known)
        agreement = validation.agreement_of_model(table, bootstraps, seed)
        files.write_table(table, predictions, agreement=agreement, judge=model.name, model_sha256=model.sha256)
        return
    reader = sentence_encoder.load(weights)
    table, stories_only = (validation.of_emotions(emotion_judge.load(file, reader), known) for file in fitted)
    agreement, without = (
        emotion_judge.agreement_with_labels(judged, bootstraps, seed) for judged in (table, stories_only)
    )
    files.write_table(table, predictions, agreement=agreement, agreement_stories_only=without)


if __name__ == "__main__":
    step.run(main, snakemake)
