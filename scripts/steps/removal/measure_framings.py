"""Questions after emotional and flat words: right answers, readings, and the effect without the emotion subspace (S02, S03)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import directions
from emotion_vectors.conduct.doses import evenly_spaced
from emotion_vectors.models import language_model
from emotion_vectors.removal import framed_tables, framings, gate
from emotion_vectors.removal.questions import RemovalPlan
from emotion_vectors.stimuli.function.capability import load_two_choice_items
from emotion_vectors.stimuli.function.framings import load_framings
from emotion_vectors.vectors import story_cells


def main(
    capability: Path,
    framing_words: Path,
    answers: Path,
    weights: Path,
    activations: Path,
    neutral: Path,
    stories: Path,
    vectors: Path,
    shuffled_main: Path,
    framed: Path,
    nulls: Path,
    *,
    row: Mapping[str, Any],
    depth: float,
    plan: RemovalPlan,
    batch_tokens: int,
    seed: int,
) -> None:
    tables = framed_tables.EMPTY
    if gate.passed(files.read_table(answers), plan.accuracy):
        known = directions.load(vectors, shuffled_main, depth)
        cells = story_cells.load(activations, neutral, stories, known.names)[:, :, known.main]
        words = {words.name: words for words in load_framings(framing_words)}
        chosen = [words[name] for name in evenly_spaced(list(words), plan.framings)]
        asked, rest = framed_tables.split_items(load_two_choice_items(capability), plan)
        model = language_model.load(weights, **row)
        trial = [framings.frames(model, capability, item, words)[:2] for item in rest for words in chosen]

        moments = framings.difference_moments(model, trial, known.main)
        clamps = framed_tables.clamps(known, moments, plan, seed)
        of_items = [clamps] * plan.clamped_items + [clamps.without_run] * (len(asked) - plan.clamped_items)
        answered = framed_tables.ask(model, capability, (asked, chosen), of_items, batch_tokens)
        tables = framed_tables.tables(answered, (asked, chosen), known, cells, seed)
    files.write_table(tables[0], framed)
    files.write_table(tables[1], nulls)


if __name__ == "__main__":
    step.run(main, snakemake)
