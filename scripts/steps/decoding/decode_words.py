"""Stories and implicit messages decoded from word counts alone: the baseline of every accuracy (A01, A02, S05)."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.decoding import word_baselines
from emotion_vectors.stimuli import tables


def main(stories: Path, norms: Path, hits: Path, ranks: Path, *, folder: str) -> None:
    emotions, labels = tables.load_emotions(norms), files.read_table(stories)
    files.write_table(word_baselines.decode_stories(labels, emotions), hits)
    messages = tables.load_messages(folder, emotions=emotions)
    files.write_table(word_baselines.rank_messages(labels, messages, emotions), ranks)


if __name__ == "__main__":
    step.run(main, snakemake)
