"""Stories of topics left out, and implicit messages, decoded by emotion vectors at every layer (A01, A02, S05)."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.decoding import implicit_messages, nearest_direction, word_baselines
from emotion_vectors.stimuli import tables
from emotion_vectors.vectors import emotion_vectors, story_cells
from emotion_vectors.vectors.emotion_vectors import EmotionVectors


def main(
    activations: Path,
    neutral: Path,
    stories: Path,
    norms: Path,
    vectors: Path,
    messages: Path,
    residual: list[Path],
    hits: Path,
    ranks: Path,
) -> None:
    """Decode by the vectors and their ablations, and without words where a file of word-residual cells is given."""
    emotions, labels = tables.load_emotions(norms), files.read_table(stories)
    measured, bases = story_cells.load_activations(activations), emotion_vectors.load_bases(neutral)
    without_words = {"word-residual": word_baselines.load_residual(*residual)} if residual else {}
    cells = story_cells.decoded_cells(measured, labels, emotions, bases) | without_words
    files.write_table(
        nearest_direction.tabulate_methods(cells, labels.drop_duplicates("topic"), emotions), hits, **measured.sha256
    )

    story_vectors = emotion_vectors.load(vectors)
    directions = {"vectors": story_vectors}
    for method, cells in without_words.items():
        values = emotion_vectors.from_cells(cells)
        directions[method] = EmotionVectors(values, story_vectors.norms, story_vectors.emotions)
    files.write_table(implicit_messages.rank_table(implicit_messages.load(messages), directions), ranks)


if __name__ == "__main__":
    step.run(main, snakemake)
