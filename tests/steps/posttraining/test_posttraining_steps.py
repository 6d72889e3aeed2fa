"""A tiny model and one that is its copy but for what its last block writes, read on the prompts of the study."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import torch

from emotion_vectors.artefacts import files
from emotion_vectors.claims.evidence import unmark
from emotion_vectors.models import language_model
from emotion_vectors.posttraining.evidence import NAMED, SAME
from emotion_vectors.stimuli.tables import load_norms
from steps.posttraining import compare_posttraining, read_prompts
from tests.random_tensors import random

ROOT = Path(__file__).resolve().parents[3]
PROMPTS, NORMS = ROOT / "workflow/stimuli/prompts/prompts.jsonl", ROOT / "workflow/norms/warriner2013.csv"
ROW = {"template": "chat", "dtype": "float32", "date": "2026-11-21"}
OPTIONS = {"pairs": [("large", "large-base")], "depth": 1.0, "bootstraps": 100, "shuffles": 100, "seed": 1}
MADE = ("states", "vectors", "shuffled_main")


@pytest.fixture(scope="module")
def pair(make_model, tmp_path_factory):
    """Files of the tuned model and of its base: the tuned one writes the emotions that are said to rise, whatever it is asked."""
    folder, emotions = tmp_path_factory.mktemp("posttraining"), load_norms(NORMS)["emotion"].tolist()
    models = {"tuned": make_model("llama"), "base": make_model("llama")}
    width, layers = models["base"].width, models["base"].layers
    values = random(len(emotions), layers, width)
    risen = [emotions.index(emotion) for emotion in NAMED["brooding, gloomy, reflective rise"]]
    towards = values[risen, -1].sum(0)

    def write(_module, _inputs, output):
        return output + 3 * towards / towards.norm()

    models["tuned"].blocks[-1].register_forward_hook(write)
    asked = []
    for name, model in models.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(language_model, "load", lambda _folder, model=model, **row: asked.append(row) or model)
            read_prompts.main(PROMPTS, folder, folder / f"{name}_states.safetensors", row=ROW, batch_tokens=2000)
        vectors = {"vectors": values, "norms": torch.full((layers,), 2.0)}
        files.write_tensors(vectors, folder / f"{name}_vectors.safetensors", emotions=json.dumps(emotions))
        shuffled = {"vectors": random(110, len(emotions), 1, width, seed=4)}
        files.write_tensors(shuffled, folder / f"{name}_shuffled_main.safetensors")
    assert {row["template"] for row in asked} == {"plain"}
    return folder


def compared(folder: Path, files_of: dict[str, list[Path]], **said) -> pd.DataFrame:
    compare_posttraining.main(
        *files_of.values(), folder / "emotions.parquet", folder / "evidence.parquet", **OPTIONS, **said
    )
    return unmark(files.read_table(folder / "evidence.parquet")).set_index("part")


def test_what_the_tuned_model_writes_is_seen_on_both_sets(pair):
    made = {kind: [pair / f"{name}_{kind}.safetensors" for name in ("tuned", "base")] for kind in MADE}
    table = compared(pair, made, model="tuned", base="base")
    assert [*table.index] == [SAME, *NAMED]
    assert table.loc[SAME, "estimate"] > 0.99
    assert table.loc[SAME, "n"] == 48
    rise = table.loc["brooding, gloomy, reflective rise"]
    assert rise["low"] > 1
    assert rise["null_percentile"] > 95
    assert rise["n"] == 120
    shifts = files.read_table(pair / "emotions.parquet").set_index("emotion")["shift_sd"]
    assert {*shifts.nlargest(3).index} == {*NAMED["brooding, gloomy, reflective rise"]}


def test_without_a_base_in_the_study_the_rows_that_would_test_it_are_named(tmp_path):
    table = compared(tmp_path, {kind: [] for kind in MADE}, model="small", base="")
    assert [*table.index] == [SAME, *NAMED]
    assert {*table["guard"]} == {
        "small: its row names no base model; of workflow/models.tsv would test it: large beside large-base"
    }
    assert files.read_table(tmp_path / "emotions.parquet").empty
