"""A running server of the starters, for tests that leave it as it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.serving.server import ReaderServer, reader_server

EXAMPLES = Path(__file__).parents[3] / "dashboard" / "home" / "example_images"


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReaderServer]:
    log = tmp_path_factory.mktemp("server") / "log.jsonl"
    small = ("--images", "3", "--image-bytes", "200000", "--body-bytes", "300000", "--pixels", "1000000")
    with reader_server(*small, "--body-seconds", "1", "--head-seconds", "1", log=log) as running:
        yield running
