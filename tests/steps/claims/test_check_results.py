"""Assertions on a finished study stop the workflow where one is broken, and leave what they said where all hold."""

import pytest

from steps.claims import check_results

STUDY = {"results": "results", "models": ["one"]}


@pytest.fixture
def tests_folder(tmp_path, monkeypatch):
    """Folder `tests/results` of a project of its own, in which the step runs."""
    folder = tmp_path / "tests/results"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return folder


def write(folder, models):
    (folder / "test_study.py").write_text(
        "import json, os\n"
        "def test_models_are_those_of_the_study():\n"
        f"    assert json.loads(os.environ['FINISHED_STUDY'])['models'] == {models!r}\n"
    )


def test_assertions_are_handed_the_study_and_what_they_say_is_kept(tests_folder, tmp_path):
    write(tests_folder, ["one"])
    check_results.main(tmp_path / "checks.txt", study=STUDY)
    assert "1 passed" in (tmp_path / "checks.txt").read_text()


def test_a_broken_assertion_stops_with_its_name(tests_folder, tmp_path):
    write(tests_folder, ["another"])
    with pytest.raises(check_results.CheckError, match="test_models_are_those_of_the_study"):
        check_results.main(tmp_path / "checks.txt", study=STUDY)
    assert not (tmp_path / "checks.txt").exists()
