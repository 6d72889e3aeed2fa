"""The house as it stands: packages with floors, imports that go downwards only, rooms of a size that one can see at a glance."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "scripts/emotion_vectors"
FLOORS = (
    "artefacts",
    "statistics",
    "claims",
    "archive",
    "placebos",
    "multiverse",
    "weights",
    "stimuli",
    "figures",
    "models",
    "engine",
    "vectors",
    "decoding",
    "geometry",
    "meaning",
    "exports",
    "sources",
    "conduct",
    "acts",
    "removal",
    "preferences",
    "posttraining",
    "organisms",
    "circuits",
    "silencing",
    "contrasts",
    "controls",
    "replies",
    "anticipation",
    "overlap",
    "context",
    "benchmarks",
    "judges",
    "coding",
    "expression",
    "fresh",
    "sizes",
    "report",
    "explorer",
    "trials",
    "commands",
)
"""Packages from the ground up: a module imports its own package and those before it."""
ENTRY = LIBRARY / "__main__.py"
"""What `python -m emotion_vectors` runs: above every floor, it does nothing but call the command line."""
MODULES = sorted(file for file in LIBRARY.rglob("*.py") if file.name != "__init__.py" and file != ENTRY)
PACKAGES = sorted({file.parent for file in MODULES})
MOST_MODULES, MOST_LINES, MOST_PARAMETERS = 12, 250, 6
FOLDERS_OF_CODE = ("scripts", "tests", "workflow/rules")
CODE = sorted(file for folder in FOLDERS_OF_CODE for kind in ("*.py", "*.smk") for file in (ROOT / folder).rglob(kind))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imported_packages(file: Path) -> Iterator[str]:
    """Packages of the library that a module imports from, inside functions and for types as well."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.ImportFrom):
            package, _, rest = (node.module or "").partition(".")
            if package == "emotion_vectors":
                yield from [rest.split(".")[0]] if rest else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from [alias.name.split(".")[1] for alias in node.names if alias.name.startswith("emotion_vectors.")]


def public_names(file: Path) -> Iterator[str]:
    """Functions, classes and constants that a module defines at its top level for others."""
    for node in tree_of(file).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
        else:
            names = []
        yield from (name for name in names if not name.startswith("_"))


WITHOUT_RULES = {"common", "evidence", "paths", "published", "resources"}
"""Files beside the rules that say what they share."""
WITHOUT_STEPS = {"artefacts", "statistics", "models", "engine", "exports", "trials", "commands"}
"""Packages on which every stage stands, and those of the command line, which needs no rule: they have no steps."""


def folders_of(path: str) -> set[str]:
    return {folder.name for folder in (ROOT / path).iterdir() if folder.is_dir() and folder.name != "__pycache__"}


def test_one_word_names_package_rules_steps_and_both_folders_of_tests():
    stages = {*FLOORS} - WITHOUT_STEPS
    assert folders_of("scripts/steps") == stages
    assert {file.stem for file in (ROOT / "workflow/rules").glob("*.smk")} - WITHOUT_RULES == stages
    assert folders_of("tests/steps") == stages
    assert folders_of("tests/unit") == {*FLOORS}


def test_every_package_has_a_floor():
    assert folders_of("scripts/emotion_vectors") == {*FLOORS}
    assert {file.name for file in LIBRARY.glob("*.py")} == {"__init__.py", ENTRY.name}


def test_the_entry_calls_the_command_line_and_defines_nothing():
    assert [*imported_packages(ENTRY)] == ["commands"]
    assert [*public_names(ENTRY)] == []


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_imports_go_downwards_or_stay_within_the_package(file: Path):
    own = FLOORS.index(file.relative_to(LIBRARY).parts[0])
    upwards = [package for package in imported_packages(file) if FLOORS.index(package) > own]
    assert not upwards, f"{name_of(file)} imports {', '.join(upwards)}: move what is shared down to a lower floor"


@pytest.mark.parametrize("file", sorted(LIBRARY.rglob("__init__.py")), ids=name_of)
def test_packages_say_what_they_hold_and_nothing_else(file: Path):
    tree = tree_of(file)
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


@pytest.mark.parametrize("package", PACKAGES, ids=name_of)
def test_packages_are_small(package: Path):
    assert len([file for file in MODULES if file.parent == package]) <= MOST_MODULES


@pytest.mark.parametrize("file", CODE, ids=name_of)
def test_files_are_short(file: Path):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def parameters_of(function: ast.FunctionDef) -> list[str]:
    given = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    return [argument.arg for argument in given if argument.arg not in ("self", "cls")]


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_functions_take_no_more_than_one_can_name(file: Path):
    """What travels together is a dataclass with a name; steps alone take what their rule names, one by one."""
    functions = [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.FunctionDef)]
    assert [node.name for node in functions if len(parameters_of(node)) > MOST_PARAMETERS] == []


SHARED_NAMES = {"Array", "PathLike", "log"}
"""Abbreviations of types, the same wherever they stand, and the logger that every module has of its own."""
CALLED_THROUGH_THEIR_MODULE = {"load", "save", "fetch", "measure"}
"""Verbs that say what they do together with their module alone, as in `emotion_vectors.load`."""


@pytest.mark.parametrize("package", PACKAGES, ids=name_of)
def test_a_public_name_is_defined_once_in_a_package(package: Path):
    allowed = SHARED_NAMES | CALLED_THROUGH_THEIR_MODULE
    counts = Counter(name for file in MODULES if file.parent == package for name in {*public_names(file)})
    assert [name for name, count in counts.items() if count > 1 and name not in allowed] == []


def test_a_class_name_is_defined_once_in_the_library():
    homes: dict[str, list[str]] = {}
    for file in MODULES:
        for node in tree_of(file).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(name_of(file))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


@pytest.mark.parametrize("file", [file for file in MODULES if file.parent.name != "artefacts"], ids=name_of)
def test_no_module_knows_what_runs_the_steps(file: Path):
    """Steps are bound to their rules in one place; the library takes named things and can be used without it."""
    for function in [node for node in tree_of(file).body if isinstance(node, ast.FunctionDef)]:
        untyped = {arg.arg for arg in ast.walk(function.args) if isinstance(arg, ast.arg) and is_any(arg.annotation)}
        assert not untyped & {"snakemake", "inputs", "outputs", "params"}, function.name
    assert "snakemake" not in {node.id for node in ast.walk(tree_of(file)) if isinstance(node, ast.Name)}


def is_any(annotation: ast.expr | None) -> bool:
    return annotation is None or ast.unparse(annotation) == "Any"


SAYS_NOTHING = {"found", "each", "own", "here", "place", "places"}


@pytest.mark.parametrize("file", sorted((ROOT / "scripts").rglob("*.py")), ids=name_of)
def test_names_say_what_they_are_of(file: Path):
    nodes = list(ast.walk(tree_of(file)))
    names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    assert not names & SAYS_NOTHING


@pytest.mark.parametrize("file", CODE, ids=name_of)
def test_code_is_written_as_the_formatter_has_it(file: Path):
    """No comment keeps the formatter out: where its lines read badly, names or a table are missing."""
    comments = re.findall(r"#\s*fmt:\s*(?:skip|off)", file.read_text(encoding="utf-8"))
    assert comments == []
