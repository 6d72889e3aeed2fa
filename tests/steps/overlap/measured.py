"""Stored gradients of behaviours and acts along a planted direction, as the steps that measured them would have left them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import torch
from safetensors.torch import save_file

from emotion_vectors.acts.responses import compared_contexts, contrasts_of
from emotion_vectors.overlap import conduct
from emotion_vectors.stimuli.acts.table import Act
from tests.random_tensors import random
from tests.steps.prompted import LAYERS, ROOT, TRUTH, WIDTH

PLANTED = 2 * TRUTH[0] - TRUTH[3]
"""Direction of every behaviour and act: [layer, d_model]."""


def experiments_of(*names: str) -> pd.DataFrame:
    """Rows of the table of experiments, on the sets of those that are named."""
    table = pd.read_csv(ROOT / "workflow/experiments.tsv", sep="\t", dtype=str).set_index("name", drop=False)
    return table[table["items"].isin({table.at[name, "items"] for name in names})]


def made_responses(folder: Path) -> list[Path]:
    """Gradients of every set of behaviours that both methods are compared on, in the order of their names."""
    experiments, files = experiments_of(*conduct.PARTS), []
    for items, rows in experiments.groupby("items"):
        variants = sorted({variant for text in rows["variants"] for variant in text.split()})
        places = [{"scenario": f"b{n}", "variant": variant, "group": "-"} for n in range(4) for variant in variants]
        pairs = [list(pair) for pair in dict.fromkeys(zip(rows["target"], rows["alternative"], strict=True))]
        gradients = PLANTED + random(len(places), len(pairs), LAYERS, WIDTH, seed=40)
        facts = {"places": places, "contrasts": pairs, "differentiated": list(range(len(places)))}
        files.append(folder / f"{items}.safetensors")
        tensors = {
            "log_odds": torch.zeros(len(places), len(pairs)),
            "readings": torch.zeros(len(places), LAYERS, WIDTH),
            "gradients": gradients,
        }
        save_file(tensors, files[-1], metadata={name: json.dumps(value) for name, value in facts.items()})
    return files


def made_acts(folder: Path, acts: Mapping[str, Act]) -> tuple[list[Path], Path]:
    """Gradients of every set of acts along a planted direction where the act is one, and gates of which one is closed."""
    folder.mkdir()
    made = []
    for items in {act.items for act in acts.values()}:
        rows = [act for act in acts.values() if act.items == items]
        contexts, pairs = compared_contexts(rows), contrasts_of(rows)
        values = random(4, len(contexts), 2 * len(pairs), LAYERS, WIDTH, seed=41)
        for context in {act.acted for act in rows}:
            values[:, contexts.index(context)] += PLANTED
        facts = {
            "scenarios": list("abcd"),
            "hands": ["first"] * 4,
            "contexts": contexts,
            "pairs": pairs,
            "controlled": [],
        }
        made.append(folder / f"{items}.safetensors")
        nothing = torch.zeros(len(values), 0, LAYERS, WIDTH)
        tensors = {"gradients": values, "words": nothing, "controls": nothing.clone()}
        save_file(tensors, made[-1], metadata={name: json.dumps(value) for name, value in facts.items()})
    measured = dict.fromkeys(("value", "low", "high"), 0.0)
    gate = {"readout": "acts", "quantity": "order", **measured, "n": 4, "limit": "at least 1"}
    gates = [{"behaviour": name, **gate, "passed": name != "act_blackmail"} for name in acts]
    pd.DataFrame(gates).to_parquet(folder / "gates.parquet")
    return made, folder / "gates.parquet"
