"""Residual stream of every implicit message: at the token before the reply, and averaged over the message as plain text."""

import json

from emotion_vectors.artefacts import files, step
from emotion_vectors.engine import capture
from emotion_vectors.models import language_model, tokens
from emotion_vectors.stimuli import tables
from emotion_vectors.weights import table


def main(folder: str, norms_file: str, weights_folder: str, output_file: str, *, row, settings):
    messages = tables.load_messages(folder, emotions=tables.load_emotions(norms_file))
    model = language_model.load_subject(weights_folder, template=row.template, dtype=row.dtype, twin=settings["twin"])
    chats = [
        tokens.chat(model.tokenizer, [{"role": "user", "content": text}], model.template) for text in messages["text"]
    ]
    texts = [tokens.encode(model.tokenizer, text) for text in messages["text"]]
    whole = capture.Windows(late=2, early=2)
    tensors = {
        "reply_token": capture.at_last_token(model, chats, settings["batch_tokens"]),
        "message_mean": capture.story_means(model, texts, whole, settings["batch_tokens"]).late,
    }
    facts = {"message_ids": json.dumps(list(messages["message_id"])), "emotions": json.dumps(list(messages["emotion"]))}
    files.write_tensors(tensors, output_file, model_sha256=model.sha256, **facts)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.params.folder, snakemake.input.norms, snakemake.input.weights, snakemake.output[0],
            row=table.read_model(snakemake.input.models, snakemake.params.model),
            settings=snakemake.params.settings,
        )  # fmt: skip
