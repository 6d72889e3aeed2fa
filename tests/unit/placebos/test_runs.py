"""How a placebo is set up from the configuration of its study; `tests/steps/placebos` runs one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from emotion_vectors.placebos import runs

STUDY = {
    "tier": "mine",
    "readme": True,
    "archive": "file.tar.gz",
    "archive_megabytes": 3,
    "rebuild": False,
    "models": ["model-a"],
    "published": [],
    "folders": {"weights": "w", "activations": "a", "results": "r", "figures": "f", "paper": "p"},
    "stories": {"topics": {"scenes": 3}, "permuted_labels": False},
    "statistics": {"bootstraps": 400},
    "seeds": {"study": 1, "placebo": 7, "shuffle_all": 3},
    "placebo": {"seeds": 20, "labels_alone": False, "left_out": []},
    "compute": {"precision": "auto", "device": "auto", "batch_tokens": 640},
}


def test_a_placebo_differs_from_its_study_in_labels_and_folders_alone():
    settings = runs.settings_of(STUDY, 12, "r/placebos/12/study", "bfloat16")
    assert settings == {
        "tier": "placebo",
        "readme": False,
        "models": ["model-a"],
        "folders": {
            "weights": "w",
            "activations": "a",
            "results": "r/placebos/12/study",
            "figures": "r/placebos/12/study/figures",
            "paper": "r/placebos/12/study/paper",
        },
        "stories": {"topics": {"scenes": 3}, "permuted_labels": True},
        "statistics": {"bootstraps": 400},
        "seeds": {"study": 1, "placebo": 12, "shuffle_all": 3},
        "placebo": {"labels_alone": True, "left_out": []},
        "compute": {"precision": "bfloat16", "device": "cpu", "batch_tokens": 640},
    }
    assert (STUDY["seeds"]["placebo"], STUDY["stories"]["permuted_labels"]) == (7, False)


def test_models_whose_tables_were_taken_have_no_placebo():
    study = STUDY | {"models": ["model-a", "model-b"], "published": ["model-a"]}
    settings = runs.settings_of(study, 12, "r/placebos/12/study", "bfloat16")
    assert (settings["models"], "published" in settings) == (["model-b"], False)


def test_two_seeds_make_two_configurations_and_one_seed_the_same_again():
    first, again, other = (runs.settings_of(STUDY, seed, "folder", "float32") for seed in (7, 7, 8))
    assert first == again
    assert {key for key in first if first[key] != other[key]} == {"seeds"}


@pytest.mark.parametrize("cores", [1, 6])
def test_the_workflow_is_run_by_the_python_that_runs_the_step_on_its_cores(cores):
    command = runs.command(Path("c.yaml"), Path("r/claims.json"), cores)
    assert command[:3] == [sys.executable, "-m", "snakemake"]
    assert command[command.index("--cores") + 1] == str(cores)
    assert command[-2:] == ["--configfile", "c.yaml"]
