"""What every rule asks for, as Snakemake has read it; the profiles say nothing that would have to follow the rules."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from emotion_vectors.artefacts.resources import ENCODER, Size, resources
from tests.workflow.parsed import ROOT, rules_of

STUDIES = {"default": (), "gpu": ("workflow/config/gpu.yaml",)}
WITHOUT_NETWORK = {"collect_facts"}
"""Rules that read of a model its tokenizer alone."""
ENCODER_ALONE = {"embed_texts", "fit_emotions", "label_replies"}
"""Rules that read with the sentence encoder and no model, as long as it is the judge."""


@pytest.fixture(scope="module", params=STUDIES)
def study(request: pytest.FixtureRequest) -> tuple[str, dict[str, dict[str, Any]]]:
    """A study and its rules that run a step."""
    rules = rules_of(*STUDIES[request.param])
    return request.param, {name: rule for name, rule in rules.items() if rule["script"]}


def test_every_rule_asks_for_threads_memory_and_time(study):
    _, rules = study
    for name, rule in rules.items():
        asked = rule["resources"]
        assert {"_cores", "mem_mb", "runtime"} <= {*asked}, name
        assert min(asked["_cores"], asked["mem_mb"], asked["runtime"]) > 0, name


def test_rules_that_run_a_model_and_no_others_ask_for_a_gpu(study):
    name, rules = study
    runs = {rule for rule in rules if rules[rule]["weights"]} - WITHOUT_NETWORK
    assert {rule for rule in rules if "gpu" in rules[rule]["resources"]} == runs
    assert {rule for rule in rules if "vram_mb" in rules[rule]["resources"]} == runs
    assert len(runs) >= 25
    gpus = {rule: rules[rule]["resources"]["gpu"] for rule in runs}
    on_gpu = name == "gpu"
    assert gpus == {rule: int(on_gpu and rule not in ENCODER_ALONE) for rule in runs}


def test_a_larger_model_asks_for_more(study):
    name, rules = study
    size = {"default": Size(135, 4), "gpu": Size(2614, 2)}[name]
    asked = dict(rules["capture_stories"]["resources"])
    assert asked.pop("_cores") == 1
    assert asked == resources("model", size, on_gpu=name == "gpu")
    assert asked["mem_mb"] > size.weights_mb
    assert rules["fit_emotions"]["resources"]["mem_mb"] == resources("model", ENCODER)["mem_mb"]


def test_the_benchmark_has_all_cores_for_itself(study):
    _, rules = study
    assert rules["benchmark_engine"]["resources"]["_cores"] == 2


@pytest.mark.parametrize("profile", ["local", "slurm", "kubernetes"])
def test_a_profile_names_no_rule(profile):
    """It need not change when a rule does: a rule says by itself what it asks for."""
    file = ROOT / "workflow/profiles" / profile / "config.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert not {"set-resources", "set-threads", "groups"} & {*settings}
    names = {*rules_of()} - {"all"}
    assert not {word for word in file.read_text(encoding="utf-8").replace(":", " ").split() if word in names}


def test_how_many_jobs_use_a_gpu_is_said_by_the_profile():
    """One here, so that jobs on a machine take turns; on a cluster as many as may be queued, since nodes are shared out there."""
    read = {
        name: yaml.safe_load((ROOT / f"workflow/profiles/{name}/config.yaml").read_text(encoding="utf-8"))
        for name in ("local", "slurm", "kubernetes")
    }
    assert read["local"]["resources"] == ["gpu=1"]
    for cluster in ("slurm", "kubernetes"):
        assert read[cluster]["resources"] == [f"gpu={read[cluster]['jobs']}"]
