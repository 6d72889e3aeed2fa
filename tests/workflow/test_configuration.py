"""Configurations and tables: the project's own are valid, and what is wrong in one is said in a line before anything runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
import yaml

from emotion_vectors.stimuli import configuration
from emotion_vectors.weights import table as weights
from tests.workflow.settings import at, mappings, merge, merged

ROOT = Path(__file__).resolve().parents[2]
RULE_FILES = sorted((ROOT / "workflow/rules").glob("*.smk"))
CONFIG_SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"
CONFIGS = sorted((ROOT / "workflow/config").glob("*.yaml"))


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    content = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
    jsonschema.Draft202012Validator.check_schema(content)
    return jsonschema.Draft202012Validator(content)


@pytest.mark.parametrize("name", [path.name for path in CONFIGS])
def test_configurations_are_valid_over_the_default(name: str, schema: jsonschema.Draft202012Validator):
    settings = merged(name)
    assert [error.message for error in schema.iter_errors(settings)] == []
    assert settings["steering"]["judged_strength"] in settings["steering"]["strengths"]
    known = set(pd.read_csv(ROOT / "workflow/models.tsv", sep="\t")["name"])
    assert set(settings["models"]) <= known
    assert settings["generation"]["judge"] in known | {"encoder"}


class Refused(Exception):
    """Stands for the error by which Snakemake stops before it runs anything."""


EXPERIMENTS, ACTS, MODELS = (f"workflow/{name}.tsv" for name in ("experiments", "acts", "models"))
ORIGINAL, CONDUCT = (f"workflow/claims/{name}.yaml" for name in ("anthropic-2026", "conduct"))
BAD_INPUT = {
    "emotion": (EXPERIMENTS, "angry nervous", "cosy nervous", "column fine: angry not in column emotions"),
    "no vector": (EXPERIMENTS, "happy loving", "happy cosy", "row 'pleasing', column emotions: no vector is made"),
    "short": (EXPERIMENTS, "\tangry\n", "\n", r"experiments.tsv line 2, row 'blackmail': \d+ columns"),
    "set": (EXPERIMENTS, "tone\ttone", "tone\ttune", "row 'tone_warm', column items: no file .*/tune.jsonl"),
    "pressure": (
        EXPERIMENTS,
        "\tnone tonight",
        "\t-",
        r"wider.yaml: S04: parts\.0\.measured_by\.experiment: .* is '-'",
    ),
    "claim": (
        *(ORIGINAL, "experiment: hacking", "experiment: cheating"),
        rf"anthropic-2026.yaml: A25: parts\.0\.measured_by\.experiment: 'cheating' is not in {EXPERIMENTS}",
    ),
    "act": (ACTS, "\tpleasing\tagree", "\tpraising\tagree", r"row 'act_agreement', column items: no file .*praising"),
    "orders": (
        ACTS,
        "\tharshness\t",
        "\tmanner\t",
        "row 'act_harshness', column orders: no orders for 'manner'; write",
    ),
    "claim on an act": (
        *(CONDUCT, "emotions: [nervous]", "emotions: [loving]"),
        r"conduct.yaml: A22b: parts\.0\.measured_by\.emotions: loving not in column emotions of row 'act_blackmail'",
    ),
    "model": (MODELS, "\tquick\t", "\tquack\t", "models.tsv line 2, column 'tier': 'quack' is not one of"),
}


@pytest.mark.parametrize(("file", "old", "new", "message"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_tables_and_claims_are_named_before_anything_runs(common, tmp_path, file, old, new, message):
    spoilt = tmp_path / file
    spoilt.parent.mkdir(parents=True)
    assert old in Path(file).read_text()
    spoilt.write_text(Path(file).read_text().replace(old, new, 1))
    common["CLAIM_FILES"] = [str(spoilt) if one == file else one for one in common["CLAIM_FILES"]]
    for name in ("EXPERIMENT_TABLE", "ACT_TABLE", "MODEL_TABLE"):
        common[name] = str(spoilt) if common[name] == file else common[name]
    common["WorkflowError"] = Refused
    with pytest.raises(Refused, match=message):
        common["read_tables"]()


def test_rates_are_asked_only_of_sets_in_which_replies_are_sampled(common):
    text = (ROOT / "workflow/rules/replies.smk").read_text()
    function = re.search(r"^def check_rates\(\):\n(?: .*\n|\n(?= ))+", text, flags=re.MULTILINE)[0]
    names = {**common, "SAMPLED_SETS": ["blackmail", "hacking"], "WorkflowError": Refused}
    exec(function, names)
    names["check_rates"]()
    names["SAMPLED_SETS"] = ["blackmail"]
    with pytest.raises(Refused, match=r"A25: parts\.1\.measured_by\.experiment: replies to 'hacking' are not sampled"):
        names["check_rates"]()


def test_an_unknown_judge_is_named_before_anything_runs(common):
    common |= {"JUDGE": "nobody", "JUDGES": ["nobody"]}
    with pytest.raises(ValueError, match=r"generation.judge: 'nobody' is neither encoder nor in workflow/models.tsv"):
        common["check_settings"]()


def test_a_local_model_that_is_not_served_is_named_before_anything_runs(common, tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "mamba", "quantization_config": {"quant_method": "awq"}}')
    row = replace(common["MODEL_ROWS"]["qwen3-8b"], sources=(f"folder:{tmp_path}",))
    common |= {
        "MODEL_ROWS": common["MODEL_ROWS"] | {"qwen3-8b": row},
        "RUN_MODELS": ["qwen3-8b"],
        "WorkflowError": Refused,
    }
    with pytest.raises(Refused, match=r"models: .*config\.json: model_type 'mamba' is not served.*quantised \(awq\)"):
        common["check_settings"]()
    (tmp_path / "config.json").unlink()
    common["check_local_models"]()


def test_the_example_of_a_study_of_ones_own_can_be_run(schema: jsonschema.Draft202012Validator, common):
    text = (ROOT / "workflow/config/README.md").read_text()
    example, *_ = re.findall(r"^```yaml\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    settings = merge(merged("config.yaml"), yaml.safe_load(example))
    assert [error.message for error in schema.iter_errors(settings)] == []
    common |= {"config": settings, "MODELS": settings["models"], "RESULTS": settings["folders"]["results"]}
    common["check_settings"]()
    common["RESULTS"] = "results"
    with pytest.raises(ValueError, match="tier 'mine' would overwrite the default study"):
        common["check_settings"]()


def test_the_example_of_a_row_for_a_model_is_one(tmp_path):
    (row,) = re.findall(r"^ *(my-model\t.*)$", (ROOT / "workflow/config/README.md").read_text(), flags=re.MULTILINE)
    table = tmp_path / "models.tsv"
    table.write_text((ROOT / "workflow/models.tsv").read_text().splitlines()[0] + f"\n{row}\n")
    assert list(weights.read_models(table)) == ["my-model"]


def test_studies_do_not_write_into_each_others_folders():
    # The study of further models is the default study, in its folders.
    studies = [merged(path.name) for path in CONFIGS if path.name != "larger.yaml"]
    for key in ("results", "figures", "paper"):
        assert len({study["folders"][key] for study in studies}) == len(studies), key
    assert len({study["tier"] for study in studies}) == len(studies)
    assert [study["tier"] for study in studies if study["readme"]] == ["default"]


SECTIONS = [path for path in mappings(merged("config.yaml")) if path != ("seeds",)]
MISSPELT = [(path, key) for path in SECTIONS for key in at(merged("config.yaml"), path)]


@pytest.mark.parametrize(("path", "key"), MISSPELT, ids=[".".join((*path, key)) for path, key in MISSPELT])
def test_a_misspelt_key_is_rejected_and_named(path, key, schema: jsonschema.Draft202012Validator):
    settings = merged("quick.yaml")
    wrong = key[:-2] + key[:-3:-1] if key[-1] != key[-2] else key[:-1]
    at(settings, path)[wrong] = at(settings, path)[key]
    (error,) = schema.iter_errors(settings)
    assert (tuple(error.absolute_path), error.validator) == (path, "additionalProperties")
    assert f"'{wrong}' was unexpected" in error.message


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("models",), []),
        (("models",), ["smollm2-135m-instruct"] * 2),
        (("stories", "topics", "scenes"), 17),
        (("stories", "topics", "plain"), 1),
        (("vectors", "main_depth"), 1.5),
        (("statistics", "bootstraps"), 2000.5),
        (("seeds", "study"), "today"),
        (("readme",), "no"),
    ],
)
def test_values_out_of_range_are_rejected_where_they_are(path, value, schema: jsonschema.Draft202012Validator):
    settings = merged("config.yaml")
    at(settings, path[:-1])[path[-1]] = value
    assert {tuple(error.absolute_path) for error in schema.iter_errors(settings)} == {path}


@pytest.mark.parametrize("name", [path.name for path in CONFIGS])
def test_every_seed_of_a_configuration_is_asked_for_by_a_rule(name: str):
    """The schema cannot know the names of rules: a misspelt one would leave the study's own seed in place."""
    text = "".join(path.read_text() for path in RULE_FILES)
    asked = {*re.findall(r'\bseed\(f?"([^"]+)"\)', text), *re.findall(r'config\["seeds"\]\["(\w+)"\]', text)}
    patterns = [re.sub(r"\{[^}]+\}", r"\\w+", one) for one in asked]
    for key in merged(name)["seeds"]:
        assert any(re.fullmatch(pattern, key) for pattern in patterns), key


