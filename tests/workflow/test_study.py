"""The whole quick study on real weights: killed half-way, completed by the same command, and then looked at as a user would."""

import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from emotion_vectors.archive.fetching import digest_of
from tests.local_server import serving
from tests.workflow.project import (
    MODEL,
    MOST_SECONDS_OF_A_RESTORE,
    MOST_SECONDS_OF_A_REVIEWER,
    QUICK,
    Project,
    reasons,
)

pytestmark = [pytest.mark.weights, pytest.mark.timeout(5000)]


def test_a_second_run_has_nothing_to_do(project: Project, finished: Path):
    status, output = project.snakemake(*QUICK)
    assert status == 0
    assert "Nothing to be done" in output, reasons(output)


def test_the_finished_study_was_checked(finished: Path):
    """Assertions on results are those of tests/results, which the study itself runs."""
    said = (finished / "checks.txt").read_text()
    assert re.search(r"\d+ passed", said)
    assert "failed" not in said


def test_the_report_opens_on_verdicts_paper_and_run_times(project: Project, finished: Path):
    status, output = project.snakemake("--report", "report.html", *QUICK)
    assert status == 0, output[-3000:]
    page = (project.folder / "report.html").read_text(encoding="utf-8")
    assert "Every claim was registered with its thresholds" in page
    for result in ("verdict_matrix.png", "verdicts.csv", "RESULTS.md", "run_times.json", "main.pdf"):
        assert result in page, result


def test_figures_texts_and_paper_are_made_again_without_a_model(edited: Project, finished: Path, tmp_path: Path):
    """From the tables that a finished study publishes, in a copy that has neither results nor weights."""
    status, output = edited.snakemake("reference", *QUICK)
    assert status == 0, output[-3000:]
    reader = Project.fresh(tmp_path / "reader")
    references = "workflow/reference"
    shutil.copytree(edited.folder / references, reader.folder / references, dirs_exist_ok=True)
    (reader.folder / "results/weights").unlink()
    status, output = reader.snakemake(*QUICK, "--config", "rebuild=True")
    assert status == 0, output[-4000:]
    again = reader.folder / "results/quick"
    for name in ("figures/README.md", "RESULTS.md"):
        assert (again / name).read_bytes() == (finished / name).read_bytes()
    assert (again / "paper/main.pdf").is_file()
    assert not (again / MODEL / "vectors.safetensors").exists()


def test_a_study_is_restored_from_its_archive_and_verified_in_minutes(
    edited: Project, finished: Path, tmp_path: Path, record_property: Callable[[str, object], None]
):
    """In a copy that has neither results nor weights nor published tables, by the two commands that a reviewer is told.

    The archive is refused as a file that is cut short, and taken from an address with its digest.
    """
    for target in ("reference", "archive"):
        status, output = edited.snakemake(target, *QUICK)
        assert status == 0, output[-3000:]
    reader = Project.fresh(tmp_path / "reader")
    (reader.folder / "results/weights").unlink()
    shutil.rmtree(reader.folder / "workflow/reference/quick")
    shutil.copy2(edited.folder / "workflow/reference/quick.json", reader.folder / "workflow/reference/quick.json")
    archive = tmp_path / "served/archive.tar.gz"
    archive.parent.mkdir()
    whole = (edited.folder / "results/quick/archive.tar.gz").read_bytes()
    archive.write_bytes(whole[:-1000])
    status, output = reader.snakemake("restore", *QUICK, "--config", f"archive={archive}")
    assert status != 0
    assert f"{archive} is cut short, altered or no archive" in output
    assert not (reader.folder / "results/quick/restored").exists()
    archive.write_bytes(whole)
    seconds = {}
    with serving(archive.parent) as address:
        named = ("--config", f"archive={address}/{archive.name}#sha256={digest_of(archive)}")
        for command in ("restore", "verify"):
            begun = time.monotonic()
            status, output = reader.snakemake(command, *QUICK, *named)
            seconds[command] = round(time.monotonic() - begun, 1)
            record_property(f"{command}_seconds", seconds[command])
            assert status == 0, output[-4000:]
    assert "reference numbers reproduced within tolerance" in output
    again = reader.folder / "results/quick"
    for name in ("RESULTS.md", "explorer.html"):
        assert (again / name).read_bytes() == (finished / name).read_bytes()
    assert (again / "paper/main.pdf").is_file()
    assert (again / f"restored/tensors/{MODEL}/vectors.safetensors").is_file()
    assert seconds["restore"] <= MOST_SECONDS_OF_A_RESTORE, f"longer than is promised, in seconds: {seconds}"
    assert sum(seconds.values()) <= MOST_SECONDS_OF_A_REVIEWER, f"too long for a reviewer, in seconds: {seconds}"


