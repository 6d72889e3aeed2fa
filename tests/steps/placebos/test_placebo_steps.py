"""A placebo run by a workflow of two rules, its verdicts kept and its folder deleted; many counted; one seed gives one set of verdicts."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emotion_vectors.artefacts import files, provenance
from emotion_vectors.claims import judging, registry
from emotion_vectors.placebos import runs
from steps.circuits import compute_directions, evaluate_directions
from steps.placebos import count_placebos, judge_placebo
from tests.steps.prompted import DRAWS, ROOT, of_instructions, tables

CLAIMS = sorted(ROOT.glob("workflow/claims/*.yaml"))
SCHEMA = ROOT / "workflow/schemas/claim.schema.yaml"
SNAKEFILE = """
rule label:
    output: config["folders"]["results"] + "/labels.txt"
    run:
        open(output[0], "w").write(f"seed {config['seeds']['placebo']} on {workflow.cores} cores")

rule judge:
    input: rules.label.output, "acts.safetensors"
    output: config["folders"]["results"] + "/claims.json"
    run:
        open(output[0], "w").write(open(input[0]).read())
"""
"""A workflow in the place of the study's own: labels, and verdicts on them that also need what the study has measured."""


def study_of(folder: Path) -> dict[str, Any]:
    """The folder of a study with that workflow, and its configuration."""
    (folder / "Snakefile").write_text(SNAKEFILE)
    profile = folder / runs.PROFILE
    profile.mkdir(parents=True)
    (profile / "config.yaml").write_text((ROOT / runs.PROFILE / "config.yaml").read_text())
    (folder / "acts.safetensors").touch()
    return {
        "models": ["one"],
        "published": [],
        "folders": {"activations": "results", "results": "results"},
        "stories": {"permuted_labels": False},
        "seeds": {"placebo": 7},
        "compute": {"precision": "auto", "device": "auto"},
    }


def judged(study: dict[str, Any], seed: int, threads: int = 1) -> Path:
    """The verdicts of a placebo of a study in the current folder, as its rule asks for them."""
    verdicts = Path(f"results/placebos/{seed}/claims.json")
    verdicts.parent.mkdir(parents=True, exist_ok=True)
    settings = runs.settings_of(study, seed, f"results/placebos/{seed}/study", "float32")
    with provenance.running(provenance.Run(rule="judge_placebo", config_sha256="0", threads=threads)):
        judge_placebo.main(verdicts, settings=settings)
    return verdicts


def test_a_placebo_keeps_its_verdicts_and_nothing_else(tmp_path, monkeypatch, caplog):
    study = study_of(tmp_path)
    monkeypatch.chdir(tmp_path)
    with caplog.at_level(logging.INFO):
        verdicts = judged(study, 9, threads=2)
    assert verdicts.read_text() == "seed 9 on 2 cores"
    assert [path.name for path in verdicts.parent.iterdir()] == ["claims.json"]
    assert "2 of 2 steps (100%) done" in caplog.text


def test_a_placebo_that_stops_says_what_is_missing_and_goes_on_from_what_it_had(tmp_path, monkeypatch):
    study = study_of(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acts.safetensors").unlink()
    with pytest.raises(
        runs.RunWithinError, match=r"(?s)the placebo of seed 9 stopped; .*repeat the command:.*acts\.safetensors"
    ):
        judged(study, 9)
    folder = tmp_path / "results/placebos/9"
    assert [path.name for path in folder.iterdir()] == ["study"]
    (folder / "study/labels.txt").write_text("labels that were there")
    (tmp_path / "acts.safetensors").touch()
    assert judged(study, 9).read_text() == "labels that were there"


def verdicts_of(prompted: Path, folder: Path, seed: int | None) -> dict[str, dict[str, dict[str, Any]]]:
    """Verdicts on directions of prompts whose labels a seed permutes, from stored states to the judgement."""
    folder.mkdir(exist_ok=True)
    made = (folder / "directions.safetensors", folder / "groups.parquet")
    compute_directions.main(prompted / "fit.safetensors", prompted / "prompted.parquet", *made, least=4, placebo=seed)
    states = of_instructions(prompted)[:2]
    outputs = tables(folder, "accuracy", "cosines", "evidence")
    evaluate_directions.main(*states, made[0], *outputs, placebo=seed, **DRAWS)
    rows = files.read_table(folder / "evidence.parquet").assign(step="evaluate_directions")
    claims, parts = judging.judge(registry.load(CLAIMS, SCHEMA), rows)
    kept = claims[claims["verdict"] != judging.NOT_MEASURED]
    content: dict[str, Any] = {"claims": {}, "parts": {}}
    for row in kept.to_dict("records"):
        content["claims"][row["claim"]] = {"verdict": row["verdict"], "why": row["why"]}
    for row in parts.to_dict("records"):
        content["parts"].setdefault(row["claim"], {})[row["part"]] = {
            "verdict": row["verdict"],
            "estimate": row["estimate"],
        }
    return {name: {"model-a": of} for name, of in content.items()}


def test_a_seed_given_twice_gives_the_same_verdicts_and_another_seed_other_numbers(prompted, tmp_path):
    first, again, other, own = (
        verdicts_of(prompted, tmp_path / str(number), seed) for number, seed in enumerate((7, 7, 8, None))
    )
    assert first == again
    estimates = [
        np.array([part["estimate"] for parts in of["parts"]["model-a"].values() for part in parts.values()])
        for of in (first, other)
    ]
    assert (estimates[0] != estimates[1]).all()
    assert own["parts"]["model-a"]["W01"]["held-out accuracy"]["verdict"] == judging.REPLICATED


def test_many_seeds_are_counted_and_planted_emotions_do_not_survive_their_labels(prompted, tmp_path):
    seeds = list(range(7, 13))
    paths = []
    for seed in seeds:
        paths.append(tmp_path / f"{seed}.json")
        paths[-1].write_text(json.dumps(verdicts_of(prompted, tmp_path / str(seed), seed)))
    outputs = (tmp_path / "counts.parquet", tmp_path / "counts.json")
    count_placebos.main(paths, CLAIMS, SCHEMA, *outputs, seeds=seeds, bootstraps=100, seed=1)
    counts = pd.read_parquet(outputs[0]).set_index(["model", "claim", "part"])
    accuracy = counts.loc[("model-a", "W01", "held-out accuracy")]
    assert (accuracy["seeds"], accuracy["testable"], accuracy["replicated"]) == (6, 6, 0)
    assert counts.loc[("model-a", "A01", "above chance"), "not_measured"] == 6
    summary = files.read_json(outputs[1])
    assert summary["seeds"] == 6
    assert summary["pooled"]["parts"]["testable"] == 6 * sum(counts["testable"] > 0) - 6 * sum(
        (counts["testable"] > 0) & (counts.index.get_level_values("part") == "")
    )
