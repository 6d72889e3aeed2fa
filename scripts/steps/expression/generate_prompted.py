"""Replies of a model to the events to fit on, one in the voice of each of the six emotions."""

from collections.abc import Mapping
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.models import language_model
from emotion_vectors.replies import prompted, sampled
from emotion_vectors.stimuli.events import EMOTIONS, load_events, some_scenarios


def main(
    events: Path,
    weights: Path,
    transcript: Path,
    *,
    row: Mapping[str, str],
    partial: str,
    scenarios: int,
    new_tokens: int,
    memory_mib: float,
    code_sha256: str,
    seed: int,
) -> None:
    answered = some_scenarios(load_events(events), scenarios)
    items = prompted.prompted_items(answered, list(EMOTIONS))
    model, settings = language_model.load(weights, **row), prompted.settings_of(new_tokens, memory_mib)
    sampler = sampled.Sampler(model, sampled.sampling_of(settings), code_sha256)
    lines = sampled.sample(sampler, prompted.SET, items, settings["samples"], seed, partial)
    files.write_json_lines(lines, transcript, model_sha256=model.sha256)
    Path(partial).unlink(missing_ok=True)


if __name__ == "__main__":
    step.run(main, snakemake)
