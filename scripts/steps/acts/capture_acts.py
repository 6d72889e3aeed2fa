"""Short replies of a set of acts: log-probabilities in every condition, readings, gradients in compared contexts, lexical controls."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch.nn.utils.rnn import pad_sequence
from tqdm import tqdm

from emotion_vectors.acts import conditions, responses
from emotion_vectors.artefacts import files, step
from emotion_vectors.controls import reading
from emotion_vectors.engine import prompts
from emotion_vectors.models import language_model
from emotion_vectors.models.layers import main_layer
from emotion_vectors.stimuli.acts import items as act_items
from emotion_vectors.stimuli.acts.table import FIRST, SECOND, Act


def main(
    first: Path,
    second: Path,
    orders: Path,
    feelings: Path,
    weights: Path,
    replies: Path,
    gradients: Path,
    *,
    behaviour: str,
    row: Mapping[str, Any],
    rows: list[Mapping[str, Any]],
    depth: float,
    at_most: int,
    told_situations: int,
    told_wordings: int,
    told_acts: list[str],
    batch_tokens: int,
) -> None:
    on_set = [Act(**act) for act in rows]
    ordered, told = conditions.load_orders(orders), conditions.load_feelings(feelings)
    framings = conditions.with_orders(on_set, ordered)
    of_feelings = conditions.with_feelings([act for act in on_set if act.name in told_acts], told, told_wordings)
    items = act_items.load_act_items({FIRST: first, SECOND: second})
    scenes = [*conditions.scenes(act_items.some_scenarios(items, at_most))]
    with_feelings = {item.scenario for item in act_items.some_scenarios(items, told_situations)}
    model = language_model.load(weights, **row)

    tables: list[pd.DataFrame] = []
    readings, slopes, words, controls = [], [], [], []
    main = main_layer(model.layers, depth)
    for scene in tqdm(scenes, desc=f"{model.name} {behaviour}", unit="scene", mininterval=5):
        table, in_contexts = reading.read_in_contexts(model, scene, on_set, main, batch_tokens)
        tables.append(table)
        readings.append(torch.stack([response.reading for response in in_contexts.values()]))
        compared = responses.compared_contexts(on_set)
        slopes.append(torch.stack([in_contexts[context].gradients for context in compared]))
        plain = next(iter(scene.values()))
        words.append(reading.word_directions(model, prompts.encode(model, plain)))
        if plain.group == FIRST:
            controls.append(torch.stack([in_contexts[context].at_one_layer for context in compared]))
        # The second hand is reported apart, by its slopes alone: the gates are those of the first.
        asked = framings if plain.group == FIRST else []
        asked = asked + of_feelings if asked and plain.scenario in with_feelings else asked
        framed = [conditions.put(scene[framing.context], framing, ordered, told) for framing in asked]
        tables += reading.read_framed(model, framed, asked, batch_tokens)
    files.write_table(pd.concat(tables, ignore_index=True), replies)
    tensors = {"gradients": torch.stack(slopes), "readings": torch.stack(readings), "controls": torch.stack(controls)}
    tensors["words"] = pad_sequence(words, batch_first=True)
    files.write_tensors(tensors, gradients, model_sha256=model.sha256, **responses.facts_of(scenes, on_set))


if __name__ == "__main__":
    step.run(main, snakemake)
