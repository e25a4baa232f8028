"""Importing and exporting from a terminal: the report, what may be named, and a dataset in and out again."""

import os
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.datasets import open_dataset
from engine.jobs import paths
from engine.sources.locate import DATA_ROOT
from engine.workspace import Workspace
from tests.helpers.sources import png, save_files, zipped

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_ROOT, str(tmp_path / "data"))
    files = {f"{i}.png": png(i) for i in range(12)} | {"12.png": png(0), "13.png": b"no"}
    lines = [f"{name}\tword {name[:-4]}" for name in files]
    return save_files(
        tmp_path / "data",
        {f"mine/{name}": content for name, content in files.items()} | {"mine/labels.tsv": "\n".join(lines)},
    )


def test_a_look_tells_what_would_come_in_and_imports_nothing(workspace: Workspace, root: Path, capsys: Capture):
    assert main(["import", "--path", str(root / "mine"), "--rules.contradicting", "first", "--look"]) == 0
    printed = capsys.readouterr().out
    assert "12 of 14 images come in" in printed
    assert "1 cannot be opened" in printed
    assert "[--rules.contradicting first: keep the first label's]" in printed
    assert not (workspace.root / "datasets").exists()


def test_a_path_of_this_terminal_is_meant_as_it_is_seen_there(
    workspace: Workspace, root: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(root)
    assert main(["import", "--path", "./mine", "--look"]) == 0
    monkeypatch.chdir("/")
    assert main(["import", "--path", "mine", "--look"]) == 0
    assert main(["import", "--path", "/etc", "--look"]) == 2
    assert "below a data root" in capsys.readouterr().err


def test_a_zip_file_is_taken_in_from_anywhere_and_kept_for_the_import(
    workspace: Workspace, tmp_path: Path, capsys: Capture
):
    archive = tmp_path / "some.zip"
    archive.write_bytes(zipped({"a_1.png": png(1)}))
    assert main(["import", "--upload", str(archive), "--look"]) == 0
    printed = capsys.readouterr().out
    assert "1 of 1 images come in" in printed
    assert f"--upload {os.listdir(workspace.uploads)[0]}" in printed
    assert main(["import", "--upload", str(tmp_path / "gone.zip")]) == 2
    assert main(["import", "--upload", str(Path(__file__))]) == 2
    assert "no zip file" in capsys.readouterr().err


def test_a_dataset_comes_in_and_goes_out_by_jobs(workspace: Workspace, root: Path, capsys: Capture):
    assert main(["import", "--path", str(root / "mine"), "--name", "mine"]) == 0
    assert main(["export", "--dataset", "mine", "--layout", "paddleocr", "--name", "out"]) == 0
    assert main(["exports", "show", "out"]) == 0
    printed = capsys.readouterr().out
    assert "11 of 14 images come in" in printed
    assert "1 cannot be opened" in printed
    assert "dataset_name: mine" in printed
    (dataset,) = workspace.collection("datasets").iterdir()
    (export,) = workspace.collection("exports").iterdir()
    assert len(open_dataset(dataset)) == 11
    assert len(list((export / paths.EXPORT_FILES).rglob("*.png"))) == 11
    assert (export / paths.EXPORT_ARCHIVE).is_file()
