"""The same decoding of stories from word counts alone, on the same folds: the baseline beside every accuracy (A01, S05)."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.meaning import decoding, word_baselines
from emotion_vectors.stimuli import tables as stimuli


def main(stories_file: str, norms_file: str, output_file: str):
    emotions, stories = stimuli.load_emotions(norms_file), pd.read_parquet(stories_file)
    topics = stories.drop_duplicates("topic")
    names = topics["topic"].to_numpy()
    texts = stories.pivot(index="topic", columns="emotion", values="text").loc[names, emotions].to_numpy()
    tables = []
    for scheme, folds in decoding.schemes(list(topics["corpus"])).items():
        tested = [names[topic] for _, test in folds for topic in test]
        hits = word_baselines.word_hits(texts, folds)[None]
        tables.append(decoding.tabulate_hits(hits, tested, emotions, method="words", scheme=scheme))
    table = pd.concat(tables, ignore_index=True).assign(layer=decoding.NO_LAYER)
    files.write_table(table, output_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.input.stories, snakemake.input.norms, snakemake.output[0])
