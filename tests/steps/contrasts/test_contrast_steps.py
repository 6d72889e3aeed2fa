"""From captured prompts to evidence by contrasts, on a tiny model of which three heads are made to write far more than the others."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from safetensors import safe_open
from safetensors.torch import save_file

from emotion_vectors.circuits import emotion_directions, prompt_states
from emotion_vectors.claims import judging
from emotion_vectors.models import language_model
from emotion_vectors.stimuli.events import EMOTIONS
from steps.circuits import capture_prompts
from steps.contrasts import contrast_components, evaluate_wordings
from tests.steps.components import PLACES, write_events

ROOT = Path(__file__).resolve().parents[3]
ROW = {"template": "chat", "dtype": "float32", "date": "2026-11-21"}
CLAIMS = {claim["id"]: claim for claim in yaml.safe_load((ROOT / "workflow/claims/contrasts.yaml").read_text())}
ORDERS = ROOT / "workflow/stimuli/orders/orders.yaml"
EVENT_PLACES = (*PLACES, "market", "harbour")
HEADS = 32
"""In a layer: so many that four of those which write towards a direction are few."""
LOUD = {(0, 1), (0, 6), (1, 3)}
"""Layer and number of the heads that write what differs between prompts many times as strongly."""


@pytest.fixture(scope="module")
def loud_model(make_model):
    """A model in which the output of three heads is multiplied."""
    model = make_model("llama", num_attention_heads=HEADS, num_key_value_heads=HEADS // 2, head_dim=4)
    with torch.no_grad():
        for layer, head in LOUD:
            weight = model.attention_output(layer).weight
            size = weight.shape[1] // HEADS
            weight[:, head * size : (head + 1) * size] *= 16
    return model


@pytest.fixture(scope="module")
def study(tmp_path_factory, loud_model):
    folder, model = tmp_path_factory.mktemp("contrasts"), loud_model
    events = write_events(folder, EVENT_PLACES)
    story = torch.randn(6, model.layers, model.width, generator=torch.Generator().manual_seed(0))
    save_file(
        {"vectors": story, "norms": torch.ones(model.layers)},
        folder / "vectors.safetensors",
        metadata={"emotions": json.dumps(list(EMOTIONS.values()))},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_model, "load", lambda *_arguments, **_keywords: model)
        for name, orders, components in (("fit", [], True), ("wordings", [ORDERS], False)):
            capture_prompts.main(
                events,
                orders,
                folder,
                folder / f"{name}.safetensors",
                row=ROW,
                scenarios=len(EVENT_PLACES),
                components=components,
                batch_tokens=2000,
            )
    states = prompt_states.load(folder / "fit.safetensors")
    known = emotion_directions.compute(states, [True] * len(states.events), least=4)
    emotion_directions.save(known, folder / "directions.safetensors")
    return folder


def contrasted(study: Path, folder: Path, model, placebo: int | None = None) -> pd.DataFrame:
    """Evidence by claim and part; the loudest heads lie beside it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language_model, "load", lambda *_arguments, **_keywords: model)
        contrast_components.main(
            study / "fit.safetensors",
            study / "directions.safetensors",
            study / "vectors.safetensors",
            study,
            folder / "contrasts.parquet",
            folder / "heads.parquet",
            folder / "evidence.parquet",
            row=ROW,
            depth=0.6667,
            permutations=40,
            resamples=30,
            placebo=placebo,
            seed=1,
        )
    return pd.read_parquet(folder / "evidence.parquet").set_index(["claim", "part"])


def verdict(rows: pd.DataFrame, claim: str, part: str) -> str:
    rule = next(each for each in CLAIMS[claim]["parts"] if each["name"] == part)
    return judging.verdict_on(CLAIMS[claim], rule, rows.loc[(claim, part)].to_dict()).verdict


@pytest.fixture(scope="module")
def found(study, loud_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("true")
    return contrasted(study, folder, loud_model), folder


def test_every_part_has_its_evidence(found):
    claims = ("W04b", "W05b", "W06b", "W09b", "O06b")
    assert {*found[0].index} == {(claim, part["name"]) for claim in claims for part in CLAIMS[claim]["parts"]}
    assert {verdict(found[0], *index) for index in found[0].index} <= {*judging.VERDICTS}


def test_the_heads_that_write_the_contrast_are_named(found):
    heads = pd.read_parquet(found[1] / "heads.parquet")
    assert {*heads.groupby(["layer", "part"])["contrast"].sum().nlargest(len(LOUD)).index} == LOUD
    assert verdict(found[0], "W05b", "share of the top ten") == judging.REPLICATED
    assert verdict(found[0], "W05b", "top 4 minus random 4") == judging.REPLICATED


def test_tables_are_by_layer(found, loud_model):
    table = pd.read_parquet(found[1] / "contrasts.parquet")
    assert list(table.columns) == ["layer", "top", "towards", "random", "null_95", "kind"]
    assert table.groupby("kind").size().to_dict() == {"heads": loud_model.layers, "neurons": loud_model.layers}
    heads = table[table["kind"] == "heads"].set_index("layer")
    assert heads.loc[[0, 1], "top"].min() > heads.loc[[2, 3], "top"].max()


def test_permuted_labels_are_replicated_no_more_often_than_the_rules_allow(study, tmp_path, loud_model):
    """One permutation may pass a rule by chance; over many the share is that of a test at five percent."""
    judged = []
    for seed in range(40):
        rows = contrasted(study, tmp_path, loud_model, placebo=seed)
        judged.append([verdict(rows, *index) == judging.REPLICATED for index in rows.index])
    share = pd.DataFrame(judged).mean()
    assert share.mean() <= 0.05
    assert share.max() <= 0.15


def test_states_under_other_orders_are_of_neutral_events(study):
    with safe_open(study / "wordings.safetensors", framework="pt") as file:
        facts, shape = file.metadata(), file.get_slice("residual").get_shape()
    assert {name.rsplit("-")[-1] for name in json.loads(facts["events"])} == {"neutral"}
    labels = json.loads(facts["emotions"])
    assert len(labels) == shape[1] == 30
    assert labels[0] == "emotions synonym anger"


def test_wordings_are_tested_apart_and_together(study, tmp_path):
    evaluate_wordings.main(
        study / "fit.safetensors",
        study / "wordings.safetensors",
        study / "directions.safetensors",
        ORDERS,
        tmp_path / "accuracy.parquet",
        tmp_path / "evidence.parquet",
        placebo=None,
        bootstraps=60,
        shuffles=40,
        seed=1,
    )
    rows = pd.read_parquet(tmp_path / "evidence.parquet").set_index("part")
    assert [*rows.index] == [part["name"] for part in CLAIMS["W01b"]["parts"]]
    assert rows["reference"].unique() == pytest.approx(1 / 6)
    together, *single = rows["estimate"]
    assert together == pytest.approx(np.mean(single))
    assert "six voices without emotion" in rows.loc["three other wordings", "beside"]
    assert len(pd.read_parquet(tmp_path / "accuracy.parquet")) == 4 * 4
