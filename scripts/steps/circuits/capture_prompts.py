"""States of a model at the last token of every event asked for in the voice of every emotion (Wang et al. 2025, step 2)."""

from pathlib import Path

from emotion_vectors.artefacts import step
from emotion_vectors.artefacts.files import write_tensors
from emotion_vectors.circuits import prompt_states
from emotion_vectors.engine.prompts import of_events
from emotion_vectors.models import language_model
from emotion_vectors.stimuli import events, files
from emotion_vectors.weights import table


def main(events_file: str, weights_folder: str, output_file: str, *, row, scenarios: int, components: bool, settings):
    chosen = events.some_scenarios(events.load(events_file), scenarios)
    model = language_model.load(weights_folder, template=row.template, dtype=row.dtype)
    by_emotion = [of_events(model, chosen, emotion) for emotion in events.EMOTIONS]
    texts = [prompt for prompts in zip(*by_emotion, strict=True) for prompt in prompts]
    states = prompt_states.capture(model, texts, settings["batch_tokens"], components=components)
    shape = (len(chosen), len(events.EMOTIONS))
    digests = files.file_digests([events_file], Path(events_file).parent)
    write_tensors(
        {name: tensor.unflatten(0, shape) for name, tensor in states.items()}, output_file,
        model_sha256=model.sha256, events_sha256=digests[Path(events_file).name],
        **prompt_states.facts_of(chosen, list(events.EMOTIONS)),
    )  # fmt: skip


if __name__ == "__main__":
    with step.frame(snakemake):
        main(
            snakemake.input.events, snakemake.input.weights, snakemake.output[0],
            row=table.read_model(snakemake.input.models, snakemake.wildcards.model),
            scenarios=snakemake.params.scenarios, components=snakemake.params.components,
            settings=snakemake.params.settings,
        )  # fmt: skip
