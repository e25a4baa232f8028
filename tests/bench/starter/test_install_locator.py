import pytest

from bench.starter import install_locator
from engine.config.generate import GenerateScenesConfig
from engine.config.scene_recipe import SceneRecipe
from engine.config.train import TrainLocatorConfig
from engine.errors import BundleError
from engine.files import write_json
from engine.jobs import JobContext, paths
from engine.jobs.records import JobRecord
from engine.location import bundle as bundles
from engine.location.bundle import open_locator
from engine.synth.scenes.job import work as generate
from engine.workspace import STARTER, new_id
from tests.helpers.rectangles import rectangle
from tests.helpers.tiny_locators import paint, save_locator

WORDS = [rectangle(60, 40, 60, 20), rectangle(180, 60, 50, 24)]
SCENES = SceneRecipe(name="tiny streets", width=96, height=96, groups=1, text_height=(8, 16))


@pytest.fixture
def run(workspace):
    """A run with a locator, and the dataset of scenes that it names."""
    dataset = workspace.folder("datasets", new_id())
    dataset.mkdir()
    with JobContext(dataset) as making:
        generate(GenerateScenesConfig(recipe=SCENES, images=10, validation=0.2, test=0.2, processes=1), making)
    bundle = save_locator(workspace)
    folder = workspace.folder("runs", bundle.name)
    record = JobRecord(id=bundle.name, kind="train-locator", name="x", created=bundle.manifest.created, device="cpu")
    write_json(folder / paths.JOB, record.plain())
    write_json(folder / paths.CONFIG, TrainLocatorConfig(dataset=dataset.name).plain())
    write_json(folder / paths.SUMMARY, {"steps": 7})
    return bundle.name


@pytest.fixture
def photos(tmp_path):
    """A photo of two words, laid out as ICDAR 2015's, and in another folder one without text."""
    for name in ("street/images", "street/gt", "meadow"):
        (tmp_path / name).mkdir(parents=True)
    paint((256, 128), WORDS).save(tmp_path / "street/images/img_1.jpg", quality=95)
    paint((256, 128), []).save(tmp_path / "meadow/sheep.jpg")
    lines = [",".join(str(round(x)) for x in word.ravel()) + ",SALE" for word in WORDS]
    (tmp_path / "street/gt/gt_img_1.txt").write_text("\r\n".join(lines))
    return tmp_path


def test_the_starter_is_replaced_by_the_runs_locator_and_its_card(workspace, run, photos, monkeypatch, capsys):
    target = photos / STARTER
    target.mkdir()
    (target / "old.txt").write_text("former")
    monkeypatch.setattr(bundles, "LOCATOR_STARTER_FOLDER", target)
    folders = ["--photos", str(photos / "street"), "--empty", str(photos / "meadow")]
    install_locator.main(["--run", run, *folders, "--target", str(target)])
    assert {file.name for file in target.iterdir()} == {paths.MANIFEST, "network.onnx", "CARD.md"}
    starter = bundles.newest_locator_bundle(workspace, STARTER)
    assert starter.manifest.scores["street"]["h_mean"] == 1
    assert len(open_locator(target, workspace).locate(paint((256, 128), WORDS))) == 2
    card = capsys.readouterr().out
    assert "| street | 1 | 1.000 | 1.000 | 1.000 |" in card
    assert "| photos without text | 1 |" in card
    assert "1 photo, street; words" in card
    assert "recipe *tiny streets*" in card


def test_a_locator_too_large_for_a_repository_is_refused(workspace, run, photos, monkeypatch):
    monkeypatch.setattr(install_locator, "MAX_BYTES", 100)
    with pytest.raises(BundleError, match="3 at most"):
        install_locator.main(["--run", run, "--photos", str(photos / "street"), "--target", str(photos / STARTER)])
    assert not (photos / STARTER).exists()
