"""Rank of the true emotion of every implicit message among the emotions of the set, at every layer (A02, S05)."""

import json

import pandas as pd
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from emotion_vectors import decoding, provenance, vectors


def main(messages_file: str, vectors_file: str, residual_file: str | None, output_file: str, *, run):
    emotion_vectors = vectors.load(vectors_file)
    with safe_open(messages_file, framework="pt") as file:
        ids, truth = (json.loads(file.metadata()[name]) for name in ("message_ids", "emotions"))
        states = {"reply token": file.get_tensor("reply_token"), "message mean": file.get_tensor("message_mean")}
    candidates = list(dict.fromkeys(truth))
    directions = {"vectors": emotion_vectors}
    if residual_file:
        residual = vectors.from_cells(load_file(residual_file)["cells"])
        directions["word-residual"] = vectors.EmotionVectors(residual, emotion_vectors.norms, emotion_vectors.emotions)
    tables = [
        rank_table(states[position], directions[method].of(candidates), ids, truth).assign(
            method=method, position=position
        )
        for method in directions
        for position in states
    ]
    provenance.write_table(pd.concat(tables, ignore_index=True), output_file, run)


def rank_table(states: torch.Tensor, directions: torch.Tensor, ids: list[str], truth: list[str]) -> pd.DataFrame:
    """Rank of the true emotion: layer, message_id, emotion, rank (1 = best)."""
    candidates = list(dict.fromkeys(truth))
    ranks = decoding.ranks_of_truth(decoding.read(states, directions), [candidates.index(emotion) for emotion in truth])
    index = pd.MultiIndex.from_product([range(len(ranks)), ids], names=["layer", "message_id"])
    return pd.DataFrame({"rank": ranks.ravel(), "emotion": truth * len(ranks)}, index=index).reset_index()


if __name__ == "__main__":
    with provenance.run(snakemake) as run:
        main(
            snakemake.input.messages, snakemake.input.vectors, snakemake.input.get("residual"), snakemake.output[0], run=run
        )  # fmt: skip
