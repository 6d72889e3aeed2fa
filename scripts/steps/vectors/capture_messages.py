"""Residual stream of every implicit message: at the token before the reply, and averaged over the message as plain text."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.engine import capture
from emotion_vectors.models import language_model, tokens
from emotion_vectors.stimuli import tables

WHOLE = capture.Windows(late=2, early=2)
"""From the first token after the beginning of the text on."""


def main(
    norms: Path,
    weights: Path,
    states: Path,
    *,
    folder: str,
    row: Mapping[str, str],
    twin: Mapping[str, Any] | None,
    batch_tokens: int,
) -> None:
    messages = tables.load_messages(folder, emotions=tables.load_emotions(norms))
    model = language_model.load_subject(weights, **row, twin=twin)
    chats = [model.conversation.prompt([{"role": "user", "content": text}]) for text in messages["text"]]
    texts = [tokens.encode(model.tokenizer, text) for text in messages["text"]]
    tensors = {
        "reply_token": capture.at_last_token(model, chats, batch_tokens),
        "message_mean": capture.story_means(model, texts, WHOLE, batch_tokens).late,
    }
    facts = {"message_ids": json.dumps(list(messages["message_id"])), "emotions": json.dumps(list(messages["emotion"]))}
    files.write_tensors(tensors, states, model_sha256=model.sha256, **facts)


if __name__ == "__main__":
    step.run(main, snakemake)
