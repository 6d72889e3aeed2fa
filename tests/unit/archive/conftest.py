"""A sound archive, and a server on this machine from which archives are fetched."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from emotion_vectors.archive.packing import pack
from tests.local_server import serving
from tests.unit.archive.made import CONTENTS, manifest_of


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """Address below which the files of the test lie."""
    with serving(tmp_path) as address:
        yield address


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    file = tmp_path / "archive.tar.gz"
    pack(manifest_of(CONTENTS), CONTENTS, file, largest_megabytes=1)
    return file
