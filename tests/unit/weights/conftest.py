"""Sources that answer without a network."""

from pathlib import Path

import huggingface_hub
import pytest

from emotion_vectors.weights import downloads
from tests.unit.weights.made import CONTENT, Index, row, save_tiny_llama


@pytest.fixture
def index(tmp_path, monkeypatch):
    served = Index(tmp_path)
    monkeypatch.setattr(downloads, "pip_download", served.download)
    return served


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A hub that answers; it writes what `content` says and remembers the revision it was asked for."""

    class Hub:
        content = CONTENT
        revisions: list[str] = []  # noqa: RUF012

        def head(self, url, timeout):
            return None

        def download(self, repository, file, *, revision, local_dir, etag_timeout):
            self.revisions.append(revision)
            path = Path(local_dir) / file
            path.write_bytes(self.content)
            return str(path)

        def snapshot(self, repository, *, revision, local_dir, **options):
            self.revisions.append(revision)
            (Path(local_dir) / ".cache").mkdir()
            save_tiny_llama(Path(local_dir))
            return local_dir

    served = Hub()
    monkeypatch.setattr(huggingface_hub, "get_session", lambda: served)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", served.download)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", served.snapshot)
    return served


@pytest.fixture
def local(tmp_path):
    """A local model folder and the row that names it."""
    folder = tmp_path / "mine"
    folder.mkdir()
    save_tiny_llama(folder)
    return folder, row(format="safetensors", file="-", sha256="-", sources=(f"folder:{folder}",))
