"""Placebos of a finished study: what is planned for one, and that its seed reaches every step that permutes labels."""

from __future__ import annotations

import fnmatch
import importlib
import inspect
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from emotion_vectors.artefacts.precision import FLOAT32
from emotion_vectors.multiverse import choices, views
from emotion_vectors.placebos import runs
from emotion_vectors.stimuli.configuration import configuration_faults
from tests.workflow.parsed import ROOT, rules_of
from tests.workflow.project import PARTS, environment
from tests.workflow.settings import merged

SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"
FROM_LABELS = {
    **dict.fromkeys(("label_stories", "decode_words", "judge_claims"), 1),
    **dict.fromkeys(("compute_vectors", "decode_texts", "shuffle_vectors"), 2),
    **dict.fromkeys(
        ("compute_variants", "compute_directions", "score_components", "compute_acts", "gate_expression"), 1
    ),
}
"""Steps between labels and evidence, with the number of their jobs: of the model and its twin, of two sets of layers."""
JUDGED = (
    "evaluate_decoding evaluate_messages read_lens analyze_components cluster_vectors compare_depths compare_training decode_sources "
    "evaluate_acts evaluate_directions silence_components contrast_components evaluate_wordings compare_methods compare_conduct "
    "evaluate_fresh_replies evaluate_anticipation evaluate_context"
)
"""Steps of evidence that follows of labels alone."""
OF_ALL_LAYERS = {"compare_conduct"}
"""Steps that read, of files that also hold something of the main layer alone, what these hold of every layer: gradients of acts."""
READS_NO_TEXT = {"read_lens", "score_components", "contrast_components"}
"""Steps that load a model for its weights, and run it on nothing."""


def quick() -> dict[str, Any]:
    return merged("quick.yaml")


def planned(folder: Path, command: list[str]) -> dict[str, int]:
    """Jobs by rule that a dry run of a command plans."""
    done = subprocess.run(
        [*command, "-n"], cwd=folder, capture_output=True, text=True, check=False, env=environment(folder)
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-3000:]
    return {name: int(count) for name, count in re.findall(r"^(\w+) +(\d+)$", output, re.MULTILINE) if name != "total"}


@pytest.fixture(scope="module")
def rules() -> dict[str, dict[str, Any]]:
    return rules_of("workflow/config/quick.yaml")


@pytest.fixture(scope="module")
def measured(rules, tmp_path_factory) -> Path:
    """A copy of the project in which every file that no label enters is there, empty, and newer than all that it is made from."""
    folder = tmp_path_factory.mktemp("measured")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "generated", "*.pdf")
            )
        else:
            shutil.copy2(ROOT / part, folder / part)
    now = time.time()
    for file in (folder / name for name in rules["judge_placebo"]["after"]):
        dated = file if file.suffix else file / ".snakemake_timestamp"
        dated.parent.mkdir(parents=True, exist_ok=True)
        dated.touch()
        os.utime(dated, (now, now))
    return folder


def test_a_placebo_runs_every_step_between_labels_and_verdicts_once_and_no_other(rules, measured):
    settings = runs.settings_of(quick(), 7, "results/quick/placebos/7/study", FLOAT32)
    configuration = measured / "placebo.yaml"
    configuration.write_text(yaml.safe_dump(settings))
    jobs = planned(measured, runs.command(configuration, Path("results/quick/placebos/7/study/claims.json"), 2))
    assert jobs == {**FROM_LABELS, **dict.fromkeys(JUDGED.split(), 1)}
    assert {name for name in jobs if rules[name]["weights"]} == READS_NO_TEXT


def test_the_count_waits_for_one_placebo_of_each_seed_and_measures_nothing_that_is_there(measured):
    command = runs.command(ROOT / "workflow/config/quick.yaml", Path("placebos"), 2)
    assert planned(measured, command) == {
        "judge_placebo": quick()["placebo"]["seeds"],
        "count_placebos": 1,
        "placebos": 1,
    }


@pytest.mark.parametrize("name", choices.analyses(0.5, 0.8333))
def test_another_choice_reads_a_view_and_judges_what_it_can_change(rules, measured, name):
    folder = f"results/quick/multiverse/{name}/study"
    choice = choices.analyses(0.5, 0.8333)[name]
    settings = choices.settings_of(quick(), choice, folder, FLOAT32)
    assert configuration_faults(merged("config.yaml") | settings | {"placebo": quick()["placebo"]}, SCHEMA) == ""
    stored = [measured / file for file in rules["judge_choice"]["after"]]
    views.lay(stored, measured / "results/quick", measured / settings["folders"]["activations"], "")
    configuration = measured / f"{name}.yaml"
    configuration.write_text(yaml.safe_dump(settings))
    jobs = planned(measured, runs.command(configuration, Path(f"{folder}/claims.json"), 2))
    assert {*JUDGED.split()} - {*jobs} == {*choice.left_out}
    assert {*jobs} <= {*FROM_LABELS, *JUDGED.split()}
    assert {name for name in jobs if rules[name]["weights"]} <= READS_NO_TEXT


