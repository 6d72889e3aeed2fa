"""A study that takes the results of a model from published tables: what is planned, laid and refused. No model is run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from emotion_vectors.archive import publications
from emotion_vectors.archive.manifest import Member
from emotion_vectors.artefacts import files
from emotion_vectors.stimuli.files import set_digest
from emotion_vectors.weights.table import read_models
from tests.workflow.parsed import ROOT
from tests.workflow.project import MODEL, Project
from tests.workflow.settings import merged

OTHER = "qwen2.5-coder-0.5b-instruct"
REFERENCE = "workflow/reference/quick"
OF_MODEL, TOLD = f"results/quick/{MODEL}", f"results/quick/published/{MODEL}.json"
TABLE = f"{REFERENCE}/results/{MODEL}/evidence/read_lens.parquet"
FEW_TIMES = {"machine": {"cpu": "a processor", "cores": 2}, "precision": "float32", "steps": {}}


CONFIGURATIONS = ("workflow/config/quick.yaml", "mine.yaml")


def dry_run(folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit status of a dry run of a study of two models, and what it says."""
    return Project(folder).snakemake("-n", "--cores", "1", *arguments, "--configfile", *CONFIGURATIONS)


def planned(folder: Path, *targets: str) -> list[dict[str, Any]]:
    """Jobs of such a study, each with its rule, wildcards, input and output."""
    command = [sys.executable, str(Path(__file__).with_name("plan_dump.py")), ",".join(CONFIGURATIONS), *targets]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def below(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name.startswith(f"{folder}/")}


def write_settings(folder: Path, published: list[str], models: list[str] | None = None, **changes: object) -> None:
    settings = {"models": models or [MODEL, OTHER], "published": published, **changes}
    (folder / "mine.yaml").write_text(yaml.safe_dump(settings))


def basis() -> publications.Basis:
    """What the published tables rest on, put together from the files themselves."""
    stimuli = ROOT / "workflow/stimuli"
    sets = {folder.name: [file for file in folder.rglob("*") if file.is_file()] for folder in stimuli.glob("*/")}
    inputs = {
        f"workflow/stimuli/{name}": set_digest([file for file in of if file.name != "README.md"], stimuli)
        for name, of in sets.items()
    }
    tables = ("workflow/norms/warriner2013.csv", "workflow/experiments.tsv", "workflow/acts.tsv")
    row = asdict(read_models(ROOT / "workflow/models.tsv")[MODEL])
    return publications.Basis(
        publications.settings_compared(merged("quick.yaml")),
        inputs | {table: set_digest([ROOT / table], ROOT) for table in tables},
        {MODEL: publications.row_compared(row)},
    )


