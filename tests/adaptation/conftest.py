"""Real jobs for the tests of adaptations."""

from tests.helpers.labs import lab  # noqa: F401  a fixture
