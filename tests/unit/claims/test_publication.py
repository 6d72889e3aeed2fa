"""Tables are copied to their places below the folder, and too many of them are refused."""

from pathlib import Path

import pytest

from emotion_vectors.artefacts.errors import ArtefactError
from emotion_vectors.claims import publication


@pytest.fixture
def tables(tmp_path: Path) -> list[Path]:
    names = ["results/stimuli.json", "results/placebo/model/claims.parquet"]
    files = [tmp_path / name for name in names]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * 1000)
    return files


def test_files_of_every_root_lie_together(tables: list[Path], tmp_path: Path):
    folder = tmp_path / "published"
    (folder / "old").mkdir(parents=True)
    roots = [tmp_path / "results", tmp_path / "results/placebo"]
    publication.publish(tables, roots, folder, 1)
    published = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    assert published == {"stimuli.json", "model/claims.parquet"}
    assert not (folder / "old").exists()


def test_more_than_may_be_committed_names_the_largest(tables: list[Path], tmp_path: Path):
    with pytest.raises(ArtefactError, match=r"0\.0 MB of tables, at most 0\.001 MB .* the largest are .*stimuli\.json"):
        publication.publish(tables, [tmp_path], tmp_path / "published", 0.001)
    assert not (tmp_path / "published").exists()


def test_a_file_outside_of_the_roots_is_refused(tables: list[Path], tmp_path: Path):
    with pytest.raises(ArtefactError, match="lies below none of"):
        publication.publish(tables, [tmp_path / "results/placebo"], tmp_path / "published", 1)
