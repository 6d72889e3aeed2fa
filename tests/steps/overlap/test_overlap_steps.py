"""The steps that hold both methods against each other, with the names of the registered parts."""

import json

import pandas as pd
import torch
from safetensors.torch import save_file

from emotion_vectors.acts.responses import compared_contexts, contrasts_of
from emotion_vectors.overlap import conduct
from emotion_vectors.stimuli.acts.table import load_acts
from steps.overlap import compare_conduct, compare_methods, compare_texts
from tests.random_tensors import random
from tests.steps.prompted import (
    DRAWS,
    LAYERS,
    NORMS,
    ROOT,
    TRUTH,
    WIDTH,
    evidence_of,
    of_instructions,
    parts_of,
    tables,
)


def test_evidence_on_both_methods(prompted, tmp_path):
    of_stories = (
        prompted / "stories.safetensors",
        prompted / "neutral.safetensors",
        prompted / "stories.parquet",
        NORMS,
    )
    compare_methods.main(
        *of_stories,
        *of_instructions(prompted),
        *tables(tmp_path, "similarity", "angles", "decoding", "evidence"),
        depth=0.6667,
        depth_resamples=20,
        placebo=None,
        **DRAWS,
    )
    found = evidence_of(tmp_path / "evidence.parquet")
    assert set(found.index) == parts_of("O01", "O02", "O03", "O01b", "O02b")
    within = found.loc[("O01b", "matched minus permuted within valence")]
    assert within["estimate"] > 0.5
    assert within["null_percentile"] == 100
    assert "rises most from layer" in within["beside"]
    assert found.loc[("O02b", "above permuted labels"), "null_percentile"] == 100
    assert found.loc[("O01", "matched cosine"), "estimate"] > 0.8
    assert found.loc[("O02", "above random subspaces"), "low"] > 0.2
    assert found.loc["O03", "estimate"].min() > 0.6
    assert len(pd.read_parquet(tmp_path / "angles.parquet")) == 5 * LAYERS
    assert set(pd.read_parquet(tmp_path / "decoding.parquet")["reading"]) == {part for _, part in parts_of("O03")}


def made_acts(folder, acts):
    """Gradients of every set of acts along a planted direction where the act is one, and gates of which one is closed."""
    folder.mkdir()
    made = []
    for items in {act.items for act in acts.values()}:
        rows = [act for act in acts.values() if act.items == items]
        contexts, pairs = compared_contexts(rows), contrasts_of(rows)
        values = random(4, len(contexts), 2 * len(pairs), LAYERS, WIDTH, seed=41)
        for context in {act.acted for act in rows}:
            values[:, contexts.index(context)] += 2 * TRUTH[0] - TRUTH[3]
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


def test_evidence_on_conduct(prompted, tmp_path):
    files = []
    experiments = pd.read_csv(ROOT / "workflow/experiments.tsv", sep="\t", dtype=str).set_index("name")
    sets = sorted({experiments.at[name, "items"] for name in conduct.PARTS})
    for items in sets:
        rows = experiments[experiments["items"] == items]
        variants = sorted({variant for text in rows["variants"] for variant in text.split()})
        places = [{"scenario": f"b{n}", "variant": variant, "group": "-"} for n in range(4) for variant in variants]
        pairs = [list(pair) for pair in dict.fromkeys(zip(rows["target"], rows["alternative"], strict=True))]
        gradients = 2 * TRUTH[0] - TRUTH[3] + random(len(places), len(pairs), LAYERS, WIDTH, seed=40)
        facts = {"places": places, "contrasts": pairs, "differentiated": list(range(len(places)))}
        files.append(tmp_path / f"{items}.safetensors")
        tensors = {
            "log_odds": torch.zeros(len(places), len(pairs)),
            "readings": torch.zeros(len(places), LAYERS, WIDTH),
            "gradients": gradients,
        }
        save_file(tensors, files[-1], metadata={name: json.dumps(value) for name, value in facts.items()})
    act_table = (ROOT / "workflow/acts.tsv", ROOT / "workflow/schemas/act.schema.yaml")
    act_files, gates = made_acts(tmp_path / "acts", load_acts(*act_table))
    compare_conduct.main(
        ROOT / "workflow/experiments.tsv",
        ROOT / "workflow/schemas/experiment.schema.yaml",
        files,
        *(prompted / f"{name}.safetensors" for name in ("vectors", "fit", "directions")),
        *act_table,
        act_files,
        gates,
        *tables(tmp_path, "slopes", "evidence"),
        sets=sets,
        depth=0.6667,
        placebo=None,
        **DRAWS,
    )
    found = evidence_of(tmp_path / "evidence.parquet")
    assert set(found.index) == parts_of("O05") | parts_of("O05b")
    assert set(found.index[found["guard"] != ""]) == {("O05b", "blackmail"), ("O05b", conduct.AGREEMENT)}
    assert found["beside"].str.startswith("percentile 100 in the Gaussian null").all()
    assert found.loc[("O05", "agreement with the story vectors"), "null_percentile"] > 95
    table = pd.read_parquet(tmp_path / "slopes.parquet")
    assert len(table) == (3 + 3) * 2 * 6
    anger = table[(table["emotion"] == "anger") & (table["experiment"] == "blackmail")]
    assert (anger["slope_nats"] > 0).all()


def test_the_reading_of_both_texts_is_not_judged(tmp_path):
    readings = (ROOT / f"workflow/claims/textual_overlap{suffix}.tsv" for suffix in ("", "_second"))
    compare_texts.main(*readings, tmp_path / "evidence.parquet", **DRAWS)
    row, _ = pd.read_parquet(tmp_path / "evidence.parquet").to_dict("records")
    assert (row["claim"], row["part"]) == ("O07", "same or similar")
    assert "neither null nor interval" in row["guard"]
