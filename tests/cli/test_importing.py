"""Importing and exporting from a terminal: the report, what may be named, and a dataset in and out again."""

import os
import re
import shlex
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.config.reading import TranscribeConfig
from engine.datasets import open_dataset
from engine.files import write_json
from engine.images.encode import png_bytes
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.reading.job import work
from engine.sources.locate import DATA_ROOT
from engine.workspace import Workspace, new_id
from tests.helpers.sources import png, save_files, zipped
from tests.helpers.tiny_bundles import draw, save_run_bundle

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


def test_what_was_copied_into_a_data_root_is_found_where_it_was_copied_from(
    workspace: Workspace, root: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
):
    save_files(tmp_path / "elsewhere", {"mine/one.png": png(1)})
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main(["import", "--path", "mine", "--look"]) == 0
    told = capsys.readouterr()
    assert "of 14 images" in told.out
    assert told.err == f"mine lies outside the data roots; taken is {root / 'mine'}.\n"


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
    assert all(f"Written: {export / name}\n" in printed for name in (paths.EXPORT_FILES, paths.EXPORT_ARCHIVE))


def test_images_without_labels_are_read_and_what_was_read_comes_in(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
):
    monkeypatch.setenv(DATA_ROOT, str(tmp_path))
    texts = ["abca", "bcab", "cabc", "abd", "bad", "dab", "dcba", "acdb"]
    for number, text in enumerate(texts):
        save_files(tmp_path / "new", {f"IMG_{number:04}.png": png_bytes(draw(text))})
    assert main(["import", "--path", str(tmp_path / "new"), "--look"]) == 2
    printed = capsys.readouterr().err
    told = re.search(r"python -m engine (transcribe [^)]+)\)", printed)
    assert told, printed
    run = save_run_bundle(workspace).name
    folder = workspace.folder("transcripts", new_id())
    folder.mkdir()
    config = TranscribeConfig(run=run, path=shlex.split(told[1])[2])
    write_json(folder / paths.CONFIG, config.plain())
    with JobContext(folder) as job:
        work(config, job)
    assert main(["import", "--transcript", folder.name, "--look"]) == 2
    assert "has a label yet" in capsys.readouterr().err
    assert main(["import", "--transcript", folder.name, "--texts", "read", "--look"]) == 0
    assert "8 of 8 images come in" in capsys.readouterr().out