WRONG_SETTINGS = {
    "generation.atempts: unknown key": lambda settings: settings["generation"].update(atempts=2),
    "generation.attempts: 0 is less than the minimum of 1": lambda settings: settings["generation"].update(attempts=0),
    "vectors.main_depth: missing": lambda settings: settings["vectors"].pop("main_depth"),
    "modles: unknown key": lambda settings: settings.update(modles=[]),
    "behaviour.strengths.main.0: 0.9 is greater than the maximum of 0.5": lambda settings: settings["behaviour"][
        "strengths"
    ].update(main=[0.9]),
    "gates: None is not of type 'object'": lambda settings: settings.update(gates=None),
}


@pytest.mark.parametrize(("fault", "spoil"), WRONG_SETTINGS.items(), ids=WRONG_SETTINGS)
def test_a_wrong_setting_is_said_in_one_line(fault, spoil):
    settings = merged("config.yaml")
    assert configuration.configuration_faults(settings, CONFIG_SCHEMA) == ""
    spoil(settings)
    assert configuration.configuration_faults(settings, CONFIG_SCHEMA) == f"{fault}; see workflow/config/README.md"


def test_every_wrong_setting_has_a_line():
    settings = merged("config.yaml")
    for spoil in WRONG_SETTINGS.values():
        spoil(settings)
    assert len(configuration.configuration_faults(settings, CONFIG_SCHEMA).splitlines()) >= 5


def test_every_key_of_the_configuration_is_described(schema: jsonschema.Draft202012Validator):
    def inspect(part: Mapping[str, Any], where: str) -> None:
        assert part.get("description"), where
        if part["type"] == "object":
            assert part.get("additionalProperties") is not True, where
        for key, value in part.get("properties", {}).items():
            inspect(value, f"{where}.{key}")

    inspect(schema.schema, "config")
