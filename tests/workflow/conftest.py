"""What tests of the whole workflow share."""

import pytest

from tests.workflow.project import Project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One copy for all tests of the workflow; each test leaves it as it found it."""
    return Project(tmp_path_factory.mktemp("project"))
