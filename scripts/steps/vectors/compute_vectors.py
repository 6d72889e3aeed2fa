"""Emotion vectors: mean story activation minus the mean over emotions, neutral components projected out (section 1.1 of A)."""

import json
from pathlib import Path

from emotion_vectors.artefacts import files, step
from emotion_vectors.stimuli import tables
from emotion_vectors.vectors import emotion_vectors, story_cells


def main(activations: Path, neutral: Path, stories: Path, norms: Path, vectors: Path) -> None:
    emotions, measured = tables.load_emotions(norms), story_cells.load_activations(activations)
    bases = emotion_vectors.load_bases(neutral)
    cells = story_cells.cells_of(measured, files.read_table(stories), emotions, bases)
    tensors = {"vectors": emotion_vectors.from_cells(cells), "norms": measured.norms}
    facts = {"emotions": json.dumps(emotions), "layer_convention": emotion_vectors.LAYER_CONVENTION}
    files.write_tensors(tensors, vectors, **facts, **measured.sha256)


if __name__ == "__main__":
    step.run(main, snakemake)
