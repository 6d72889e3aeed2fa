"""A sound archive, and a server on this machine from which archives are fetched."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from emotion_vectors.archive.packing import pack
from tests.unit.archive.made import CONTENTS, manifest_of


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests are not printed."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """Address below which the files of the test lie."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    file = tmp_path / "archive.tar.gz"
    pack(manifest_of(CONTENTS), CONTENTS, file, largest_megabytes=1)
    return file
