"""Replies under the vectors whose rates claims ask for, and under null directions, where the gate of generation was passed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.claims import registry
from emotion_vectors.conduct import directions, doses, gates
from emotion_vectors.models import language_model
from emotion_vectors.replies import rates, sampled
from emotion_vectors.replies.steering import steering_of
from emotion_vectors.stimuli import experiments, situations


def main(
    claims: list[Path],
    claim_schema: Path,
    scenarios: Path,
    generation: Path,
    weights: Path,
    vectors: Path,
    shuffled_main: Path,
    transcript: Path,
    *,
    behaviour: str,
    row: Mapping[str, Any],
    rows: list[Mapping[str, Any]],
    partial: str,
    depth: float,
    settings: Mapping[str, Any],
    nulls: int,
    code_sha256: str,
    seed: int,
) -> None:
    on_set = experiments.of_rows(rows)
    parts = rates.asked_of(registry.load(claims, claim_schema), on_set)
    closed = gates.closed(files.read_table(generation).to_dict("records"))
    lines: list[str] = []
    if parts and not closed:
        answered = sampled.sampled_items(situations.load_items(scenarios), on_set, behaviour)
        chosen = doses.some_situations(answered, settings["situations"])
        known = directions.load(vectors, shuffled_main, depth)
        drawn = known.nulls(nulls, seed)
        steering = steering_of(known, rates.conditions(parts, drawn), drawn)
        model = language_model.load(weights, **row)
        sampler = sampled.Sampler(model, sampled.sampling_of(settings), code_sha256, steering)
        lines = sampled.sample(sampler, behaviour, chosen, settings["samples"], seed, partial)
    files.write_json_lines(lines, transcript, closed=closed)
    Path(partial).unlink(missing_ok=True)


if __name__ == "__main__":
    step.run(main, snakemake)
