"""States around the end of users' turns and over what follows, tempers of prepared replies, and states of dialogues (A11, A12, A15)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from emotion_vectors.anticipation import answers, others, readings, temper, turns, user_messages
from emotion_vectors.anticipation.user_messages import Amounts
from emotion_vectors.artefacts import files, step
from emotion_vectors.models import language_model, sentence_encoder
from emotion_vectors.models.layers import main_layer
from emotion_vectors.replies import transcripts


def main(
    situations: Path,
    prompts: Path,
    dialogues: Path,
    transcript: Path,
    encoder: Path,
    weights: Path,
    states: Path,
    *,
    row: Mapping[str, Any],
    amounts: Amounts,
    depth: float,
    batch_tokens: int,
) -> None:
    asked = user_messages.load(situations, prompts, amounts)
    items, answered = asked.items(str(situations)), transcripts.load(transcript)
    model = language_model.load(weights, **row)
    layer = main_layer(model.layers, depth)
    texts = asked.wordings + [prompt.text for prompt in asked.prompts]
    around = turns.around_user_end(model, texts, layer, batch_tokens)
    wordings = around[: len(asked.wordings)].reshape(len(asked.situations), -1, *around.shape[1:])
    means, readable = answers.states(model, items, answered, layer, batch_tokens)
    tensors = {
        "wordings": wordings,
        "items": torch.cat([wordings[:, 0], around[len(asked.wordings) :]]),
        "replies": means,
        "readable": readable,
        "sensible": answers.sensible(list(answered["text"]), items, sentence_encoder.load(encoder)),
        **temper.measure(model, [asked.situations[row] for row in asked.tempered], layer),
        "dialogues": others.measure(model, others.load(dialogues, amounts.dialogue_groups), layer, batch_tokens),
    }
    files.write_tensors(tensors, states, model_sha256=model.sha256, **readings.facts_of(asked))


if __name__ == "__main__":
    step.run(main, snakemake)
