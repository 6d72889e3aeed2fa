"""What tests of programs and of their sandbox share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emotion_vectors.coding.sandbox import sandbox
from emotion_vectors.coding.sandbox.isolation import Isolation
from tests.unit.coding.isolations import isolated_by


@pytest.fixture(params=["unshare", "bubblewrap", "rlimits"])
def by(request: pytest.FixtureRequest) -> Isolation:
    """Every isolation in turn."""
    return isolated_by(request.param)


@pytest.fixture
def looked_for_anew() -> Iterator[None]:
    """The best isolation is looked for by the test itself, and again after it."""
    sandbox.best.cache_clear()
    yield
    sandbox.best.cache_clear()