@pytest.mark.parametrize("name", ["shallower_layer", "deeper_layer"])
def test_another_layer_judges_nothing_by_what_a_model_gave_at_the_main_layer_alone(rules, name):
    """A rule that reads a model and asks for the depth stores some of what it writes at that layer alone."""
    written = {
        re.sub(r"\{[^}]*\}", "*", file)
        for rule in rules.values()
        if rule["weights"] and "depth" in rule["params"]
        for file in rule["writes"]
    }
    stored = [form for form in written if fnmatch.filter(rules["judge_choice"]["after"], form)]
    of_one_layer = {
        step for step in JUDGED.split() if any(fnmatch.filter(rules[step]["reads"], form) for form in stored)
    }
    assert {"evaluate_acts", "evaluate_anticipation", "evaluate_context", "evaluate_fresh_replies"} <= of_one_layer
    assert of_one_layer - OF_ALL_LAYERS <= {*choices.analyses(0.5, 0.8333)[name].left_out}


def test_no_study_waits_for_its_placebos(rules, measured):
    target = Path("results/quick/claims.json")
    assert not {"judge_placebo", "count_placebos", "judge_choice"} & {
        *planned(measured, runs.command(ROOT / "workflow/config/quick.yaml", target, 2))
    }


def test_the_seed_of_a_placebo_reaches_every_step_that_permutes_labels(rules, common):
    """Steps say by a parameter that they permute; each gets the seed of the placebo, None in a study with its own labels."""
    text = "".join(path.read_text() for path in sorted((ROOT / "workflow/rules").glob("*.smk")))
    bodies = dict(re.findall(r"^ *rule (\w+):\n(.*?)(?=^\S|^ *rule |\Z)", text, flags=re.MULTILINE | re.DOTALL))
    permuting = {
        name
        for name, rule in rules.items()
        if rule["script"] and "{" not in rule["script"] and "placebo" in parameters_of(rule["script"], "int | None")
    }
    assert len(permuting) >= 8
    for name in permuting:
        assert re.search(r"^ +placebo=PLACEBO_SEED,$", bodies[name], re.MULTILINE), name
    assert {name for name, rule in rules.items() if "permuted" in rule["params"]} == {"label_stories", "judge_claims"}
    assert re.search(r'^ +seed=seed\("placebo"\),$', bodies["label_stories"], re.MULTILINE)
    assert common["PLACEBO_SEED"] is None
    code = compile((ROOT / "workflow/rules/common.smk").read_text(), "common.smk", "exec")
    for seed in (7, 8):
        settings = runs.settings_of(merged("config.yaml"), seed, f"results/placebos/{seed}/study", FLOAT32)
        names = common | {"config": merged("config.yaml") | settings}
        exec(code, names)
        assert names["PLACEBO_SEED"] == names["seed"]("placebo") == seed


def parameters_of(script: str, annotation: str) -> set[str]:
    """Parameters of a step with an annotation."""
    stage, name = Path(script).parts[-2:]
    main = importlib.import_module(f"steps.{stage}.{Path(name).stem}").main
    return {one.name for one in inspect.signature(main).parameters.values() if str(one.annotation) == annotation}


def test_the_configuration_of_a_placebo_obeys_the_schema_and_shares_activations():
    study = quick()
    settings = runs.settings_of(study, 9, "results/quick/placebos/9/study", FLOAT32)
    whole = merged("config.yaml") | settings | {"placebo": {"seeds": 2, **settings["placebo"]}}
    assert configuration_faults(whole, SCHEMA) == ""
    assert settings["folders"]["activations"] == study["folders"]["activations"]
    assert study == quick(), "the study's own configuration is left as it is"
    more = runs.settings_of(study | {"placebo": {"seeds": 40}}, 9, "results/quick/placebos/9/study", FLOAT32)
    assert more == settings, "more placebos leave those alone that are judged"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"placebo": {"seeds": 1, "labels_alone": False, "left_out": []}},
            "placebo.seeds: 1 is less than the minimum of 2",
        ),
        (
            {"placebo": {"seeds": 20, "labels_alone": True, "left_out": []}},
            "stories.permuted_labels: True was expected",
        ),
        ({"placebo": {"seeds": 20, "left_out": []}}, "placebo.labels_alone: missing"),
    ],
)
def test_what_is_wrong_about_placebos_is_said_in_a_line(changes, fault):
    settings = merged("config.yaml") | changes
    assert configuration_faults(settings, SCHEMA) == f"{fault}; see workflow/config/README.md"
