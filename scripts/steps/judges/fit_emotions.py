"""Judge of emotions, fitted on passages of the study and written replies; how it judges topics left out is in its metadata.

The same is fitted on stories and dialogues alone, to say what the written replies add.
"""

import json
from pathlib import Path

from emotion_vectors.artefacts import step
from emotion_vectors.judges import emotion_fit, emotion_judge
from emotion_vectors.models import sentence_encoder
from emotion_vectors.stimuli import labelled, passages, tables


def main(
    stories: list[Path],
    dialogues: list[Path],
    families: Path,
    training: list[Path],
    norms: Path,
    encoder: Path,
    judge: Path,
    *,
    seed: int,
) -> None:
    emotions = tables.load_emotions(norms)
    texts = passages.of_study(
        tables.load_stories(folder_of(stories, "stories"), emotions=emotions),
        tables.load_dialogues(folder_of(dialogues, "dialogues")),
        tables.load_clusters(families, emotions=emotions),
    )
    for file in training:
        texts += passages.of_replies(labelled.load_emotion_replies(file))
    fitted, facts = emotion_fit.fit_emotion_judge(texts, sentence_encoder.load(encoder), seed)
    emotion_judge.store(fitted, judge, facts=json.dumps(facts))


def folder_of(texts: list[Path], name: str) -> Path:
    """Folder of a stimulus set from one of its files."""
    return next(folder for folder in texts[0].parents if folder.name == name)


if __name__ == "__main__":
    step.run(main, snakemake)
