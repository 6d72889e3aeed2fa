"""What is left of each decoding result without training and without words, and the evidence on S05."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.decoding import implicit_messages, training_evidence, word_baselines
from emotion_vectors.decoding.training_evidence import MESSAGES, STORIES
from emotion_vectors.models.layers import main_layer
from emotion_vectors.vectors import emotion_vectors


def main(
    vectors: Path,
    messages: Path,
    residual: Path,
    trained_hits: Path,
    reinitialised_hits: Path,
    word_hits: Path,
    trained_ranks: Path,
    reinitialised_ranks: Path,
    word_ranks: Path,
    summary: Path,
    evidence: Path,
    *,
    depth: float,
    shuffles: int,
    bootstraps: int,
    seed: int,
) -> None:
    story_vectors, measured = emotion_vectors.load(vectors), implicit_messages.load(messages)
    layer = main_layer(story_vectors.values.shape[1], depth)
    of_stories = map(files.read_table, (trained_hits, reinitialised_hits, word_hits))
    of_messages = map(files.read_table, (trained_ranks, reinitialised_ranks, word_ranks))
    hits = {
        STORIES: training_evidence.story_hits(*of_stories, layer),
        MESSAGES: training_evidence.message_hits(*of_messages, layer),
    }
    files.write_table(training_evidence.summary(hits, bootstraps, seed), summary, layer=layer)

    cells, states = word_baselines.load_residual(residual)[:, :, [layer]], measured.reply_token[:, [layer]]
    columns = measured.columns(story_vectors.emotions)
    null = training_evidence.permuted_residuals(cells, states, measured.classes, columns, shuffles, seed)
    files.write_table(training_evidence.evidence_on_training(hits, null, bootstraps, seed), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
