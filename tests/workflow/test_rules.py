"""The workflow as written: rules and their scripts, what a step depends on, and configurations. Nothing is run."""

from __future__ import annotations

import ast
import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pandas as pd
import pytest
import yaml

from emotion_vectors.stimuli import configuration
from emotion_vectors.weights import table as weights

ROOT = Path(__file__).resolve().parents[2]
RULE_FILES = sorted((ROOT / "workflow/rules").glob("*.smk"))
SCRIPTS = {
    path.stem: path
    for path in sorted((ROOT / "scripts/steps").glob("*/*.py"))
    if path.stem != "__init__" and not path.stem.startswith("plot_")
}
"""Scripts of rules of their own; those of the figures belong to one rule and are held against the register (tests/steps/figures)."""
STEPS = {name: f"{path.parent.name}/{name}" for name, path in SCRIPTS.items()}
"""Stage and name of each step."""
CONFIG_SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"
CONFIGS = sorted((ROOT / "workflow/config").glob("*.yaml"))
MAX_LINES = 90
LONGER = {
    "compare_methods": "three claims compare the same two sets of vectors, made of the same texts",
}
"""Scripts above the usual length, each with its reason."""
CODE_MAY_CHANGE = {
    "fetch_weights": "a digest in the table of models says whether the weights are right, whatever code fetched them",
    "convert_weights": "the same: converted weights are large and kept",
    "fetch_encoder": "digests say whether the files of the encoder are right, whatever code fetched them",
}
"""Rules that an edit of the library does not repeat, each with its reason."""

COMMANDS = {"reference", "verify"}
"""Rules that only gather files under a name for the command line, or print what one of them says."""


@dataclass(frozen=True)
class Rule:
    """One rule as its file states it: directive -> text below it."""

    name: str
    file: str
    directives: dict[str, str]

    def keys(self, directive: str) -> set[str]:
        """Names of the entries of a directive."""
        return set(re.findall(r"^        (\w+)=", self.directives.get(directive, ""), flags=re.MULTILINE))


def rules_of(path: Path) -> Iterator[Rule]:
    pieces = re.split(r"^( *)(?:rule|checkpoint) (\w+):\n", path.read_text(), flags=re.MULTILINE)
    for margin, name, body in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        inside = re.split(rf"^(?= {{0,{len(margin)}}}\S)", body, flags=re.MULTILINE)[0]
        parts = re.split(r"^    (\w+):", re.sub(rf"^{margin}", "", inside, flags=re.MULTILINE), flags=re.MULTILINE)
        yield Rule(name, path.name, dict(zip(parts[1::2], parts[2::2], strict=True)))


ALL_RULES = [rule for path in RULE_FILES for rule in rules_of(path)]
RULES = {rule.name: rule for rule in ALL_RULES if rule.name not in COMMANDS | {"plot_figure"}}


def tree_of(script: str) -> ast.Module:
    return ast.parse(SCRIPTS[script].read_text())


# Rules and scripts -------------------------------------------------------------------------------------------------


def test_every_file_of_rules_is_included_and_holds_some():
    included = re.findall(r'^ *include: "(.+)"$', (ROOT / "Snakefile").read_text(), flags=re.MULTILINE)
    assert sorted(included) == [f"workflow/rules/{path.name}" for path in RULE_FILES]
    assert {path.name for path in RULE_FILES} - {rule.file for rule in ALL_RULES} == {"common.smk", "paths.smk"}


def test_every_rule_has_a_name_of_its_own():
    assert len({rule.name for rule in ALL_RULES}) == len(ALL_RULES)


def test_only_files_that_no_rule_makes_are_ancient():
    """A step whose input is both ancient and about to be made again is left out of the plan, with its other inputs changed."""
    for path in RULE_FILES:
        assert set(re.findall(r"ancient\((\w+)", path.read_text())) <= {"MODEL_TABLE", "EXPERIMENT_TABLE"}, path.name


def test_only_commands_make_nothing():
    assert {rule.name for rule in ALL_RULES if "output" not in rule.directives} == COMMANDS
    for rule in ALL_RULES:
        if rule.name in COMMANDS:
            assert {"input"} <= set(rule.directives) <= {"input", "localrule", "shell"}


def test_every_script_is_the_script_of_a_rule():
    assert set(SCRIPTS) == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_runs_the_script_of_its_name(name: str):
    directives = RULES[name].directives
    assert directives["script"].strip() == f'"../../scripts/steps/{STEPS[name]}.py"'
    assert not {"shell", "run", "notebook", "wrapper"} & set(directives)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_what_it_does_and_keeps_log_and_benchmark_under_its_name(name: str):
    directives = RULES[name].directives
    assert directives["message"].strip()
    for kind, suffix in (("log", ".log"), ("benchmark", ".jsonl")):
        (path,) = re.findall(r'f?"([^"]+)"', directives[kind])
        assert re.search(rf"/{name}[/.]", path), f"{kind} of {name}: {path}"
        assert path.endswith(suffix)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_runs_in_the_environment_of_the_study(name: str):
    assert RULES[name].directives["conda"].strip() == '"../../environment.yml"'
    assert (ROOT / "environment.yml").is_file()


