"""The steps on directions, from stored states to evidence, with the names of the registered parts."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from safetensors import safe_open
from safetensors.torch import save_file

from emotion_vectors.acts.responses import compared_contexts, contrasts_of
from emotion_vectors.circuits import prompt_states
from emotion_vectors.claims import registry
from emotion_vectors.overlap import conduct
from emotion_vectors.stimuli.acts.table import load_acts
from emotion_vectors.stimuli.events import EMOTIONS, VALENCES, Event
from emotion_vectors.stimuli.tables import load_emotions
from steps.circuits import compute_directions, evaluate_directions
from steps.overlap import compare_conduct, compare_methods, compare_texts
from tests.random_tensors import random

ROOT = Path(__file__).resolve().parents[3]
LAYERS, WIDTH, TOPICS = 5, 24, 6
NORMS = ROOT / "workflow/norms/warriner2013.csv"
DRAWS = {"shuffles": 40, "bootstraps": 60, "seed": 1}


TRUTH = random(6, LAYERS, WIDTH, seed=77)


def write_states(path, scenarios, seed):
    events = [Event(f"s{seed}-{n}", "work", valence, "x") for n in range(scenarios) for valence in VALENCES]
    count = len(events)
    scene = 5 * random(count, 1, 2, LAYERS, WIDTH, seed=seed)
    tensors = {
        "residual": scene + 2 * TRUTH[:, None] + random(count, 6, 2, LAYERS, WIDTH, seed=seed + 1),
        "neurons": random(count, 6, LAYERS, 7, seed=seed + 2),
        "heads": random(count, 6, LAYERS, 8, seed=seed + 3),
    }
    facts = prompt_states.facts_of(events, list(EMOTIONS))
    save_file(tensors, path, metadata={**facts, "model_sha256": "0" * 64, "events_sha256": "1" * 64})
    return events


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Files of a small study in which both methods see the same emotions; of two events one reply each was refused."""
    folder = tmp_path_factory.mktemp("study")
    events = write_states(folder / "fit.safetensors", 8, seed=10)
    write_states(folder / "held_out.safetensors", 6, seed=20)
    refused = {(events[1].name, "fear"), (events[5].name, "anger")}
    rows = [(event.name, emotion, (event.name, emotion) not in refused) for event in events for emotion in EMOTIONS]
    pd.DataFrame(rows, columns=["event", "emotion", "accepted"]).to_parquet(folder / "prompted.parquet")
    compute_directions.main(
        folder / "fit.safetensors", folder / "prompted.parquet", folder / "directions.safetensors",
        folder / "groups.parquet", least=4, placebo=None,
    )  # fmt: skip
    write_stories(folder)
    return folder


