"""Readings of emotion vectors on the training scenes of organisms, on the model before it is tuned: motives must not tell them apart."""

from pathlib import Path
from typing import Any

from emotion_vectors.acts.sensitivity import GateDraws
from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import directions
from emotion_vectors.conduct import gates as conduct_gates
from emotion_vectors.models import language_model
from emotion_vectors.organisms import probe
from emotion_vectors.statistics.resampling import evenly_spaced
from emotion_vectors.stimuli.acts.motives import TRAINING, load_characters, load_scenes


def main(
    weights: Path,
    scenes: list[Path],
    characters: list[Path],
    vectors: Path,
    shuffled_main: Path,
    table: Path,
    *,
    row: dict[str, Any],
    depth: float,
    probed: int,
    batch_tokens: int,
    bootstraps: int,
    seed: int,
) -> None:
    known, draws = directions.load(vectors, shuffled_main, depth), GateDraws(bootstraps, seed)
    model = language_model.load(weights, **row)
    rows = []
    for of_scenes, of_characters in zip(scenes, characters, strict=True):
        every, told = load_scenes(of_scenes), load_characters(of_characters)[TRAINING]
        chosen = [every[number] for number in evenly_spaced(len(every), probed)]
        sides = probe.differences(model, chosen, told, known.main, batch_tokens, seed)
        rows += probe.gates(of_scenes.stem, sides, known, draws)
    files.write_table(conduct_gates.table(rows), table)


if __name__ == "__main__":
    step.run(main, snakemake)
