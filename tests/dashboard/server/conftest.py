"""Streamlit's settings, as a start with other ones would have them."""

from collections.abc import Callable, Iterator

import pytest
from streamlit import config

Configure = Callable[..., None]


@pytest.fixture
def configure() -> Iterator[Configure]:
    """Return a function that sets options (`server_address="::"`); the test's end puts back what was set before."""
    before: dict[str, tuple[object, str]] = {}

    def set_options(**options: object) -> None:
        for name, value in options.items():
            key = name.replace("_", ".", 1)
            before.setdefault(key, (config.get_option(key), config.get_where_defined(key)))
            config.set_option(key, value, "a test")

    yield set_options
    for key, (value, where) in before.items():
        config.set_option(key, value, where)
