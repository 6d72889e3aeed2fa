"""Stories and messages decoded by vectors and by what is no model, by decoders of one family (A01b, A02b, S05b)."""

from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.decoding import implicit_messages
from emotion_vectors.sources import comparisons, decoded, study
from emotion_vectors.statistics.resampling import Draws
from emotion_vectors.stimuli import tables


def main(
    activations: Path,
    neutral: Path,
    messages: Path,
    twin: Path,
    twin_neutral: Path,
    twin_messages: Path,
    sentences: Path,
    stories: Path,
    second_stories: Path,
    norms: Path,
    rates: Path,
    evidence: Path,
    nonmodels: Path,
    *,
    folder: str,
    depth: float,
    bootstraps: int,
    shuffles: int,
    seed: int,
) -> None:
    emotions = tables.load_emotions(norms)
    labels = study.load_labels(stories, second_stories, emotions)
    texts = tables.load_messages(folder, emotions=emotions)
    read = implicit_messages.load(messages)
    model, of_twin = study.ReadFiles(activations, neutral, messages), study.ReadFiles(twin, twin_neutral, twin_messages)
    sources = study.gather(model, of_twin, labels, depth, texts["text"].tolist())
    measured = comparisons.measure(
        sources,
        study.of_sentences(sentences, labels),
        labels.topics,
        decoded.Messages(read.columns(emotions), read.classes),
        Draws(bootstraps, shuffles, seed),
    )
    files.write_table(comparisons.summary(measured), rates)
    files.write_table(comparisons.on_the_model(measured), evidence)
    files.write_table(comparisons.on_nonmodels(measured), nonmodels)


if __name__ == "__main__":
    step.run(main, snakemake)
