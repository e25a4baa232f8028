"""Home starts jobs, which end with the test."""

from tests.helpers.labs import lab

__all__ = ["lab"]
