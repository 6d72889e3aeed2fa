"""The stories of this study with their emotion labels; the placebo permutes labels within each topic here, and only here."""

from emotion_vectors.artefacts import files, step
from emotion_vectors.statistics import permutation
from emotion_vectors.stimuli import tables


def main(folder: str, norms_file: str, output_file: str, *, topics: dict[str, int], permuted: bool, seed: int):
    emotions = tables.load_emotions(norms_file)
    stories = tables.load_stories(folder, list(topics), topics, emotions=emotions)
    if permuted:
        stories = permutation.permute_labels(stories, seed)
    files.write_table(stories, output_file, labels="permuted" if permuted else "registered")


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.params.folder, snakemake.input.norms, snakemake.output[0],
            topics=snakemake.params.topics, permuted=snakemake.params.permuted, seed=snakemake.params.seed,
        )  # fmt: skip
