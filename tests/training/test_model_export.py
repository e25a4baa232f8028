"""Exports of models as jobs: the files and their zip behind the gate, or a refusal that lists the differences."""

import zipfile
from pathlib import Path

import pytest

from engine.config.exporting import ModelExportConfig
from engine.errors import BundleError
from engine.export.formats.gate import GateImage, compare_readings
from engine.files import read_json, write_json
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.training.model_export import work, write_differences
from engine.workspace import Workspace, new_id
from glyphlab_read.images.open import open_image
from glyphlab_read.reading.reader import Reader
from tests.dashboard.labs import scored_lab
from tests.helpers.tiny_bundles import draw, graphs, manifest, save_run_bundle


def exported(workspace: Workspace, run: str, format: str = "rapidocr") -> Path:
    folder = workspace.folder("exports", new_id())
    folder.mkdir()
    config = ModelExportConfig.parse({"run": run, "images": 20, "format": format})
    write_json(folder / paths.CONFIG, config.plain())
    with JobContext(folder) as job:
        work(config, job)
    return folder


def test_an_export_is_packed_with_its_readme_and_says_how_it_reads(workspace: Workspace):
    run = scored_lab(workspace).run("first", lambda place, truth: truth)
    save_run_bundle(workspace, run=run.id)
    folder = exported(workspace, run.id)
    with zipfile.ZipFile(folder / paths.EXPORT_ARCHIVE) as packed:
        assert set(packed.namelist()) == {"README.txt", "onnxtr/config.json", "onnxtr/model.onnx", "rapidocr.onnx"}
        assert "rapidocr.onnx" in packed.read("README.txt").decode()
    summary = read_json(folder / paths.SUMMARY)
    assert summary["gate"]["same"] == summary["gate"]["images"] > 0
    assert summary["bytes"] > 0


def test_what_reads_otherwise_is_listed_with_its_picture_and_computes_in_no_spreadsheet(tmp_path: Path):
    lab = Reader(manifest("ctc"), graphs("ctc"))
    images = [GateImage(draw("ab"), "ab"), GateImage(draw("cd"), "cd")]
    result = compare_readings(
        lab, lambda image: "ab" if image is images[0].image else "=1+1", images, lambda done: None
    )
    write_differences(result, images, tmp_path / "differences")
    listed = (tmp_path / "differences" / paths.DIFFERENCES_CSV).read_text(encoding="utf-8").splitlines()
    assert listed[1:] == ["00001.png,cd,cd,'=1+1"]
    assert open_image(tmp_path / "differences" / "00001.png").size == images[1].image.size


def test_a_run_without_a_reader_has_nothing_to_take_away(workspace: Workspace):
    with pytest.raises(BundleError, match="no bundle yet"):
        exported(workspace, scored_lab(workspace).run("first", lambda place, truth: truth).id)
