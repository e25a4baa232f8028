"""The bench of datasets prints a row for everything it times."""

import pytest

from bench import datasets


def test_every_wait_is_printed(capsys: pytest.CaptureFixture[str]):
    datasets.main(["--images", "600"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("| with 600 samples")
    for what in ("open", "filter by a part of the label", "measure 2,000 images", "find duplicates", "a version with"):
        assert any(what in line and line.rstrip(" |").endswith(("s", ")")) for line in lines[2:]), what