@pytest.mark.parametrize("name", sorted({*SCRIPTS, *RULES}))
def test_a_script_says_what_it_makes_and_has_a_main_that_runs_on_demand_only(name: str):
    tree = tree_of(name)
    assert ast.get_docstring(tree)
    assert "main" in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    guard = tree.body[-1]
    assert isinstance(guard, ast.If)
    assert ast.unparse(guard.test) == "__name__ == '__main__'"
    assert re.match(r"with provenance\.run\(snakemake\)( as run)?:\n", ast.unparse(guard.body[0]))
    before = ast.unparse(ast.Module(tree.body[:-1], []))
    assert "snakemake." not in before.replace("emotion_vectors", ""), "only the guarded part knows Snakemake"


@pytest.mark.parametrize("name", RULES)
def test_a_script_reads_only_what_its_rule_names(name: str):
    """A misspelt name would be noticed only when the step runs, hours later."""
    sections = {"input": "input", "output": "output", "params": "params"}
    for node in ast.walk(tree_of(name)):
        if not isinstance(node, ast.Attribute) or node.attr in {"get", "items", "keys", "values"}:
            continue
        of = ast.unparse(node.value)
        section = "input" if of == "inputs" else sections.get(of.removeprefix("snakemake."))
        if section and (of == "inputs" or of.startswith("snakemake.")):
            assert node.attr in RULES[name].keys(section), f"{of}.{node.attr}"


@pytest.mark.parametrize("name", sorted({*SCRIPTS, *RULES}))
def test_scripts_are_short_or_listed_with_a_reason(name: str):
    lines = len(SCRIPTS[name].read_text().splitlines())
    assert (lines > MAX_LINES) == (name in LONGER), f"{lines} lines"


# What a step depends on --------------------------------------------------------------------------------------------

