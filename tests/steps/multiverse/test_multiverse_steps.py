"""A choice judged by a workflow of two rules on a view of a study; verdicts under all choices in one table."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from emotion_vectors.artefacts import provenance
from emotion_vectors.multiverse import choices
from emotion_vectors.placebos import runs
from steps.multiverse import compare_choices, judge_choice
from tests import choice_tables
from tests.steps.placebos.test_placebo_steps import CLAIMS, SCHEMA, study_of

MODELS = ["model-a"]
READS_THE_VIEW = """
rule judge:
    input: config["folders"]["activations"] + "/model-a/acts.safetensors"
    output: config["folders"]["results"] + "/claims.json"
    run:
        open(output[0], "w").write(open(input[0]).read() + f" at {config['vectors']['main_depth']}")
"""
"""A workflow in the place of the study's own, whose verdicts are what lies in the view, and the depth that it is judged at."""


def judged(folder: Path, name: str) -> Path:
    """The verdicts of a choice of a study in the current folder, as its rule asks for them."""
    study = study_of(folder) | {"vectors": {"main_depth": 0.6667}}
    (folder / "Snakefile").write_text(READS_THE_VIEW)
    choice = choices.analyses(0.5, 0.8333)[name]
    verdicts = Path(f"results/multiverse/{name}/claims.json")
    verdicts.parent.mkdir(parents=True, exist_ok=True)
    settings = choices.settings_of(study, choice, f"results/multiverse/{name}/study", "float32")
    stored = ["results/model-a/acts.safetensors"]
    with provenance.running(provenance.Run(rule="judge_choice", config_sha256="0")):
        judge_choice.main(verdicts, settings=settings, choice=name, edit=choice.edit, stored=stored, root="results")
    return verdicts


def test_a_choice_is_judged_on_a_view_and_leaves_its_verdicts_and_the_study_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    stored = tmp_path / "results/model-a/acts.safetensors"
    stored.parent.mkdir(parents=True)
    stored.write_text("gradients")
    verdicts = judged(tmp_path, "shallower_layer")
    assert verdicts.read_text() == "gradients at 0.5"
    assert [path.name for path in verdicts.parent.iterdir()] == ["claims.json"]
    assert stored.read_text() == "gradients"


def test_a_choice_that_lacks_what_the_study_stores_says_which_one_stopped(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(runs.RunWithinError, match=r"(?s)the study under the choice unprojected stopped; .*acts\.saf"):
        judged(tmp_path, "unprojected")


def test_all_choices_stand_in_one_table(tmp_path, monkeypatch):
    registered = {**choice_tables.CLAIMS}
    monkeypatch.setattr(compare_choices.registry, "load", lambda files, schema: registered)
    results = tmp_path / "claims.json"
    results.write_text(json.dumps(choice_tables.study(MODELS)))
    of_choices = {}
    for name, content in choice_tables.analysed(MODELS).items():
        file = tmp_path / name / "claims.json"
        file.parent.mkdir()
        file.write_text(json.dumps(content))
        of_choices[str(file)] = "digest"
    exact = tmp_path / "float32.json"
    exact.write_text(json.dumps(choice_tables.study(MODELS)))
    compare_choices.main(results, CLAIMS, SCHEMA, [exact], tmp_path / "table.parquet", analysed=of_choices)
    table = pd.read_parquet(tmp_path / "table.parquet")
    assert list(dict.fromkeys(table["kind"])) == ["threshold", "analysis", "precision"]
    turned = table[(table["claim"] == "A01") & (table["choice"] == "deeper layer")]
    assert {*turned["verdict"]} == {"not replicated"}


def test_a_study_in_float32_is_not_held_against_float32(tmp_path, monkeypatch):
    monkeypatch.setattr(compare_choices.registry, "load", lambda files, schema: choice_tables.CLAIMS)
    study = choice_tables.study(MODELS)
    study["environment"]["precision"] = "float32"
    results = tmp_path / "claims.json"
    results.write_text(json.dumps(study))
    compare_choices.main(results, CLAIMS, SCHEMA, [results], tmp_path / "table.parquet", analysed={})
    assert {*pd.read_parquet(tmp_path / "table.parquet")["kind"]} == {"threshold"}
