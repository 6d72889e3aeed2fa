"""A view of stored files: links, changed copies, and a study whose own files nothing touches."""

from __future__ import annotations

import os

import pytest
import torch

from emotion_vectors.artefacts import files, provenance
from emotion_vectors.multiverse import views
from emotion_vectors.multiverse.choices import UNPROJECTED, WHOLE_TEXT
from emotion_vectors.statistics.algebra import project_out


@pytest.fixture
def stored(tmp_path):
    """A study of one model: stories, neutral components, a table, and a folder that is not linked."""
    folder = tmp_path / "results/model-a/activations"
    folder.mkdir(parents=True)
    generator = torch.Generator().manual_seed(1)
    late, early = (torch.randn(4, 3, 8, generator=generator) for _ in range(2))
    bases = {f"layer_{layer:03d}": torch.linalg.qr(torch.randn(8, 2, generator=generator))[0].T for layer in range(3)}
    with provenance.running(provenance.Run(rule="capture_stories", config_sha256="0")):
        files.write_tensors({"late": late, "early": early}, folder / "stories.safetensors", story_ids="[1]")
        files.write_tensors(bases, folder / "neutral.safetensors")
    (folder / "others.parquet").write_text("table")
    return [*sorted(path for path in (tmp_path / "results").rglob("*") if path.is_file()), tmp_path / "elsewhere"]


def laid(stored, tmp_path, edit):
    with provenance.running(provenance.Run(rule="judge_choice", config_sha256="0")):
        views.lay(stored, tmp_path / "results", tmp_path / "view", edit)
    return tmp_path / "view/model-a/activations"


def test_without_a_change_everything_is_a_link_to_the_study(stored, tmp_path):
    view = laid(stored, tmp_path, "")
    assert sorted(file.name for file in view.iterdir()) == sorted(
        ["stories.safetensors", "neutral.safetensors", "others.parquet"]
    )
    assert all(file.is_symlink() for file in view.iterdir())


def test_the_whole_text_takes_the_place_of_the_main_window_in_the_view_alone(stored, tmp_path):
    own = stored[0].parent / "stories.safetensors"
    before = own.read_bytes()
    view = laid(stored, tmp_path, WHOLE_TEXT)
    with files.open_tensors(view / "stories.safetensors") as changed, files.open_tensors(own) as study:
        assert torch.equal(changed.tensor("late"), study.tensor("early"))
        assert not torch.equal(changed.tensor("late"), study.tensor("late"))
        assert changed.fact("story_ids") == "[1]"
    assert own.read_bytes() == before
    assert (view / "neutral.safetensors").is_symlink()


def test_without_components_nothing_is_projected_out(stored, tmp_path):
    view = laid(stored, tmp_path, UNPROJECTED)
    states = torch.randn(5, 3, 8)
    with files.open_tensors(view / "neutral.safetensors") as changed:
        bases = [changed.tensor(name) for name in changed.names]
    assert torch.equal(project_out(states, bases), states)


def test_a_view_that_is_there_keeps_what_is_valid_and_follows_a_study_measured_anew(stored, tmp_path):
    view = laid(stored, tmp_path, WHOLE_TEXT)
    first = (view / "stories.safetensors").stat().st_mtime_ns
    assert (laid(stored, tmp_path, WHOLE_TEXT) / "stories.safetensors").stat().st_mtime_ns == first
    later = view.joinpath("stories.safetensors").stat().st_mtime + 5
    os.utime(stored[0].parent / "stories.safetensors", (later, later))
    assert (laid(stored, tmp_path, WHOLE_TEXT) / "stories.safetensors").stat().st_mtime_ns != first
