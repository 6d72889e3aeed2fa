"""How tests are shared out among workers (pytest -n)."""

import os

import pytest

pytestmark = pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="tests are run by one process")


@pytest.mark.xdist_group("grouped")
def test_groups_reach_the_workers(request: pytest.FixtureRequest):
    # A group that is lost is lost silently: every worker would then run the study for itself, at once.
    assert request.node.nodeid.endswith("@grouped")


def test_all_that_need_weights_are_one_group(request: pytest.FixtureRequest):
    """Also where the group is given by the hook that orders the tests, not by a line above each."""
    assert not [
        item.nodeid
        for item in request.session.items
        if item.get_closest_marker("weights") and not item.nodeid.endswith("@weights")
    ]