def publish(folder: Path, names: list[str]) -> None:
    """Stand-ins for the tables that `reference` would have published of one model."""
    tables = folder / REFERENCE / "results"
    for name in names:
        (tables / name).parent.mkdir(parents=True, exist_ok=True)
        (tables / name).write_bytes(name.encode())
    files.write_json({"models": [{"name": MODEL}]}, tables / "facts.json")
    files.write_json(FEW_TIMES, tables / "run_times.json")
    listed = [*names, "facts.json", "run_times.json"]
    members = tuple(Member.of_file(name, tables / name) for name in listed)
    origins = {MODEL: publications.Origin("abc", "0" * 64, "bfloat16")}
    files.write_json(
        publications.Publication(basis(), origins, members).content(), folder / REFERENCE / "published.json"
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, without weights, in which one of two models is published as `reference` says that it would be."""
    copy = Project.without_results(tmp_path_factory.mktemp("published")).folder
    write_settings(copy, [])
    (reference,) = [job for job in planned(copy, "reference") if job["rule"] == "reference"]
    publish(copy, [file.removeprefix("results/quick/") for file in sorted(below(OF_MODEL, reference["input"]))])
    write_settings(copy, [MODEL])
    return copy


@pytest.fixture(scope="module")
def plan(folder: Path) -> list[dict[str, Any]]:
    return planned(folder, "all", "reference", "archive")


def test_a_published_model_has_no_job_but_the_one_that_lays_its_tables(plan):
    jobs = {model: {job["rule"] for job in plan if of_model(job, model)} for model in (MODEL, OTHER)}
    assert jobs[MODEL] == {"place_published"}
    assert len(jobs[OTHER]) > 50
    assert not [job for job in plan if below(f"results/weights/{MODEL}", job["input"])]


def of_model(job: dict[str, Any], model: str) -> bool:
    return any(str(value).split("/")[0] == model for value in job["wildcards"].values())


def test_what_is_said_across_models_reads_both(plan):
    across = {job["rule"]: job["input"] for job in plan if not job["wildcards"]}
    for rule in ("judge_claims", "compare_models", "collect_facts", "write_tables", "write_explorer", "reference"):
        assert all(below(f"results/quick/{model}", across[rule]) for model in (MODEL, OTHER)), rule
    (laid,) = [job["output"] for job in plan if job["rule"] == "place_published"]
    read = {file for job in plan for file in below(OF_MODEL, job["input"])}
    assert {*laid} == {*read, TOLD}
    assert {job["rule"] for job in plan if TOLD in job["input"]} == {"collect_facts", "record_run_times", "reference"}


def test_what_the_explorer_alone_reads_is_published_too(plan):
    (published,) = [job["input"] for job in plan if job["rule"] == "reference"]
    for name in ("lens/word_readings", "acts/by_scenario", "acts/steered/blackmail"):
        assert {f"results/quick/{model}/{name}.parquet" for model in (MODEL, OTHER)} <= {*published}


def test_placebos_and_other_choices_ask_for_the_models_that_are_run_alone(folder: Path):
    within = [
        job for job in planned(folder, "placebos", "multiverse") if job["rule"] in ("judge_placebo", "judge_choice")
    ]
    assert len(within) > 5
    assert not [job for job in within if below(OF_MODEL, job["input"])]
    assert all(below(f"results/quick/{OTHER}", job["input"]) for job in within)


def test_tables_are_laid_as_they_were_published(folder: Path):
    status, output = Project(folder).snakemake("--cores", "1", TOLD, "--configfile", *CONFIGURATIONS)
    assert status == 0, output[-3000:]
    assert (folder / OF_MODEL / "evidence/read_lens.parquet").read_bytes() == (folder / TABLE).read_bytes()
    assert files.read_json(folder / TOLD)["origin"]["commit"] == "abc"


def test_a_file_of_a_published_model_that_was_not_published_is_never_computed(folder: Path):
    status, output = dry_run(folder, f"{OF_MODEL}/vectors.safetensors")
    assert status != 0
    assert "MissingRuleException" in output


REFUSED: dict[str, Callable[[Path], object]] = {
    r"published: statistics\.bootstraps is 500 in this study and 400 in the one of .*, so that it is run": lambda folder: (
        write_settings(folder, [MODEL], statistics={"bootstraps": 500})
    ),
    "published: nobody not in `models`; add it there, or correct the name": lambda folder: write_settings(
        folder, ["nobody"]
    ),
    "models: nobody not in workflow/models.tsv; add a row": lambda folder: write_settings(
        folder, ["nobody"], ["nobody", OTHER]
    ),
    "published: these are all models of the study, .* leave `published` empty and say --config rebuild=True": lambda folder: (
        write_settings(folder, [MODEL, OTHER])
    ),
    r"published: .*published\.json lists no model 'qwen2.5-coder-0.5b-instruct', only smollm2": lambda folder: (
        write_settings(folder, [OTHER])
    ),
    r"published: folders\.activations is shared with another study": lambda folder: write_settings(
        folder, [MODEL], folders={"activations": "results/shared"}
    ),
    r"published: no file .*read_lens\.parquet; restore it from the commit": lambda folder: (folder / TABLE).unlink(),
    r"published: .*read_lens\.parquet is not as it was published": lambda folder: (folder / TABLE).write_bytes(b"x"),
    r"published: no file .*published\.json: no full run has published": lambda folder: (
        folder / REFERENCE / "published.json"
    ).unlink(),
    r"published: workflow/stimuli/events is not what it was": lambda folder: (
        folder / "workflow/stimuli/events/emotion_words.yaml"
    ).write_text("other: []\n"),
}


@pytest.mark.parametrize(("message", "spoil"), REFUSED.items(), ids=REFUSED)
def test_what_does_not_fit_is_said_in_a_line_before_anything_runs(
    folder: Path, message: str, spoil: Callable[[Path], object]
):
    kept = {
        file: file.read_bytes()
        for file in (
            folder / "mine.yaml",
            folder / TABLE,
            folder / REFERENCE / "published.json",
            folder / "workflow/stimuli/events/emotion_words.yaml",
        )
    }
    spoil(folder)
    status, output = dry_run(folder)
    for file, content in kept.items():
        file.write_bytes(content)
    assert status != 0
    assert re.search(rf"^{message}", output, re.MULTILINE), output[-2000:]


def test_a_rebuild_takes_all_models_from_their_tables_whatever_is_published(folder: Path):
    write_settings(folder, [MODEL], [MODEL])
    status, output = dry_run(folder, "--config", "rebuild=True")
    write_settings(folder, [MODEL])
    assert status == 0, output[-2000:]
    assert "place_published" not in output


def test_the_study_of_a_further_model_takes_those_of_the_default_study():
    settings = yaml.safe_load((ROOT / "workflow/config/larger.yaml").read_text(encoding="utf-8"))
    assert {*settings["published"]} == {*merged("config.yaml")["models"]} < {*settings["models"]}
    assert {*settings["models"]} <= {*read_models(ROOT / "workflow/models.tsv")}
    assert settings.keys() == {"models", "published"}
