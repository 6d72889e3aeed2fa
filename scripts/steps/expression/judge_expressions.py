"""Which emotion every reply to an event voices, by a judge that does not see which was meant, and its relevance and fluency."""

from collections.abc import Mapping
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.expression.judgements import of_arms, of_replies
from emotion_vectors.judges import emotion_judge
from emotion_vectors.models import language_model, sentence_encoder
from emotion_vectors.replies import transcripts
from emotion_vectors.stimuli.events import load_events


def main(
    transcript: Path,
    events: Path,
    judge: Path,
    encoder: Path,
    weights: Path,
    judgements: Path,
    *,
    replies: str,
    row: Mapping[str, str],
) -> None:
    model, reader = language_model.load(weights, **row), sentence_encoder.load(encoder)
    judged = of_arms if replies == "arms" else of_replies
    table = judged(transcripts.load(transcript), load_events(events), emotion_judge.load(judge, reader), reader, model)
    files.write_table(table, judgements, model_sha256=model.sha256)


if __name__ == "__main__":
    step.run(main, snakemake)
