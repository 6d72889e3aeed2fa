"""Log-odds of acts whose gates are open under finite strengths of emotion vectors and of null directions, main layer (A20b, A21b)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from emotion_vectors.acts import conditions, evidence, finite
from emotion_vectors.acts.slopes import StoryDirections
from emotion_vectors.artefacts import files, step
from emotion_vectors.conduct import directions
from emotion_vectors.conduct.doses import Doses
from emotion_vectors.engine import prompts
from emotion_vectors.models import language_model
from emotion_vectors.statistics import random_directions
from emotion_vectors.stimuli.acts import items as act_items
from emotion_vectors.stimuli.acts.table import FIRST, Act
from emotion_vectors.vectors import story_cells


def main(
    first: Path,
    weights: Path,
    activations: Path,
    neutral: Path,
    stories: Path,
    vectors: Path,
    shuffled_main: Path,
    gates: Path,
    steered: Path,
    *,
    row: Mapping[str, Any],
    rows: list[Mapping[str, Any]],
    emotions: Mapping[str, list[str]],
    depth: float,
    at_most: int,
    strengths: list[float],
    nulls: int,
    batch_tokens: int,
    seed: int,
) -> None:
    known, gates_of_acts = directions.load(vectors, shuffled_main, depth), files.read_table(gates)
    # Behind a closed gate a finite strength would say nothing, and most of this step's time goes into null directions.
    open_acts = [act for act in (Act(**named) for named in rows) if not evidence.closed_gates(gates_of_acts, act)]
    tables: list[pd.DataFrame] = []
    if open_acts:
        cells = story_cells.load(activations, neutral, stories, known.names)
        gaussian = random_directions.gaussian((nulls, cells.shape[-1]), seed)
        at_main = StoryDirections.at_main(known, cells, gaussian)
        drawn = finite.some_nulls(at_main, nulls, seed)
        names = {kind: list(of_kind) for kind, of_kind in drawn.items()}
        scenes = [*conditions.scenes(act_items.some_scenarios(act_items.load_act_items({FIRST: first}), at_most))]
        model = language_model.load(weights, **row)
    for act in open_acts:
        planned = finite.plan(emotions[act.name], names, strengths)
        added = Doses(known.main, finite.additions(planned, at_main, drawn), batch_tokens)
        for scene in tqdm(scenes, desc=f"{model.name} {act.name}", unit="scene", mininterval=5):
            for context in (act.acted, act.control):
                item = scene[context]
                change = finite.change(model, item, prompts.encode(model, item), act, added)
                facts = {"experiment": act.name, "scenario": item.scenario, "context": context}
                tables.append(planned.assign(**facts, delta_logodds_nats=change.double().numpy()))
    files.write_table(finite.joined(tables), steered, layer=known.main)


if __name__ == "__main__":
    step.run(main, snakemake)
