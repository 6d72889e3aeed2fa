"""What neutral text and two-choice questions lose without the emotion subspace, and without random ones (S01)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct.doses import evenly_spaced
from emotion_vectors.engine.capture import token_moments
from emotion_vectors.models import language_model, layers, tokens
from emotion_vectors.removal import costs, gate, questions, subspaces
from emotion_vectors.removal.questions import PLAIN, RemovalPlan
from emotion_vectors.stimuli.files import read_json_lines
from emotion_vectors.stimuli.function.capability import load_two_choice_items
from emotion_vectors.vectors import emotion_vectors, story_cells


def main(
    capability: Path,
    passages: Path,
    weights: Path,
    activations: Path,
    neutral: Path,
    stories: Path,
    vectors: Path,
    shuffled_all: Path,
    falls: Path,
    answers: Path,
    first_order: Path,
    *,
    row: Mapping[str, Any],
    depth: float,
    plan: RemovalPlan,
    batch_tokens: int,
    seed: int,
) -> None:
    known = emotion_vectors.load(vectors)
    cells = story_cells.load(activations, neutral, stories, known.emotions)
    sources = subspaces.DrawnFrom(cells, emotion_vectors.load_shuffled(shuffled_all))
    model = language_model.load(weights, **row)
    prose = evenly_spaced([record.text for record in read_json_lines(passages)], plan.passages)
    texts = [tokens.encode(model.tokenizer, text) for text in prose]
    every = load_two_choice_items(capability)
    answered = [costs.plain_items(model, capability, questions.some(every, plan.items), PLAIN)]
    removed = questions.some(questions.some(every, plan.items), plan.removed_items)
    packed = [questions.both_orders(model, capability, item, PLAIN) for item in removed]

    read = [*texts, *map(questions.text_of, packed)]
    moments = token_moments(model, read, batch_tokens)
    basis = subspaces.emotion_subspace(known.values, plan.components)
    drawn = subspaces.Drawn.beside(basis, sources, moments, plan.subspaces, seed)
    reach = costs.caps(model, read, basis, moments.means, plan.kept_percentiles)
    conditions = costs.Removals.of(drawn, moments, reach, layers.main_layer(model.layers, depth))
    files.write_table(costs.of_passages(model, texts, conditions, batch_tokens), falls)
    if gate.passed(answered[0], plan.accuracy):
        answered += costs.of_items(model, list(zip(removed, packed, strict=True)), conditions, batch_tokens)
    files.write_table(pd.concat(answered, ignore_index=True), answers)
    further = drawn
    if plan.first_order != plan.subspaces:
        further = subspaces.Drawn.beside(basis, sources, moments, plan.first_order, seed)
    of_texts = costs.first_order_moments(model, texts, moments.means)
    held = float(subspaces.share_held(known.values, basis).mean())
    files.write_table(costs.first_order_costs(of_texts, further).assign(emotion_share_held=held), first_order)


if __name__ == "__main__":
    step.run(main, snakemake)
