from pathlib import Path

import pytest

from bench import house


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_what_the_order_forbids_and_what_has_two_names_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write(tmp_path, "engine/errors.py", "from engine.jobs import Job\n\n\nclass Plan: ...\n")
    write(tmp_path, "engine/jobs.py", '"""How jobs run."""\nfrom engine import errors\n\n\nclass Plan: ...\n')
    write(tmp_path, "dashboard/home/forebear.py", "def _once(): ...\n\n\n_once()  # fmt: skip\n")
    house.main(tmp_path)
    rows = {line[:58].strip(): line[58:].split() for line in capsys.readouterr().out.splitlines()}
    assert rows["modules"] == ["2", "1"]
    assert rows["docstrings that open with an indirect question"] == ["1", "0"]
    assert rows["private functions called once, per 1,000 lines"] == ["0.0", "250.0"]
    assert rows["module names with words outside the usual ones, %"] == ["0", "100"]
    assert rows["imports that run up or cross a floor"] == ["1"]
    assert rows["rooms in a circle of imports"] == ["2"]
    assert rows["names that several public classes share"] == ["1"]
    assert rows["fmt: skip, tests and benches included"] == ["1"]
    assert "Outside the usual words, dashboard: forebear" in rows
