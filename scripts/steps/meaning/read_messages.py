"""Rank of the true emotion of every implicit message among the emotions of the set, at every layer (A02, S05)."""

import pandas as pd
import torch
from safetensors.torch import load_file

from emotion_vectors.artefacts import files, step
from emotion_vectors.meaning import decoding, emotion_vectors, messages


def main(messages_file: str, vectors_file: str, residual_file: str | None, output_file: str):
    story_vectors = emotion_vectors.load(vectors_file)
    measured = messages.load(messages_file)
    states = {messages.REPLY_TOKEN: measured.reply_token, messages.MESSAGE_MEAN: measured.message_mean}
    directions = {"vectors": story_vectors}
    if residual_file:
        residual = emotion_vectors.from_cells(load_file(residual_file)["cells"])
        directions["word-residual"] = emotion_vectors.EmotionVectors(
            residual, story_vectors.norms, story_vectors.emotions
        )
    tables = [
        rank_table(states[position], directions[method], measured).assign(method=method, position=position)
        for method in directions
        for position in states
    ]
    files.write_table(pd.concat(tables, ignore_index=True), output_file)


def rank_table(
    states: torch.Tensor, directions: emotion_vectors.EmotionVectors, measured: messages.MessageStates
) -> pd.DataFrame:
    """Rank of the true emotion: layer, message_id, emotion, rank (1 = best)."""
    readings = decoding.read(states, directions.of(measured.candidates))
    ranks = decoding.ranks_of_truth(readings, measured.classes)
    index = pd.MultiIndex.from_product([range(len(ranks)), measured.ids], names=["layer", "message_id"])
    return pd.DataFrame({"rank": ranks.ravel(), "emotion": measured.truth * len(ranks)}, index=index).reset_index()


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input.messages, snakemake.input.vectors, snakemake.input.get("residual"), snakemake.output[0]
        )  # fmt: skip
