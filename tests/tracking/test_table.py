"""The table of all runs: what stands in it, its types, and that no spreadsheet computes it."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from engine.cli.main import main
from engine.jobs import annotate, list_jobs, paths
from engine.tracking.table import as_csv, parquet_bytes, runs_table
from engine.workspace import Workspace
from tests.dashboard import folders


def test_each_run_is_a_row_with_its_settings_figures_and_times(workspace: Workspace):
    before = datetime.now(UTC)
    first = folders.run(workspace, "first", learning_rate=0.002)
    folders.run(workspace, "second", reason=None)
    folders.locator_run(workspace, "third")
    annotate(workspace, "runs", first.id, tags=("good", "fonts"), starred=True)
    table = pq.read_table(io.BytesIO(parquet_bytes(runs_table(list_jobs(workspace, "runs")))))
    third, second, row = table.to_pylist()
    assert (row["name"], row["state"], row["starred"], row["tags"]) == ("first", "finished", True, '["good", "fonts"]')
    assert (row["settings.learning_rate"], row["figures.test.word_accuracy"]) == (0.002, 0.81)
    assert row["figures.test.interval"] == "[0.785, 0.833]"
    assert before.replace(microsecond=0) <= row["created"] <= row["ended"]
    assert (row["seconds"], second["ended"], second["figures.test.word_accuracy"]) == (200.0, None, None)
    assert (third["figures.best.h_mean"], row["figures.best.h_mean"]) == (0.5, None)
    assert str(table.schema.field("settings.batch").type) == "int64"


def test_csv_of_runs_holds_no_formula_and_no_hidden_text(workspace: Workspace):
    made = folders.run(workspace, "=1+1")
    annotate(workspace, "runs", made.id, text="@SUM(A1)\u202e")
    (made.folder / paths.SUMMARY).write_text(json.dumps({"=2+2": 1, "huge": 10**30, "steps": 5}))
    head, row = csv.reader(io.StringIO(as_csv(runs_table(list_jobs(workspace, "runs"))).decode()))
    told = dict(zip(head, row, strict=True))
    assert (told["name"], told["note"], told["starred"]) == ("'=1+1", "'@SUM(A1)", "false")
    assert (told["figures.huge"], told["figures.steps"], told["figures.=2+2"]) == (str(10**30), "5", "1")
    assert datetime.fromisoformat(told["created"]) <= datetime.fromisoformat(told["ended"])


def test_the_command_writes_the_named_runs_or_all(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folders.run(workspace, "first")
    folders.run(workspace, "second")
    for words, names in ((["first"], ["first"]), ([], ["second", "first"])):
        assert main(["export-runs", *words, "--output", str(tmp_path / "all.parquet")]) == 0
        assert pq.read_table(tmp_path / "all.parquet")["name"].to_pylist() == names
    assert main(["export-runs", "--output", str(tmp_path / "runs.xls")]) == 2
    assert "ends in .csv or .parquet" in capsys.readouterr().err
    assert main(["export-runs", "--output", str(tmp_path / "none" / "runs.csv")]) == 2
    assert "there is no folder" in capsys.readouterr().err
