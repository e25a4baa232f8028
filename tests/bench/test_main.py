"""`python -m bench` measures what it is asked to, and nothing when it is asked for help."""

import pytest

from bench.__main__ import main


@pytest.mark.parametrize("arguments", [["--help"], ["--fast"]])
def test_no_measurement_begins_where_none_is_asked_for(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == (0 if arguments == ["--help"] else 2)
    assert "usage: python -m bench" in "".join(capsys.readouterr())
