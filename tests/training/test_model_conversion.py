"""Exports of models as jobs: the files and their zip behind the gate, or a refusal that lists the differences."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from engine.config.exporting import ModelConversionConfig
from engine.errors import BundleError, ConfigError
from engine.export.formats.gate import GateImage, compare_readings
from engine.export.formats.writers import WrittenFormat
from engine.export.graphs import onnx_graphs
from engine.files import read_json, write_json
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.reading.bundle import save_bundle
from engine.training import checkpoint as checkpoints
from engine.training.model_conversion import (
    compare_files,
    drawn_images,
    keras_network,
    open_source,
    spread,
    work,
    write_differences,
)
from engine.training.trainer import numbered
from engine.workspace import Workspace, new_id
from glyphlab_read.bundles.entries import describe_graphs
from glyphlab_read.charset import Charset
from glyphlab_read.images.open import open_image
from glyphlab_read.reading.reader import Reader
from tests.dashboard.labs import scored_lab
from tests.export.test_exporter import CHARSET, PREPROCESSING, some_network
from tests.helpers.tiny_bundles import draw, graphs, manifest, save_run_bundle


def exported(workspace: Workspace, run: str, format: str = "rapidocr") -> Path:
    folder = workspace.folder("exports", new_id())
    folder.mkdir()
    config = ModelConversionConfig.parse({"run": run, "images": 20, "format": format})
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


def test_of_a_format_with_two_files_the_worse_one_decides(workspace: Workspace):
    bundle = save_run_bundle(workspace)
    folder = workspace.folder("exports", new_id())
    folder.mkdir()
    written = WrittenFormat(lambda image: "ab", others=(WrittenFormat(lambda image: "=1+1"),))
    images = [GateImage(draw("ab"), "ab"), GateImage(draw("cd"), "cd")]
    with JobContext(folder) as job:
        result = compare_files(open_source(workspace, bundle, []), written, images, job)
    assert (result.same, len(result.differences)) == (0, 2)
    listed = (folder / paths.DIFFERENCES / paths.DIFFERENCES_CSV).read_text(encoding="utf-8").splitlines()
    assert [line.rpartition(",")[2] for line in listed[1:]] == ["'=1+1"] * 2


def test_a_reader_of_another_script_whose_dataset_is_gone_reads_texts_of_its_characters():
    charset = Charset("абвгде")
    drawn = drawn_images(charset, 3)
    assert len({one.truth for one in drawn}) == 3
    assert not any(charset.missing(str(one.truth)) for one in drawn)
    with pytest.raises(ConfigError, match="restore the dataset"):
        drawn_images(Charset("\u0301"), 1)  # an accent without a letter


def test_images_of_the_gate_are_taken_from_all_of_the_validation():
    places = spread(790, 400)
    assert (places[0], places[-1], len(set(places))) == (0, 789, 400)
    assert max(np.diff(places)) == 2
    assert (spread(3, 400), spread(3, 0)) == ([0, 1, 2], [])


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


def test_a_network_has_the_weights_of_its_step_s_checkpoint_or_of_its_graph(workspace: Workspace):
    network = some_network()
    about = {"reader": network.config.plain(), "charset": CHARSET.characters, "preprocessing": PREPROCESSING}
    content = onnx_graphs(network)
    run = new_id()
    folder = workspace.folder("runs", run) / paths.BUNDLES / "7"
    folder.parent.mkdir(parents=True)
    described = manifest("ctc", run=run, graphs=describe_graphs(content), **about)
    bundle = save_bundle(folder, described, content)
    picture = np.full((1, 32, 64, 3), 90, np.uint8)
    expected = np.asarray(network.training.predict_on_batch({"image": picture}))
    from_graph = keras_network(workspace, bundle, content)
    assert np.allclose(from_graph.training.predict_on_batch({"image": picture}), expected, atol=1e-2)
    checkpoints.save(workspace.folder("runs", run), 7, {"network": numbered(network.training)}, {})
    from_checkpoint = keras_network(workspace, bundle, content)
    assert np.array_equal(from_checkpoint.training.predict_on_batch({"image": picture}), expected)
