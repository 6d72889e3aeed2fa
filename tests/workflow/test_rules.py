"""The rules as Snakemake has read them, and the steps that they run. Nothing is run."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from emotion_vectors.artefacts import step
from tests.workflow.parsed import ROOT, rules_of

RULE_FILES = sorted((ROOT / "workflow/rules").glob("*.smk"))
WITHOUT_RULES = {"common.smk", "evidence.smk", "paths.smk", "published.smk", "resources.smk"}
STEPS = {path.stem: path for path in sorted((ROOT / "scripts/steps").glob("*/*.py")) if path.stem != "__init__"}
MOST_RULES = 118
MOST_LINES, MOST_LINES_OF_A_FIGURE = 90, 100
"""Of a step: figures are drawn where they are, everything else is computed in the library."""
CODE_MAY_CHANGE = {
    "fetch_weights": "a digest in the table of models says whether the weights are right, whatever code fetched them",
    "convert_weights": "the same: converted weights are large and kept",
    "fetch_encoder": "digests say whether the files of the encoder are right, whatever code fetched them",
}
"""Rules that an edit of the library does not repeat, each with its reason."""


PARSED = rules_of()
RULES = {name: rule for name, rule in PARSED.items() if rule["script"]}
COMMANDS = {name: rule for name, rule in PARSED.items() if not rule["script"]}
"""Rules that gather files under a name for the command line, or print what one of them says."""


def steps_of(name: str) -> list[Path]:
    """The steps that a rule can run: one, or one for each value of a wildcard in the name of its script."""
    pattern = re.sub(r"\{[^}]+\}", "*", RULES[name]["script"].removeprefix("../../"))
    return [path for path in STEPS.values() if fnmatch(path.relative_to(ROOT).as_posix(), pattern)]


RULE_OF = {path: name for name in RULES for path in steps_of(name)}
ONE_STEP = [name for name in RULES if "{" not in RULES[name]["script"]]


def test_every_file_of_rules_holds_some():
    assert {rule["file"] for rule in PARSED.values()} - {"Snakefile"} == {
        path.name for path in RULE_FILES
    } - WITHOUT_RULES


def test_the_house_has_no_more_rules_than_one_can_know():
    assert len(RULES) <= MOST_RULES


def test_only_files_that_no_rule_makes_are_ancient():
    """A step whose input is both ancient and about to be made again is left out of the plan, with its other inputs changed."""
    ancient = {file for rule in PARSED.values() for file in rule["ancient"]}
    assert ancient <= {"workflow/models.tsv", "workflow/experiments.tsv"}


def test_only_what_is_asked_of_a_study_makes_nothing():
    """`all` names what a study makes, `restore` the same made from an archive, `placebos` and `multiverse` what no study waits for;
    `verify` answers each time it is asked."""
    silent = {name for name, rule in PARSED.items() if not rule["output"] and not rule["unnamed"]["output"]}
    assert silent == {"all", "restore", "verify", "placebos", "multiverse"}
    assert {*COMMANDS} == {"all", "restore", "placebos", "multiverse"}
    assert not [name for name, rule in RULES.items() if rule["shell"]]


def test_every_step_is_run_by_a_rule():
    assert {*RULE_OF} == {*STEPS.values()}


@pytest.mark.parametrize("name", ONE_STEP)
def test_a_rule_runs_the_step_of_its_name_from_the_folder_of_its_stage(name: str):
    stage = RULES[name]["file"].removesuffix(".smk")
    assert RULES[name]["script"] == f"../../scripts/steps/{stage}/{name}.py"


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_what_it_does_and_keeps_log_and_benchmark_under_its_name(name: str):
    rule = RULES[name]
    assert rule["message"]
    assert rule["conda"] == "../../environment.yml"
    (log,) = rule["log"]
    kept = [(log, ".log"), (rule["benchmark"], ".jsonl")] if rule["output"] else [(log, ".log")]
    for path, suffix in kept:
        assert re.search(rf"/{name}[/.]", path), path
        assert path.endswith(suffix), path


@pytest.mark.parametrize("path", STEPS.values(), ids=STEPS)
def test_a_step_says_what_it_makes_and_runs_on_demand_only(path: Path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    assert ast.unparse(tree.body[-1]) == "if __name__ == '__main__':\n    step.run(main, snakemake)"
    assert len(text.splitlines()) <= (MOST_LINES_OF_A_FIGURE if path.parent.name == "figures" else MOST_LINES)


@pytest.mark.parametrize("name", ONE_STEP)
def test_a_rule_names_what_its_step_takes(name: str):
    """A misspelt name would be noticed only when the step runs, hours later."""
    rule, (path,) = RULES[name], steps_of(name)
    main = importlib.import_module(f"steps.{path.parent.name}.{path.stem}").main
    assert rule["unnamed"] == {"input": 0, "output": 0, "params": 0}
    assert step.mismatch(main, rule["input"], rule["output"], rule["params"], rule["wildcards"]) == ""


def test_a_misspelt_name_would_be_noticed():
    rule = RULES["label_stories"]
    main = importlib.import_module("steps.stimuli.label_stories").main
    assert "sead" in step.mismatch(main, rule["input"], rule["output"], [*rule["params"], "sead"], rule["wildcards"])
    assert "labelled" in step.mismatch(main, rule["input"], [], rule["params"], rule["wildcards"])


# What a step depends on --------------------------------------------------------------------------------------------

IMPORTED = """
import builtins, importlib, json, sys

