"""Rank of the true emotion of every implicit message by a bag-of-words classifier trained on the same stories (A02, S05)."""

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.meaning import decoding, emotion_vectors, word_baselines
from emotion_vectors.stimuli import tables


def main(stories_file: str, folder: str, norms_file: str, output_file: str):
    emotions, stories = tables.load_emotions(norms_file), pd.read_parquet(stories_file)
    messages = tables.load_messages(folder, emotions=emotions)
    texts = stories.pivot(index="topic", columns="emotion", values="text")[emotions].to_numpy()
    cells, vectoriser = word_baselines.word_cells(texts, range(len(texts)))
    candidates = list(dict.fromkeys(messages["emotion"]))
    word_vectors = emotion_vectors.from_cells(cells)[[emotions.index(emotion) for emotion in candidates]]
    weights = word_baselines.word_weights(vectoriser, messages["text"].tolist())
    scores = decoding.read(weights[:, None], word_vectors)[0]
    ranks = decoding.ranks_of_truth(scores, [candidates.index(emotion) for emotion in messages["emotion"]])
    table = messages[["message_id", "emotion"]].assign(
        rank=ranks, method="words", position="whole message", layer=decoding.NO_LAYER
    )
    files.write_table(table, output_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.input.stories, snakemake.params.folder, snakemake.input.norms, snakemake.output[0])
