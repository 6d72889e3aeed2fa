"""Which emotion every reply of every arm voices, by a second judge, a language model, and how far it agrees with the first."""

from collections.abc import Mapping
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.judges import model_judge
from emotion_vectors.models import language_model
from emotion_vectors.replies import transcripts
from emotion_vectors.statistics import agreement
from emotion_vectors.stimuli import labelled, reply_classes

NAMES = ["arm", "direction", "dose", "event", "scenario", "valence", "emotion"]


def main(
    transcript: Path,
    judged: Path,
    classes: Path,
    weights: Path,
    judgements: Path,
    *,
    model: str,
    judge: str,
    row: Mapping[str, str],
    bootstraps: int,
    seed: int,
) -> None:
    first, texts = files.read_table(judged), list(transcripts.load(transcript)["text"])
    asked = language_model.load(weights, **row)
    second = model_judge.ModelJudge(asked, reply_classes.load(classes)).classify(texts)["predicted"]
    table = first[NAMES].assign(first=first["verdict"], verdict=second, accepted=second == first["emotion"])
    compared = table.rename(columns={"scenario": "situation", "first": "label"}).assign(predicted=second)
    agreed = {f"replies of {model}": agreement.summarise(compared, labelled.EMOTION_CLASSES, bootstraps, seed)}
    files.write_table(table, judgements, agreement=agreed, judge=judge, model_sha256=asked.sha256)


if __name__ == "__main__":
    step.run(main, snakemake)