def write_stories(folder):
    emotions = load_emotions(NORMS)
    means = random(len(emotions), LAYERS, WIDTH, seed=30)
    for place, name in enumerate(EMOTIONS.values()):
        means[emotions.index(name)] = 2 * TRUTH[place]
    late = (means + random(TOPICS, len(emotions), LAYERS, WIDTH, seed=31)).flatten(0, 1)
    names = [f"t{topic}-{emotion}" for topic in range(TOPICS) for emotion in emotions]
    facts = {"story_ids": json.dumps(names), "model_sha256": "0", "stories_sha256": "0"}
    tensors = {"late": late, "early": late + 0, "embedding": late[:, 0] + 0, "norms": torch.ones(LAYERS)}
    save_file(
        {name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "stories.safetensors", metadata=facts
    )
    basis = torch.linalg.qr(random(WIDTH, 1, seed=32)).Q.T.contiguous()
    save_file({f"{layer:02d}": basis.clone() for layer in range(LAYERS)}, folder / "neutral.safetensors")
    labels = [
        (name, topic, emotion)
        for name, (topic, emotion) in zip(names, [(t, e) for t in range(TOPICS) for e in emotions], strict=True)
    ]
    pd.DataFrame(labels, columns=["story_id", "topic", "emotion"]).to_parquet(folder / "stories.parquet")
    metadata = {"emotions": json.dumps(emotions)}
    save_file(
        {"vectors": means - means.mean(0), "norms": torch.ones(LAYERS)},
        folder / "vectors.safetensors",
        metadata=metadata,
    )


def outputs(folder, *names):
    return [folder / f"{name}.parquet" for name in names]


def evaluate(study, folder, placebo=None):
    evaluate_directions.main(
        study / "fit.safetensors", study / "held_out.safetensors", study / "directions.safetensors",
        *outputs(folder, "accuracy", "cosines", "evidence"), placebo=placebo, **DRAWS,
    )  # fmt: skip
    return evidence_of(folder / "evidence.parquet")


def parts_of(*names):
    registered = registry.load(
        [ROOT / f"workflow/claims/{name}.yaml" for name in ("wang-2025", "overlap", "conduct")],
        ROOT / "workflow/schemas/claim.schema.yaml",
    )
    return {(name, part["name"]) for name in names for part in registered[name]["parts"]}


def evidence_of(path):
    found = pd.read_parquet(path)
    assert np.isfinite(found[["estimate", "low", "high", "null_percentile"]]).all(axis=None)
    return found.set_index(["claim", "part"])


def test_directions_say_how_many_groups_they_are_made_of(study):
    with safe_open(study / "directions.safetensors", framework="pt") as file:
        facts = file.metadata()
        names = file.keys()
        assert {name: list(file.get_tensor(name).shape) for name in names} == {
            "directions": [6, 2, LAYERS, WIDTH], "unfiltered": [6, 2, LAYERS, WIDTH], "halves": [2, 6, 2, LAYERS, WIDTH],
            "neuron_differences": [6, LAYERS, 7], "head_differences": [6, LAYERS, 8], "norms": [2, LAYERS],
        }  # fmt: skip
    assert (facts["groups_used"], facts["share_kept"]) == ("kept", f"{22 / 24:.4f}")
    assert len(json.loads(facts["used"])) == len(json.loads(facts["kept"])) == 22


def test_groups_are_listed_with_those_that_were_refused(study):
    groups = pd.read_parquet(study / "groups.parquet")
    assert list(groups.columns) == ["event", "kept", "used"]
    assert groups.index[~groups["kept"]].tolist() == groups.index[~groups["used"]].tolist() == [1, 5]


def test_evidence_on_directions(study, tmp_path):
    found = evaluate(study, tmp_path)
    assert set(found.index) == parts_of("W01", "W10")
    assert found.loc[("W01", "held-out accuracy"), "estimate"] > 0.5
    assert set(found.loc["W10", "reference"]) == {-0.2}
    assert len(pd.read_parquet(tmp_path / "accuracy.parquet")) == 2 * 2 * LAYERS
    assert len(pd.read_parquet(tmp_path / "cosines.parquet")) == 2 * LAYERS * 15


def test_with_permuted_labels_nothing_is_left(study, tmp_path):
    found = evaluate(study, tmp_path, placebo=7)
    assert found.loc[("W01", "held-out accuracy"), "estimate"] == pytest.approx(1 / 6, abs=0.12)


def test_evidence_on_both_methods(study, tmp_path):
    compare_methods.main(
        study / "stories.safetensors", study / "neutral.safetensors", study / "stories.parquet", NORMS,
        study / "fit.safetensors", study / "held_out.safetensors", study / "directions.safetensors",
        *outputs(tmp_path, "similarity", "angles", "decoding", "evidence"),
        depth=0.6667, depth_resamples=20, placebo=None, **DRAWS,
    )  # fmt: skip
    found = evidence_of(tmp_path / "evidence.parquet")
    assert set(found.index) == parts_of("O01", "O02", "O03")
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
        facts = {"scenarios": list("abcd"), "hands": ["first"] * 4, "contexts": contexts, "pairs": pairs}
        made.append(folder / f"{items}.safetensors")
        save_file({"gradients": values}, made[-1], metadata={name: json.dumps(value) for name, value in facts.items()})
    gate = {
        "readout": "acts",
        "quantity": "order",
        "value": 0.0,
        "low": 0.0,
        "high": 0.0,
        "n": 4,
        "limit": "at least 1",
    }
    gates = [{"behaviour": name, **gate, "passed": name != "act_blackmail"} for name in acts]
    pd.DataFrame(gates).to_parquet(folder / "gates.parquet")
    return made, folder / "gates.parquet"


def test_evidence_on_conduct(study, tmp_path):
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
        ROOT / "workflow/experiments.tsv", ROOT / "workflow/schemas/experiment.schema.yaml", files,
        study / "vectors.safetensors", study / "fit.safetensors", study / "directions.safetensors", *act_table, act_files, gates,
        *outputs(tmp_path, "slopes", "evidence"), sets=sets, depth=0.6667, placebo=None, **DRAWS,
    )  # fmt: skip
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
    compare_texts.main(ROOT / "workflow/claims/textual_overlap.tsv", tmp_path / "evidence.parquet")
    (row,) = pd.read_parquet(tmp_path / "evidence.parquet").to_dict("records")
    assert (row["claim"], row["part"]) == ("O07", "same or similar")
    assert "neither null nor interval" in row["guard"]


def test_settings_of_the_circuits_are_those_the_rules_ask_for():
    settings = yaml.safe_load((ROOT / "workflow/config/config.yaml").read_text())["circuits"]
    assert settings["least_groups"] <= 3 * settings["scenarios"]["fit"]
