"""Sources that answer without a network."""

import io
import json
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
    """A hub that answers; it writes what `content` and `configuration` say and remembers what it was asked for."""

    class Hub:
        content = CONTENT
        configuration: dict = {"model_type": "llama", "vocab_size": 8}  # noqa: RUF012
        revisions: list[str] = []  # noqa: RUF012
        asked: list[str]

        def __init__(self):
            self.asked = []

        def head(self, url, timeout):
            return None

        def download(self, repository, file, *, revision, local_dir, etag_timeout):
            self.revisions.append(revision)
            self.asked.append(file)
            path = Path(local_dir) / file
            path.write_bytes(json.dumps(self.configuration).encode() if file == "config.json" else self.content)
            return str(path)

        def open(self, path, mode, *, revision, block_size):
            self.asked.append(f"beginning of {path}")
            return io.BytesIO(self.content)

        def snapshot(self, repository, *, revision, local_dir, **options):
            self.revisions.append(revision)
            self.asked.append("snapshot")
            (Path(local_dir) / ".cache").mkdir()
            save_tiny_llama(Path(local_dir))
            return local_dir

    served = Hub()
    monkeypatch.setattr(huggingface_hub, "get_session", lambda: served)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", served.download)
    monkeypatch.setattr(huggingface_hub, "HfFileSystem", lambda: served)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", served.snapshot)
    return served


@pytest.fixture
def local(tmp_path):
    """A local model folder and the row that names it."""
    folder = tmp_path / "mine"
    folder.mkdir()
    save_tiny_llama(folder)
    return folder, row(format="safetensors", file="-", sha256="-", sources=(f"folder:{folder}",))
