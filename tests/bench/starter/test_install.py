import pytest

from bench.starter import install
from engine.config.generate import GenerateConfig
from engine.config.train import TrainConfig
from engine.errors import BundleError
from engine.files import write_json
from engine.jobs import JobContext, paths
from engine.jobs.records import JobRecord
from engine.reading import bundle as bundles
from engine.reading.bundle import open_reader
from engine.synth.job import work as generate
from engine.workspace import STARTER, new_id
from tests.helpers.tiny_bundles import draw, save_labelled_folder, save_run_bundle


@pytest.fixture
def run(workspace):
    """A run with a bundle, and the dataset it names."""
    dataset = workspace.folder("datasets", new_id())
    dataset.mkdir()
    with JobContext(dataset) as making:
        generate(GenerateConfig(images=10, processes=1), making)
    bundle = save_run_bundle(workspace)
    folder = workspace.folder("runs", bundle.name)
    record = JobRecord(id=bundle.name, kind="train", name="x", created=bundle.manifest.created, device="cpu")
    write_json(folder / paths.JOB, record.plain())
    write_json(folder / paths.CONFIG, TrainConfig(dataset=dataset.name).plain())
    return bundle.name


def test_the_starter_is_replaced_by_the_runs_bundle_and_its_card(workspace, run, tmp_path, monkeypatch, capsys):
    target = tmp_path / STARTER
    target.mkdir()
    (target / "old.txt").write_text("former")
    monkeypatch.setattr(bundles, "STARTER_FOLDER", target)
    images = save_labelled_folder(tmp_path / "photos", {"1.png": "abcd", "2.png": "dd"}).parent
    install.main(["--run", run, "--images", str(images), "--target", str(target)])
    assert {file.name for file in target.iterdir()} == {paths.MANIFEST, "network.onnx", "CARD.md"}
    starter = bundles.newest_bundle(workspace, STARTER)
    assert starter.name == STARTER
    assert starter.manifest.scores["photos"]["word_accuracy"] == 1
    assert open_reader(target, workspace).read_many([draw("abc")])[0].text == "abc"
    card = capsys.readouterr().out
    assert "| photos | 2 | 100.0% |" in card
    assert "recipe\n*starter*" in card


def test_a_bundle_too_large_for_a_repository_is_refused(workspace, run, tmp_path, monkeypatch):
    monkeypatch.setattr(install, "MAX_BYTES", 100)
    images = save_labelled_folder(tmp_path / "photos", {"1.png": "abcd"}).parent
    with pytest.raises(BundleError, match="8 at most"):
        install.main(["--run", run, "--images", str(images), "--target", str(tmp_path / STARTER)])
    assert not (tmp_path / STARTER).exists()
