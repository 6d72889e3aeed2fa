"""The act of a neighbour who asks, as the steps of acts left it."""

from tests.steps.acts.conftest import asking

__all__ = ["asking"]
