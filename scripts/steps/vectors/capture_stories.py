"""Mean residual stream of every story at every layer, streamed (section 1.1 of A); labels play no part in this step."""

import json

from emotion_vectors.artefacts import files, step
from emotion_vectors.engine import capture
from emotion_vectors.models import language_model, tokens
from emotion_vectors.stimuli import tables
from emotion_vectors.weights import table


def main(
    folder: str, norms_file: str, report_file: str, weights_folder: str, output_file: str, *, row, topics, settings
):
    stories = tables.load_stories(folder, list(topics), topics, emotions=tables.load_emotions(norms_file))
    model = language_model.load_subject(weights_folder, template=row.template, dtype=row.dtype, twin=settings["twin"])
    texts = [tokens.encode(model.tokenizer, text) for text in stories["text"]]
    windows = capture.Windows(late=settings["first_token"])
    means = capture.story_means(model, texts, windows, settings["batch_tokens"])
    with open(report_file) as report:
        stories_sha256 = json.load(report)["digests"]["sets"]["stories"]
    tensors = {"late": means.late, "early": means.early, "embedding": means.embedding, "norms": means.norms}
    facts = {
        "story_ids": json.dumps(list(stories["story_id"])),
        "stories_sha256": stories_sha256,
        "model_sha256": model.sha256,
    }
    files.write_tensors(tensors, output_file, **facts)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.params.folder, snakemake.input.norms, snakemake.input.report, snakemake.input.weights,
            snakemake.output[0], row=table.read_model(snakemake.input.models, snakemake.params.model),
            topics=snakemake.params.topics, settings=snakemake.params.settings,
        )  # fmt: skip
