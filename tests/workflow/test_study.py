"""The whole quick study on real weights: killed half-way, completed by the same command, and then looked at as a user would."""

import json
import os
import re
import shutil
import signal
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.workflow.project import QUICK, Project

pytestmark = [pytest.mark.weights, pytest.mark.timeout(3000)]
REPOSITORY = Path(__file__).resolve().parents[2]
MODEL = "smollm2-135m-instruct"


def kill_after_first_activations(project: Project, seconds: float = 1500) -> None:
    """Start the quick study and kill it, with all its jobs, as soon as one file of activations is whole."""
    log = project.folder / "killed.log"
    deadline = time.monotonic() + seconds
    with log.open("w") as output:
        process = project.start(*QUICK, output=output)
        try:
            while not any(project.folder.glob(f"results/quick/{MODEL}/activations/[a-z]*.safetensors")):
                assert process.poll() is None, f"the run ended before its first activations:\n{log.read_text()[-4000:]}"
                assert time.monotonic() < deadline, f"no activations within {seconds} s:\n{log.read_text()[-4000:]}"
                time.sleep(0.5)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def finished(project: Project) -> Path:
    """Results of a quick study that was killed after its first activations and then repeated."""
    kill_after_first_activations(project)
    status, output = project.snakemake(*QUICK)
    assert status == 0, output[-6000:]
    return project.folder / "results/quick"


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


def test_an_edited_library_module_reruns_its_users_and_nothing_else(project: Project, finished: Path):
    module = project.folder / "scripts/emotion_vectors/meaning/geometry_evidence.py"
    before, times = module.read_text(), module.stat()
    try:
        module.write_text(before + "\n# edited\n")
        _, output = project.snakemake(*QUICK, "-n")
    finally:
        module.write_text(before)
        os.utime(module, ns=(times.st_atime_ns, times.st_mtime_ns))
    planned = set(re.findall(r"^(\w+) +\d+$", output, re.MULTILINE))
    assert {"analyze_components", "cluster_vectors", "compare_depths"} <= planned, output[-2000:]
    assert not planned & {"capture_stories", "capture_neutral", "decode_texts", "fetch_weights"}


def planned_after(project: Project, file: str, old: str, new: str) -> set[str]:
    """Rules that a dry run plans after an edit of one file, which is undone."""
    target = project.folder / file
    before, times = target.read_text(), target.stat()
    assert old in before
    try:
        target.write_text(before.replace(old, new, 1))
        _, output = project.snakemake(*QUICK, "-n")
    finally:
        target.write_text(before)
        os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
    return set(re.findall(r"^(\w+) +\d+$", output, re.MULTILINE))


def test_a_row_for_another_model_reruns_nothing(project: Project, finished: Path):
    row = "other-model\tgpu\tsafetensors\t-\t-\tfolder:/tmp/other-model\tfloat32\tchat\tMIT\n"
    assert planned_after(project, "workflow/models.tsv", "\nqwen2.5-coder-0.5b", f"\n{row}qwen2.5-coder-0.5b") == set()


def test_an_edited_stimulus_is_checked_and_reruns_what_reads_it(project: Project, finished: Path):
    planned = planned_after(project, "workflow/stimuli/words/families.yaml", "happy:", "# edited\nhappy:")
    assert {"check_stimuli", "read_lens", "judge_claims", "typeset_paper"} <= planned


LENDING = (
    ("ladder", ["Of course, take it from the shed tonight.", "Gladly; mind the loose third step."],
     ["No, it has to stay in the shed tonight.", "Sorry, the third step is too loose."]),
    ("drill", ["Yes, the case is beside the front door.", "Sure, and keep the spare battery as well."],
     ["No, the case stays beside my own bench.", "Not while the spare battery is away."]),
    ("wheelbarrow", ["Take it whenever the gravel is delivered.", "It is yours until Sunday at noon."],
     ["I need it when our gravel is delivered.", "It is promised until Sunday at noon."]),
)  # fmt: skip
"""What a neighbour asks for, and replies that lend it and that keep it."""


def lending_items() -> str:
    """A behaviour set in JSON Lines."""
    values = [
        {"id": f"n0{number}", "topic": f"lending a {tool}", "prompt": f"A neighbour asks for the {tool}. Write the answer.",
         "continuations": {"lend": lend, "keep": keep}}
        for number, (tool, lend, keep) in enumerate(LENDING, start=1)
    ]  # fmt: skip
    return "".join(json.dumps(value) + "\n" for value in values)


def test_a_further_behaviour_is_a_row_and_a_file(project: Project, finished: Path):
    """Its responses are captured, those of the other sets are not; a row without its file is named."""
    table = project.folder / "workflow/experiments.tsv"
    effects = finished / MODEL / "slopes/effects.parquet"
    before, times = table.read_text(), table.stat()
    kept = {file: (file.read_bytes(), file.stat()) for file in effects.parent.iterdir()}
    items = project.folder / "workflow/stimuli/behaviours/lending.jsonl"
    target = str(effects.relative_to(project.folder))
    try:
        table.write_text(before + "lending\tconduct\tlending\tlikelihood\tlend\tkeep" + "\t-" * 6 + "\n")
        status, output = project.snakemake(target, *QUICK, "-n")
        assert status != 0
        assert "behaviours/lending.jsonl" in output, output[-2000:]
        items.write_text(lending_items())
        _, output = project.snakemake(target, *QUICK, "-n")
        planned = dict(re.findall(r"^(\w+) +(\d+)$", output, re.MULTILINE))
        assert planned == {"check_behaviour": "1", "capture_responses": "1", "compute_slopes": "1", "total": "3"}
        status, output = project.snakemake(target, *QUICK)
        assert status == 0, output[-4000:]
        assert "lending" in set(pd.read_parquet(effects)["experiment"])
    finally:
        table.write_text(before)
        os.utime(table, ns=(times.st_atime_ns, times.st_mtime_ns))
        items.unlink(missing_ok=True)
        for file, (content, facts) in kept.items():
            file.write_bytes(content)
            os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))


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
