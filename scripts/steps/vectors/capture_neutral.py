"""Principal directions of neutral dialogues that explain the registered share of variance, per layer (section 1.1 of A)."""

from emotion_vectors.artefacts import files, step
from emotion_vectors.engine import capture
from emotion_vectors.meaning import emotion_vectors
from emotion_vectors.models import language_model, tokens
from emotion_vectors.stimuli import tables
from emotion_vectors.weights import table


def main(folder: str, weights_folder: str, output_file: str, *, row, per_topic: int, share: float, settings):
    dialogues = tables.load_dialogues(folder, per_topic)
    model = language_model.load_subject(weights_folder, template=row.template, dtype=row.dtype, twin=settings["twin"])
    texts = [tokens.encode(model.tokenizer, tokens.dialogue_text(turns)) for turns in dialogues["turns"]]
    bases = emotion_vectors.neutral_components(capture.covariances(model, texts, settings["batch_tokens"]), share)
    named = {f"layer_{layer:03d}": basis for layer, basis in enumerate(bases)}
    files.write_tensors(named, output_file, model_sha256=model.sha256, dialogues=str(len(dialogues)))


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.params.folder, snakemake.input.weights, snakemake.output[0],
            row=table.read_model(snakemake.input.models, snakemake.params.model),
            per_topic=snakemake.params.per_topic, share=snakemake.params.share, settings=snakemake.params.settings,
        )  # fmt: skip