def test_restoring_without_an_archive_says_how_one_is_named(project: Project):
    status, output = project.snakemake("restore", *QUICK, "-n")
    assert status != 0
    assert "archive: none is named; say ./scripts/env snakemake restore" in output


def test_nothing_is_restored_over_a_study_that_was_run_here(tmp_path: Path):
    reader = Project.fresh(tmp_path / "reader")
    archive = tmp_path / "archive.tar.gz"
    archive.write_bytes(b"")
    wanted = ("restore", *QUICK, "-n", "--config", f"archive={archive}")
    status, output = reader.snakemake(*wanted)
    assert status == 0, output[-2000:]
    (reader.folder / "results/quick").mkdir()
    (reader.folder / "results/quick/claims.json").write_text("{}")
    status, output = reader.snakemake(*wanted)
    assert status != 0
    assert "archive: results/quick/claims.json is of a study of tier 'quick' that was run here" in output
    assert "restore in a fresh clone" in output


def test_a_misspelt_digest_of_an_archive_stops_the_plan(project: Project):
    status, output = project.snakemake("restore", *QUICK, "-n", "--config", "archive=archive.tar.gz#sha256:0")
    assert status != 0
    assert "write #sha256= and 64 hexadecimal digits" in output


def test_a_model_mistyped_in_a_target_is_named_with_those_that_could_be_meant(project: Project):
    status, output = project.snakemake("results/quick/smollm2-135m-instuct/vectors.safetensors", *QUICK, "-n")
    assert status != 0
    assert (
        "no model 'smollm2-135m-instuct' in workflow/models.tsv; correct the name, for instance to smollm2-135m"
        in output
    )


def test_every_figure_is_there_in_both_formats(finished: Path):
    figures = {file.stem for file in (finished / "figures").glob("*.pdf")}
    assert figures == {file.stem for file in (finished / "figures").glob("*.png")}
    listed = (finished / "figures/README.md").read_text()
    for name in figures:
        assert f"| {name} ([PDF]({name}.pdf), [PNG]({name}.png)) |" in listed


def test_verifying_a_study_that_was_not_run_starts_none(project: Project):
    status, output = project.snakemake("verify", "--cores", "1")
    assert status != 0
    assert "results/claims.json does not exist: no study of tier 'default' has been finished here" in output


def test_a_malformed_claim_stops_the_plan(edited: Project):
    file = edited.folder / "workflow/claims/overlap.yaml"
    file.write_text(file.read_text().replace("readout:", "readot:", 1))
    status, output = edited.snakemake(*QUICK, "-n")
    assert status != 0
    assert re.search(r"overlap\.yaml: O0\d: .*readot", output), output[-2000:]


def test_a_study_of_another_name_does_not_overwrite_the_default(project: Project):
    status, output = project.snakemake("-n", "--config", "tier=mine")
    assert status != 0
    assert "would overwrite the default study" in output


def test_an_unknown_key_in_the_configuration_is_named(project: Project):
    status, output = project.snakemake(*QUICK, "-n", "--config", "tyer=quick")
    assert status != 0
    assert "tyer" in output


def test_an_unknown_model_is_named_with_the_table(project: Project):
    status, output = project.snakemake(*QUICK, "-n", "--config", 'models=["no-such-model"]')
    assert status != 0
    assert "no-such-model" in output
    assert "models.tsv" in output


def test_truncated_activations_stop_with_the_file_and_the_remedy(edited: Project):
    file = edited.folder / f"results/quick/{MODEL}/activations/stories.safetensors"
    times = file.stat()
    os.truncate(file, times.st_size // 2)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    vectors = f"results/quick/{MODEL}/vectors.safetensors"
    (edited.folder / vectors).unlink()
    status, output = edited.snakemake(vectors, *QUICK)
    assert status != 0
    assert "activations/stories.safetensors is not a complete activations file" in output
    assert "delete it and repeat the command" in output


def test_an_emptied_story_file_stops_the_study_before_any_model_runs(edited: Project):
    (edited.folder / "workflow/stimuli/stories/plain/p01.jsonl").write_bytes(b"")
    (edited.folder / "results/quick/stimuli.json").unlink()
    status, output = edited.snakemake("results/quick/stimuli.json", *QUICK)
    assert status != 0
    assert "stories/plain/p01.jsonl: the file is empty; restore its content" in output
