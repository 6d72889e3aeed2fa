"""States of a model at the last token of every event asked for in the voice of every emotion (Wang et al. 2025, step 2)."""

from collections.abc import Mapping
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import prompt_states
from emotion_vectors.engine.prompts import of_events
from emotion_vectors.models import language_model, sublayers
from emotion_vectors.stimuli.events import EMOTIONS, load_events, some_scenarios
from emotion_vectors.stimuli.files import file_digests


def main(
    events: Path,
    weights: Path,
    states: Path,
    *,
    row: Mapping[str, str],
    scenarios: int,
    components: bool,
    batch_tokens: int,
) -> None:
    chosen = some_scenarios(load_events(events), scenarios)
    model = language_model.load(weights, **row)
    sublayers.check_sublayers(model)
    by_emotion = [of_events(model, chosen, emotion) for emotion in EMOTIONS]
    texts = [prompt for prompts in zip(*by_emotion, strict=True) for prompt in prompts]
    captured = prompt_states.capture(model, texts, batch_tokens, components=components)
    shape = (len(chosen), len(EMOTIONS))
    files.write_tensors(
        {name: tensor.unflatten(0, shape) for name, tensor in captured.items()},
        states,
        model_sha256=model.sha256,
        events_sha256=file_digests([events], events.parent)[events.name],
        **prompt_states.facts_of(chosen, list(EMOTIONS)),
    )


if __name__ == "__main__":
    step.run(main, snakemake)
