"""Causal importance of every attention and MLP sublayer for every emotion, and the depth of its peak (steps 9-10 of W; W07, W07b)."""

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import torch

from emotion_vectors.artefacts import files, step
from emotion_vectors.circuits import depths, emotion_directions, importance, peaks, prompt_states
from emotion_vectors.engine.prompts import of_events
from emotion_vectors.models import language_model, sublayers
from emotion_vectors.statistics.resampling import Draws, evenly_spaced
from emotion_vectors.stimuli.events import load_events


def main(
    states: Path,
    directions: Path,
    events: Path,
    weights: Path,
    importances: Path,
    by_reference: Path,
    peak_table: Path,
    finite: Path,
    evidence: Path,
    *,
    row: Mapping[str, str],
    prompts: int,
    finite_prompts: int,
    bootstraps: int,
    shuffles: int,
    permutations: int,
    placebo: int | None,
    seed: int,
) -> None:
    known = emotion_directions.load(directions)
    references, emotions = importance.references(known.directions), known.emotions
    used = [event for event in load_events(events) if event.name in set(known.used)]
    chosen = [used[number] for number in evenly_spaced(len(used), prompts)]
    model = language_model.load(weights, **row)
    sublayers.check_sublayers(model)
    texts, targets = of_events(model, chosen), torch.stack(list(references.values()))
    measured = importance.measure(model, texts, known.directions, targets, finite_prompts)
    means, names = measured.by_prompt.mean(0), list(references)
    lists = {"emotions": emotions, "references": names, "events": [event.name for event in chosen]}
    files.write_tensors(
        {"importance": measured.by_prompt[:, 0].mean(0), "by_reference": means, "by_prompt": measured.by_prompt},
        importances,
        model_sha256=model.sha256,
        **{name: json.dumps(values) for name, values in lists.items()},
    )
    files.write_table(importance.importance_table(means, names, emotions), by_reference)
    files.write_table(peaks.peak_table(means, names, emotions), peak_table)
    sizes = known.norms / model.width**0.5
    additions = importance.Additions(known.directions, references[depths.LATE], sizes)
    confirmed = importance.finite_table(model, texts[:finite_prompts], additions, measured.first_gradients, emotions)
    files.write_table(confirmed, finite)
    agree = f"finite doses and gradients correlate {confirmed['importance'].corr(confirmed['by_gradient']):.3f}"
    scenarios = [event.scenario for event in chosen]
    rows = peaks.peak_evidence(measured, references, scenarios, Draws(bootstraps, shuffles, seed), agree)
    streams = prompt_states.load(states, known.used, permuted=placebo).both_streams()
    draws = Draws(bootstraps, permutations, seed)
    rows.append(peaks.contrast_row(measured, references, streams, scenarios, draws))
    files.write_table(pd.DataFrame(rows), evidence)


if __name__ == "__main__":
    step.run(main, snakemake)
