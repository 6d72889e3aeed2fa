"""The frame around every step: what its rule names goes to its main by name; log, threads, seed, and errors that are kept."""

import importlib
import logging
import os
import pkgutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from snakemake.iocontainers import Namedlist

import emotion_vectors
from emotion_vectors.artefacts import provenance, step
from emotion_vectors.artefacts.errors import MendableError
from emotion_vectors.stimuli import files


@pytest.fixture
def restored_logging():
    """Step scripts own the root logger; a test run has to give it back."""
    root = logging.getLogger()
    handlers, level, threads = root.handlers[:], root.level, torch.get_num_threads()
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    torch.set_num_threads(threads)


def section(values):
    """A section of a rule as Snakemake builds it: one flat list, in which the files of a name stand side by side."""
    built = Namedlist()
    for name, value in values.items():
        begin, several = len(built), isinstance(value, list)
        built.extend(value if several else [value])
        built._set_name(name, begin, end=len(built) if several else None)
    return built


CONFIG = {"a": 1, "compute": {"share_gpu": False}}


def asked(tmp_path, **sections):
    """The object that Snakemake hands to a script, of a rule with these inputs, outputs, params and wildcards."""
    named = {name: section(sections.get(name, {})) for name in ("input", "output", "params", "wildcards")}
    return SimpleNamespace(
        log=[str(tmp_path / "logs" / "step.log")],
        rule="read_lens",
        config=CONFIG,
        threads=1,
        resources=Namedlist(fromdict={"mem_mb": 100}),
        **named,
    )


# Binding -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draws:
    bootstraps: int
    seed: int


def bound(tmp_path, main, **sections):
    return step.arguments(main, asked(tmp_path, **sections))


def test_names_of_a_rule_go_to_the_parameters_of_the_same_names(tmp_path):
    def main(
        vectors: Path, norms: list[Path], table: Path, *, model: str, draws: Draws, topics: dict[str, int]
    ) -> None: ...

    found = bound(
        tmp_path,
        main,
        input={"vectors": "a.safetensors", "norms": ["b.csv", "c.csv"], "code": ["library.py"], "after": "report.json"},
        output={"table": "d.parquet"},
        params={"draws": {"bootstraps": 5, "seed": 1}, "topics": {"scenes": 2}},
        wildcards={"model": "tiny", "part": "x"},
    )
    assert found == {
        "vectors": Path("a.safetensors"),
        "norms": [Path("b.csv"), Path("c.csv")],
        "table": Path("d.parquet"),
        "model": "tiny",
        "draws": Draws(5, 1),
        "topics": {"scenes": 2},
    }


def takes_one(vectors: Path, *, depth: float = 0.5) -> None: ...


WRONG = {
    "an input that the step does not take": ({"input": {"vectors": "a", "norms": "b"}}, "norms are named by the rule"),
    "a setting that the step does not take": (
        {"input": {"vectors": "a"}, "params": {"dept": 1}},
        "dept are named by the rule and are no parameters of main",
    ),
    "an input that the rule does not name": ({}, "vectors are parameters of main that the rule does not name"),
    "a name for two things": (
        {"input": {"vectors": "a"}, "params": {"vectors": 1}},
        "vectors stand for two things each",
    ),
}


@pytest.mark.parametrize(("sections", "message"), WRONG.values(), ids=WRONG)
def test_a_rule_and_a_step_that_disagree_are_refused_by_name(tmp_path, sections, message):
    with pytest.raises(step.BindingError, match=message) as refused:
        bound(tmp_path, takes_one, **sections)
    assert "rule read_lens" in str(refused.value)


def test_a_setting_with_a_default_may_be_left_out(tmp_path):
    assert bound(tmp_path, takes_one, input={"vectors": "a"}) == {"vectors": Path("a")}


@pytest.mark.parametrize("section", ["input", "output"])
def test_a_file_without_a_name_is_refused(tmp_path, section):
    handed = asked(tmp_path, input={"vectors": "a"})
    getattr(handed, section).append("unnamed.json")
    with pytest.raises(step.BindingError, match=f"rule read_lens: an {section} has no name"):
        step.arguments(takes_one, handed)


# Frame ---------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("restored_logging")
def test_a_step_that_fails_leaves_its_traceback_in_the_log_and_still_fails(tmp_path):
    def main():
        logging.getLogger("emotion_vectors.models").info("weights are loaded")
        raise ZeroDivisionError("no story")

    with pytest.raises(ZeroDivisionError):
        step.run(main, asked(tmp_path))
    text = (tmp_path / "logs" / "step.log").read_text()
    assert "weights are loaded" in text
    assert "Traceback" in text
    assert "ZeroDivisionError: no story" in text
    assert "read_lens: failed" in text


SAID = "a.jsonl line 3: the side is empty; write its replies"
for _module in pkgutil.walk_packages(emotion_vectors.__path__, "emotion_vectors."):
    importlib.import_module(_module.name)
PROBLEM = files.Problem("a.jsonl", 3, "the side is empty", "write its replies")
MENDABLE = [
    kind([PROBLEM]) if kind is files.StimulusError else kind(SAID)
    for kind in sorted(MendableError.__subclasses__(), key=lambda kind: kind.__name__)
]
"""Every error of the library that a user can mend."""


@pytest.mark.usefixtures("restored_logging")
@pytest.mark.parametrize("error", MENDABLE, ids=[type(error).__name__ for error in MENDABLE])
def test_what_a_user_can_mend_is_said_once_and_without_a_traceback(tmp_path, capsys, error):
    def main():
        raise error

    with pytest.raises(SystemExit) as stopped:
        step.run(main, asked(tmp_path))
    assert stopped.value.code == 1
    for text in (capsys.readouterr().err, (tmp_path / "logs" / "step.log").read_text()):
        assert text.splitlines()[1:] == [SAID]
        assert "read_lens: stopped" in text


@pytest.mark.usefixtures("restored_logging")
def test_a_step_knows_its_rule_settings_and_seed(tmp_path):
    runs = []

    def main(*, seed):
        runs.append((provenance.current(), torch.get_num_threads(), torch.initial_seed()))

    step.run(main, asked(tmp_path, params={"seed": 11}))
    ((current, threads, torch_seed),) = runs
    assert (current.rule, current.seed, torch_seed) == ("read_lens", 11, 11)
    assert current.config_sha256 == provenance.digest(CONFIG)
    assert threads == 1
    assert "read_lens: done" in (tmp_path / "logs" / "step.log").read_text()


@pytest.mark.usefixtures("restored_logging")
def test_a_repeated_step_starts_its_log_anew_and_needs_none(tmp_path):
    def main(*, message):
        logging.getLogger().info(message)

    for message in ("first attempt", "second attempt"):
        step.run(main, asked(tmp_path, params={"message": message}))
    text = (tmp_path / "logs" / "step.log").read_text()
    assert "first attempt" not in text
    assert "second attempt" in text
    without = asked(tmp_path)
    without.log = []
    step.run(lambda: None, without)


def test_a_step_without_tensors_does_not_load_what_runs_models():
    """Loading PyTorch takes seconds, in each of a few dozen small steps."""
    code = (
        "import sys; from emotion_vectors.claims import judging; from emotion_vectors.figures import style; "
        "from emotion_vectors.weights import table; "
        "from emotion_vectors.stimuli import experiments; print('torch' in sys.modules)"
    )
    path = {"PYTHONPATH": str(provenance.REPOSITORY / "scripts")}
    found = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={**os.environ, **path}
    )
    assert found.stdout.strip() == "False"
