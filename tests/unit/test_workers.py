"""How tests are shared out among workers (pytest -n)."""

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="tests are run by one process")
@pytest.mark.xdist_group("grouped")
def test_groups_reach_the_workers(request: pytest.FixtureRequest):
    # A group that is lost is lost silently: every worker would then run the study for itself, at once.
    assert request.node.nodeid.endswith("@grouped")