sys.path.insert(0, "scripts")
edges, load = {}, builtins.__import__

def noting(name, globals=None, locals=None, fromlist=(), level=0):
    module = load(name, globals, locals, fromlist, level)
    if name.startswith("emotion_vectors") and globals:
        named = [f"{name}.{part}" for part in fromlist or ()]
        edges.setdefault(globals["__name__"], set()).update({name, *named} & {*sys.modules})
    return module

builtins.__import__ = noting
for step in sys.argv[1:]:
    importlib.import_module(step)
packages = {name for name, module in list(sys.modules.items()) if (getattr(module, "__file__", "") or "").endswith("__init__.py")}
print(json.dumps({name: sorted(used - packages) for name, used in edges.items()}))
"""
"""Imports every step, and says which modules of the library each module asked for while it was loaded."""


def module_of(path: Path) -> str:
    return f"steps.{path.parent.name}.{path.stem}"


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """Library modules that Python loads for each step, directly or through others."""
    command = [sys.executable, "-c", IMPORTED, *map(module_of, STEPS.values())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    edges = json.loads(done.stdout.splitlines()[-1])

    def behind(name: str) -> set[str]:
        reached, waiting = set(), [name]
        while waiting:
            new = {*edges.get(waiting.pop(), ())} - reached
            reached |= new
            waiting += new
        return {module.removeprefix("emotion_vectors.") for module in reached}

    return {step: behind(module_of(path)) for step, path in STEPS.items()}


def modules(files: list[str]) -> set[str]:
    """Library modules of files, named from the library downwards."""
    assert all((ROOT / file).is_file() for file in files)
    return {file.removeprefix("scripts/emotion_vectors/").removesuffix(".py").replace("/", ".") for file in files}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_repeated_when_the_library_behind_its_step_changes(name: str, loaded):
    """Its input `code` is what Python really loads for the step, provenance aside: that records results and changes none."""
    behind = set.union(*(loaded[path.stem] for path in steps_of(name)))
    assert "artefacts.provenance" in behind
    if name in CODE_MAY_CHANGE:
        assert RULES[name]["code"] == []
    elif RULES[name]["code"] is not None:
        assert modules(RULES[name]["code"]) == behind - {"artefacts.provenance"}


def test_library_modules_reached_through_others_are_found(common, monkeypatch, tmp_path):
    """Both forms of import, inside functions as well, and modules that import each other; not what is imported for types alone."""
    library, steps = tmp_path / "scripts/emotion_vectors", tmp_path / "scripts/steps/stage"
    for folder in (library / "low", library / "artefacts", steps):
        folder.mkdir(parents=True)
    (steps / "step.py").write_text(
        "import os\nfrom emotion_vectors.low import first\nfrom emotion_vectors.artefacts import provenance\n"
    )
    (library / "low/first.py").write_text(
        "from emotion_vectors.low.second import name\nif TYPE_CHECKING:\n    from emotion_vectors.low.typed import Name\n"
    )
    (library / "low/typed.py").write_text("from emotion_vectors.low import unseen\n")
    (library / "low/second.py").write_text("def late():\n    from emotion_vectors.low import first, third\n")
    (library / "low/third.py").write_text("import json\n")
    (library / "artefacts/provenance.py").write_text("from emotion_vectors.low import unseen\n")
    monkeypatch.chdir(tmp_path)
    expected = [f"scripts/emotion_vectors/low/{name}.py" for name in ("first", "second", "third")]
    assert common["library_of"]("stage/step") == expected


def test_stimulus_files_are_listed_without_their_descriptions(common):
    files = common["stimulus_files"]("stories", "messages")
    assert len(files) == len(set(files)) > 20
    assert all(Path(file).is_file() and not file.endswith("README.md") for file in files)
