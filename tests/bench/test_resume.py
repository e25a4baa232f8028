"""The bench of killed runs goes on with its count after it was stopped itself, and names each file that differs."""

from pathlib import Path

from bench.resume import ROWS, differing_files, keep, line, rows_before
from engine.workspace import Workspace

ROW = {"about": "one", "number": 1, "kills": ["1.50 worker"], "tensors": 0, "files": [], "logs": False}


def test_rows_are_kept_by_settings_and_a_line_that_was_cut_off_does_not_count(tmp_path: Path):
    workspace = Workspace(tmp_path)
    assert rows_before(workspace, "one") == []
    keep(workspace, ROW)
    keep(workspace, {**ROW, "about": "two"})
    with (tmp_path / ROWS).open("a") as file:
        file.write('{"about": "one", "num')
    keep(workspace, {**ROW, "number": 2})
    assert [row["number"] for row in rows_before(workspace, "one")] == [1, 2]
    assert line(ROW) == "| 1 | 1.50 worker | 0 | none | no |"


def test_files_that_differ_or_are_missing_are_named(tmp_path: Path):
    straight, resumed = tmp_path / "straight", tmp_path / "resumed"
    for run, state in ((straight, "a"), (resumed, "b")):
        for name in ("checkpoints/8/state.json", "checkpoints/4/manifest.json", "bundles/8/manifest.json"):
            (run / name).parent.mkdir(parents=True, exist_ok=True)
            (run / name).write_text(state if "8" in name else "same")
    (resumed / "bundles/8/network.onnx").write_text("only here")
    assert differing_files(straight, resumed) == ["checkpoints/8/state.json", "bundles/8/network.onnx"]
