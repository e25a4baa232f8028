"""The commands on scenes: look, import, edit and export, by real jobs."""

import json
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.datasets.scenes.dataset import open_scenes
from engine.jobs import list_jobs, paths
from engine.sources.locate import DATA_ROOT
from engine.workspace import Workspace
from tests.datasets.scenes.importing.sources import SOURCES, saved

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_ROOT, str(tmp_path / "data"))
    return saved(tmp_path / "data" / "street", SOURCES["icdar-2015"])


def test_a_look_tells_what_would_come_in_and_imports_nothing(workspace: Workspace, root: Path, capsys: Capture):
    assert main(["import-scenes", "--path", str(root), "--look"]) == 0
    printed = capsys.readouterr().out
    assert "2 of 2 photos come in" in printed
    assert "2 regions, 1 of them do not count: 2 words" in printed
    assert "1 region marked as illegible" in printed
    assert "[--rules.marked ignore: keep them, but do not count them]" in printed
    assert not (workspace.root / "datasets").exists()


def test_scenes_come_in_are_corrected_and_go_out_by_jobs(workspace: Workspace, root: Path, capsys: Capture):
    assert main(["import-scenes", "--path", str(root), "--rules.marked", "count", "--name", "street"]) == 0
    imported = list_jobs(workspace, "datasets")[0]
    dataset = open_scenes(imported.folder)
    scene = next(i for i in range(2) if dataset.regions(i))
    edit = json.dumps([{"scene": scene, "region": 0, "text": "SOLD"}])
    assert main(["edit-scenes", "--dataset", "street", "--regions", edit, "--name", "corrected"]) == 0
    assert main(["export-scenes", "--dataset", "corrected", "--layout", "ppocrlabel", "--name", "out"]) == 0
    assert main(["exports", "show", "out"]) == 0
    assert "dataset_name: corrected" in capsys.readouterr().out
    (export,) = workspace.collection("exports").iterdir()
    labels = "".join(path.read_text() for path in (export / paths.EXPORT_FILES).glob("det_gt_*.txt"))
    assert "SOLD" in labels
    assert "SALE" not in labels
    assert (export / paths.EXPORT_ARCHIVE).is_file()


def test_a_reader_is_not_trained_on_scenes(workspace: Workspace, root: Path, capsys: Capture):
    assert main(["import-scenes", "--path", str(root), "--name", "street"]) == 0
    assert main(["export", "--dataset", "street"]) == 1
    assert "holds scenes (whole photos with regions), not words" in capsys.readouterr().out
