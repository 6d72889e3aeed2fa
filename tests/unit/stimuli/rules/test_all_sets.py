"""Rules for the stimulus sets: each finds its fault, the valid set and the real stimuli pass."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from emotion_vectors.artefacts.schemas import SCHEMAS, schema
from emotion_vectors.stimuli.files import Problem, StimulusError
from emotion_vectors.stimuli.rules import all_sets
from emotion_vectors.stimuli.sets import DOCUMENTS, RECORD_SETS
from tests.stimulus_examples import (
    ANTONYMS,
    SCENE,
    Edit,
    document,
    drop_line,
    norms_of,
    record,
    word,
    write_study,
)
from tests.unit.stimuli.rules.planted_faults import TEXT_FAULTS
from tests.unit.stimuli.rules.planted_word_faults import WORD_FAULTS

FAULTS = TEXT_FAULTS + WORD_FAULTS
REPOSITORY = Path(__file__).resolve().parents[4]
# A fault can leave a gap that is a fault of its own.
CONSEQUENCES = (
    "has no story of",
    "messages for 23 emotions",
    "writer a has",
    "writer b has",
    "dialogues, not 8",
    "in the first person",
    "passages of speech",
    "question marks",
)


@pytest.fixture(scope="module")
def good_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("good")
    write_study(root)
    return root


@pytest.fixture
def folder(good_set: Path, tmp_path: Path) -> Path:
    """A copy of the valid stimuli that a test may break."""
    shutil.copytree(good_set, tmp_path / "study")
    return tmp_path / "study/stimuli"


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(StimulusError) as caught:
        all_sets.check_all(folder, norms_of(folder))
    assert str(caught.value).split("\n") == [str(problem) for problem in caught.value.problems]
    return caught.value.problems


def test_good_set_passes(folder: Path) -> None:
    report = all_sets.check_all(folder, norms_of(folder))
    assert {name: facts["items"] for name, facts in report["sets"].items()} == {
        "scenes": 96,
        "plain": 96,
        "second": 96,
        "dialogues": 16,
        "messages": 144,
    }
    assert report["sets"]["messages"]["words"] == {"mean": 30.0, "min": 30, "max": 30}


@pytest.mark.parametrize(
    ("edit", "file", "line", "reason"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS]
)
def test_each_rule_finds_its_fault(folder: Path, edit: Edit, file: str, line: int | None, reason: str) -> None:
    edit(folder)
    problems = problems_of(folder)
    found = [problem for problem in problems if reason in problem.reason]
    assert (found[0].file.endswith(file), found[0].line) == (True, line)
    assert all(problem.remedy for problem in problems)
    others = [problem for problem in problems if problem not in found]
    assert all(any(gap in problem.reason for gap in CONSEQUENCES) for problem in others), others


def test_all_problems_are_listed_at_once(folder: Path) -> None:
    record(SCENE, 1, text=word("gleeful"))(folder)
    drop_line("dialogues/t02.jsonl", 1)(folder)
    document(ANTONYMS, lambda pairs: pairs.append(["sad", "sad"]))(folder)
    message = str(StimulusError(problems_of(folder))).split("\n")
    assert len(message) == 3
    assert message[1].endswith(f"{SCENE} line 1: 'happy' contains 'gleeful' (banned stem 'glee'); rewrite the sentence")


def test_real_stimuli_pass_every_rule() -> None:
    all_sets.check_all(REPOSITORY / "workflow/stimuli", REPOSITORY / "workflow/norms/warriner2013.csv")


@pytest.mark.parametrize("name", sorted({*(s for _, s in RECORD_SETS.values()), *DOCUMENTS}))
def test_schemas_are_closed_and_described(name: str) -> None:
    def inspect(part: Any, where: str) -> None:
        if not isinstance(part, dict):
            return
        if part.get("type") == "object":
            assert part.get("additionalProperties") is False, where
        for keyword in ("properties", "patternProperties"):
            for key, value in part.get(keyword, {}).items():
                assert value.get("description"), f"{where}.{key}"
                inspect(value, f"{where}.{key}")
        inspect(part.get("items"), f"{where}[]")

    assert (SCHEMAS / f"{name}.schema.yaml").is_file()
    assert schema(name).schema["description"]
    inspect(schema(name).schema, name)
