"""Heads really silenced, one forward pass each, beside their scores from one pass: difference, passes and seconds."""

import torch

from emotion_vectors.artefacts import files, step
from emotion_vectors.benchmarks import heads as head_benchmark
from emotion_vectors.circuits import stored
from emotion_vectors.models import families, language_model, sublayers, tokens
from emotion_vectors.stimuli import events
from emotion_vectors.weights import table

TOLERANCE = {"float32": 1e-3, "bfloat16": 1e-1}
"""Largest difference, as a share of the largest score, that rounding may make."""


def main(inputs, output_file: str, *, row, prompts: int, heads: int):
    known = stored.load_tensors(inputs.directions)
    model = language_model.load(inputs.weights, template=row.template, dtype=row.dtype)
    by_name = {event.name: event for event in events.load(inputs.events)}
    places = torch.linspace(0, len(known.used) - 1, min(prompts, len(known.used))).round().int().tolist()
    chosen = [(by_name[known.used[place]], number % len(known.emotions)) for number, place in enumerate(places)]
    texts = [
        tokens.chat(model.tokenizer, events.messages(event, known.emotions[emotion]), model.template)
        for event, emotion in chosen
    ]
    directions = torch.stack(
        [known["directions"][emotion, sublayers.POINTS.index(sublayers.ATTENTION)] for _, emotion in chosen]
    )
    sublayers.check_sublayers(model)
    found = head_benchmark.compare(model, texts, directions, head_benchmark.spread_heads(model, heads))
    worst = max(found["largest_difference"].values())
    if not worst <= TOLERANCE[row.dtype]:
        raise families.ModelError(
            f"{model.name}: scores of heads differ from real silencing by {worst:.1e} of the largest one; "
            "silence heads one by one instead (engine.component_edits.silence_heads_one_by_one)"
        )
    sample = [{"event": event.name, "emotion": known.emotions[emotion]} for event, emotion in chosen]
    files.write_json(found | {"sample": sample}, output_file, model_sha256=model.sha256)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input, snakemake.output[0], row=table.read_model(snakemake.input.models, snakemake.wildcards.model),
            prompts=snakemake.params.prompts, heads=snakemake.params.heads,
        )  # fmt: skip
