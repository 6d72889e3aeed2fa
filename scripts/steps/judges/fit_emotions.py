"""Judge of emotions, fitted on passages of the study and written replies; how it judges topics left out is in its metadata.

Beside it, the same fitted on stories and dialogues alone: what it lacks is what the written replies add.
"""

import json
from pathlib import Path

from emotion_vectors.artefacts import step
from emotion_vectors.judges import emotion_fit, emotion_judge, regression
from emotion_vectors.models import sentence_encoder
from emotion_vectors.stimuli import labelled, passages, tables


def main(
    stories: list[Path],
    dialogues: list[Path],
    families: Path,
    training: Path,
    norms: Path,
    encoder: Path,
    judge: Path,
    beside: Path,
    *,
    seed: int,
) -> None:
    emotions = tables.load_emotions(norms)
    told = passages.of_study(
        tables.load_stories(folder_of(stories, "stories"), emotions=emotions),
        tables.load_dialogues(folder_of(dialogues, "dialogues")),
        tables.load_clusters(families, emotions=emotions),
    )
    written = passages.of_replies(labelled.load_emotion_replies(training))
    reader = regression.ReadOnce(sentence_encoder.load(encoder))
    for texts, file in ((told + written, judge), (told, beside)):
        fitted, facts = emotion_fit.fit_emotion_judge(texts, reader, seed)
        emotion_judge.store(fitted, file, facts=json.dumps(facts))


def folder_of(texts: list[Path], name: str) -> Path:
    """Folder of a stimulus set from one of its files."""
    return next(folder for folder in texts[0].parents if folder.name == name)


if __name__ == "__main__":
    step.run(main, snakemake)