IMPORTED = """
import importlib, json, sys

sys.path.insert(0, "scripts")
found = {}
for script in sys.argv[1:]:
    for name in [name for name in sys.modules if name.split(".")[0] == "emotion_vectors"]:
        del sys.modules[name]
    importlib.import_module(script)
    ours = [(name.removeprefix("emotion_vectors."), each) for name, each in sys.modules.items() if name.startswith("emotion_vectors.")]
    found[script.split(".")[-1]] = sorted(name for name, each in ours if not each.__file__.endswith("__init__.py"))
print(json.dumps(found))
"""
"""Imports one script after the other, each with the library not yet loaded, and says what was loaded then."""


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """Library modules that Python really loads for each script."""
    command = [sys.executable, "-c", IMPORTED, *(f"steps.{step.replace('/', '.')}" for step in STEPS.values())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return {script: set(names) for script, names in json.loads(done.stdout.splitlines()[-1]).items()}


@pytest.fixture
def common(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Names that the rules share, as Snakemake would make them for the default study on two cores."""
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {
        "config": merged("config.yaml"),
        "workflow": SimpleNamespace(cores=2),
        "WorkflowError": ValueError,
    }
    exec(compile((ROOT / "workflow/rules/common.smk").read_text(), "common.smk", "exec"), names)
    return names


def test_a_step_depends_on_every_library_module_that_its_script_loads(common, loaded):
    library = "scripts/emotion_vectors/"
    found = {
        name: {file.removeprefix(library).removesuffix(".py").replace("/", ".") for file in common["library_of"](step)}
        for name, step in STEPS.items()
    }
    assert found == {script: names - {"artefacts.provenance"} for script, names in loaded.items()}
    assert all("artefacts.provenance" in names for names in loaded.values())


def test_library_files_are_named_as_they_lie_in_the_project(common):
    for step in STEPS.values():
        assert all((ROOT / file).is_file() for file in common["library_of"](step))


def test_library_modules_reached_through_others_are_found(common, monkeypatch, tmp_path):
    """Both forms of import, inside functions as well, and modules that import each other."""
    library, steps = tmp_path / "scripts/emotion_vectors", tmp_path / "scripts/steps/stage"
    for folder in (library / "low", library / "artefacts", steps):
        folder.mkdir(parents=True)
    (steps / "step.py").write_text(
        "import os\nfrom emotion_vectors.low import first\nfrom emotion_vectors.artefacts import provenance\n"
    )
    (library / "low/first.py").write_text("from emotion_vectors.low.second import name\n")
    (library / "low/second.py").write_text("def late():\n    from emotion_vectors.low import first, third\n")
    (library / "low/third.py").write_text("import json\n")
    (library / "artefacts/provenance.py").write_text("from emotion_vectors.low import unseen\n")
    monkeypatch.chdir(tmp_path)
    expected = [f"scripts/emotion_vectors/low/{name}.py" for name in ("first", "second", "third")]
    assert common["library_of"]("stage/step") == expected


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_repeated_when_the_library_behind_its_script_changes(name: str, common):
    inputs = RULES[name].directives.get("input", "")
    asked = re.findall(r'library_of\("([\w/]+)"\)', inputs)
    if name in CODE_MAY_CHANGE:
        assert asked == []
    elif common["library_of"](STEPS[name]):
        assert asked == [STEPS[name]]
    else:
        assert asked in ([], [STEPS[name]])


def test_models_share_the_cores_and_stimulus_files_are_listed_without_their_descriptions(common):
    assert common["HALF_OF_THE_CORES"] == 1
    files = common["stimulus_files"]("stories", "messages")
    assert len(files) == len(set(files)) > 20
    assert all(Path(file).is_file() and not file.endswith("README.md") for file in files)


# Configurations ----------------------------------------------------------------------------------------------------


def merge(settings: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with changes laid over them key by key, as Snakemake does with several configuration files."""
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(settings.get(key), dict):
            merge(settings[key], value)
        else:
            settings[key] = copy.deepcopy(value)
    return settings


def merged(name: str) -> dict[str, Any]:
    default, own = (yaml.safe_load((ROOT / "workflow/config" / file).read_text()) for file in ("config.yaml", name))
    return merge(default, own)


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    content = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
    jsonschema.Draft202012Validator.check_schema(content)
    return jsonschema.Draft202012Validator(content)


def mappings(settings: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for key, value in settings.items():
        if isinstance(value, dict):
            yield from mappings(value, (*path, key))


def at(settings: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for key in path:
        settings = settings[key]
    return settings


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


BAD_INPUT = {
    "emotion": ("workflow/experiments.tsv", "angry nervous", "cosy nervous", "column fine: angry not in column emotions"),
    "no vector": ("workflow/experiments.tsv", "happy loving", "happy cosy", "row 'pleasing', column emotions: no vector is made"),
    "short": ("workflow/experiments.tsv", "\tangry\n", "\n", "experiments.tsv line 2, row 'blackmail': 11 columns"),
    "set": ("workflow/experiments.tsv", "tone\ttone", "tone\ttune", "row 'tone_warm', column items: no file .*/tune.jsonl"),
    "pressure": ("workflow/experiments.tsv", "\tnone tonight", "\t-", r"wider.yaml: S04: parts\.0\.measured_by\.experiment: .* is '-'"),
    "claim": (
        "workflow/claims/anthropic-2026.yaml", "experiment: hacking", "experiment: cheating",
        r"anthropic-2026.yaml: A25: parts\.0\.measured_by\.experiment: 'cheating' is not in workflow/experiments.tsv",
    ),
    "model": ("workflow/models.tsv", "\tquick\t", "\tquack\t", "models.tsv line 2, column 'tier': 'quack' is not one of"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "message"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_tables_and_claims_are_named_before_anything_runs(common, tmp_path, file, old, new, message):
    spoilt = tmp_path / file
    spoilt.parent.mkdir(parents=True)
    assert old in Path(file).read_text()
    spoilt.write_text(Path(file).read_text().replace(old, new, 1))
    common["CLAIM_FILES"] = [str(spoilt) if one == file else one for one in common["CLAIM_FILES"]]
    for name in ("EXPERIMENT_TABLE", "MODEL_TABLE"):
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


def test_the_example_of_a_study_of_ones_own_can_be_run(schema: jsonschema.Draft202012Validator, common):
    text = (ROOT / "workflow/config/README.md").read_text()
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    settings = merge(merged("config.yaml"), yaml.safe_load(example))
    assert [error.message for error in schema.iter_errors(settings)] == []
    common |= {"config": settings, "MODELS": settings["models"], "RESULTS": settings["folders"]["results"]}
    common["check_settings"]()
    common["RESULTS"] = "results"
    with pytest.raises(ValueError, match="tier 'mine' would overwrite the default study"):
        common["check_settings"]()


def test_the_example_of_a_row_for_a_model_is_one(tmp_path):
    (row,) = re.findall(r"^ *(my-model\t.*)$", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    table = tmp_path / "models.tsv"
    table.write_text((ROOT / "workflow/models.tsv").read_text().splitlines()[0] + f"\n{row}\n")
    assert list(weights.read_models(table)) == ["my-model"]


def test_studies_do_not_write_into_each_others_folders():
    studies = [merged(path.name) for path in CONFIGS]
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
    assert configuration.faults(settings, CONFIG_SCHEMA) == ""
    spoil(settings)
    assert configuration.faults(settings, CONFIG_SCHEMA) == f"{fault}; see workflow/config/README.md"


def test_every_wrong_setting_has_a_line():
    settings = merged("config.yaml")
    for spoil in WRONG_SETTINGS.values():
        spoil(settings)
    assert len(configuration.faults(settings, CONFIG_SCHEMA).splitlines()) >= 5


def test_every_key_of_the_configuration_is_described(schema: jsonschema.Draft202012Validator):
    def inspect(part: Mapping[str, Any], where: str) -> None:
        assert part.get("description"), where
        if part["type"] == "object":
            assert part.get("additionalProperties") is not True, where
        for key, value in part.get("properties", {}).items():
            inspect(value, f"{where}.{key}")

    inspect(schema.schema, "config")
