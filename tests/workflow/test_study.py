"""The whole quick study on real weights: killed half-way, completed by the same command, and then looked at as a user would."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.workflow.project import MODEL, QUICK, Project

pytestmark = [pytest.mark.weights, pytest.mark.timeout(4000)]


def test_a_second_run_has_nothing_to_do(project: Project, finished: Path):
    status, output = project.snakemake(*QUICK)
    assert status == 0
    assert "Nothing to be done" in output, output[-3000:]


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


def test_figures_texts_and_paper_are_made_again_without_a_model(project: Project, finished: Path, tmp_path: Path):
    """From the tables that a finished study publishes, in a copy that has neither results nor weights."""
    status, output = project.snakemake("reference", *QUICK)
    assert status == 0, output[-3000:]
    reader = Project(tmp_path)
    published = "workflow/reference/quick"
    shutil.copytree(project.folder / published, reader.folder / published, dirs_exist_ok=True)
    (reader.folder / "results/weights").unlink()
    status, output = reader.snakemake(*QUICK, "--config", "rebuild=True")
    assert status == 0, output[-4000:]
    again = reader.folder / "results/quick"
    for name in ("figures/README.md", "RESULTS.md"):
        assert (again / name).read_bytes() == (finished / name).read_bytes()
    assert (again / "paper/main.pdf").is_file()
    assert not (again / MODEL / "vectors.safetensors").exists()


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


def test_a_malformed_claim_stops_the_plan(project: Project, finished: Path):
    file = project.folder / "workflow/claims/overlap.yaml"
    before, times = file.read_text(), file.stat()
    try:
        file.write_text(before.replace("readout:", "readot:", 1))
        status, output = project.snakemake(*QUICK, "-n")
    finally:
        file.write_text(before)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
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


def test_truncated_activations_stop_with_the_file_and_the_remedy(project: Project, finished: Path):
    target = finished / MODEL / "activations/stories.safetensors"
    whole, times = target.read_bytes(), target.stat()
    vectors_file = finished / MODEL / "vectors.safetensors"
    kept = vectors_file.with_suffix(".kept")
    shutil.copy2(vectors_file, kept)
    try:
        target.write_bytes(whole[: len(whole) // 2])
        os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
        vectors_file.unlink()
        status, output = project.snakemake(str(vectors_file.relative_to(project.folder)), *QUICK)
    finally:
        target.write_bytes(whole)
        os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
        shutil.move(kept, vectors_file)
    assert status != 0
    assert "activations/stories.safetensors is not a complete activations file" in output
    assert "delete it and repeat the command" in output


def test_an_emptied_story_file_stops_the_study_before_any_model_runs(project: Project, finished: Path):
    story_file = project.folder / "workflow/stimuli/stories/plain/p01.jsonl"
    before, times = story_file.read_bytes(), story_file.stat()
    report = finished / "stimuli.json"
    kept = report.read_bytes(), report.stat()
    try:
        story_file.write_bytes(b"")
        report.unlink()
        status, output = project.snakemake("results/quick/stimuli.json", *QUICK)
    finally:
        story_file.write_bytes(before)
        os.utime(story_file, ns=(times.st_atime_ns, times.st_mtime_ns))
        report.write_bytes(kept[0])
        os.utime(report, ns=(kept[1].st_atime_ns, kept[1].st_mtime_ns))
    assert status != 0
    assert "stories/plain/p01.jsonl: the file is empty; restore its content" in output
