"""A locator's run in this process: what it leaves behind, how it stops, and how it goes on."""

import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.config.generate import GenerateScenesConfig
from engine.config.scene_recipe import SceneRecipe
from engine.datasets.scenes.dataset import open_scenes
from engine.errors import ConfigError, DatasetError
from engine.evaluation.locate import load_located
from engine.evaluation.pinned_photos import PINNED_PHOTOS, map_path, parse_photos, photo_path
from engine.evaluation.trial_crops import SHOWN, trial_crops
from engine.files import read_json, write_json
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.regions.region import Region
from engine.synth.scenes.job import work as generate
from engine.training import checkpoint as checkpoints
from engine.training.job import trial
from engine.training.location_data import load_location_data
from engine.workspace import Workspace, new_id
from glyphlab_read.images.open import open_image
from tests.datasets.scenes.written import write_scenes
from tests.helpers.training import differences, events, new_run, tiny_locator_config, train, weights

pytestmark = pytest.mark.heavy

SCENES = GenerateScenesConfig(
    recipe=SceneRecipe(width=128, height=96, groups=(1, 3), text_height=(10, 24), empty=0.1),
    images=16,
    validation=0.25,
    test=0.2,
    processes=1,
)


@pytest.fixture(scope="module", autouse=True)
def step_by_step() -> Iterator[None]:
    """Run TensorFlow step by step: its graphs take seconds each to compile, and are tested with readers."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def scenes(lab: Workspace) -> str:
    folder = lab.folder("datasets", new_id())
    folder.mkdir()
    write_json(folder / paths.CONFIG, SCENES.plain())
    with JobContext(folder) as job:
        generate(SCENES, job)
    return folder.name


@pytest.fixture(scope="module")
def straight(lab: Workspace, scenes: str) -> Path:
    run = new_run(lab, tiny_locator_config(scenes))
    train(run)
    return run


def test_a_run_tells_its_curve_and_its_scores(straight: Path):
    assert [event["step"] for event in events(straight, "train")] == list(range(1, 9))
    for event in events(straight, "validation"):
        assert event["images"] == 4
        assert {"h_mean", "precision", "recall", "pixel_accuracy", "pixel_f1", "pixel_iou"} <= event.keys()
        assert math.isfinite(event["loss"])
    summary = read_json(straight / paths.SUMMARY)
    assert summary["steps"] == 8
    assert summary["best"]["step"] in (4, 8)
    assert summary["test"]["scenes"] == 3
    assert summary["test"]["protocol"].startswith("3 photos, ")
    assert (summary["test"]["level"], summary["test"]["side"]) == ("word", 128)
    log = (straight / paths.TESTS / summary["test"]["dataset"]).iterdir()
    assert len(list(log)) == 3


def test_it_leaves_a_bundle_with_its_own_thresholds_that_finds_what_the_network_found(straight: Path, lab: Workspace):
    bundle = newest_locator_bundle(lab, straight.name)
    manifest = bundle.manifest
    assert manifest.parity.counts
    assert manifest.parity.same_boxes == manifest.parity.images == 4
    assert manifest.parity.largest_difference <= 1e-3
    assert set(manifest.thresholds) == {"word", "line"}
    assert manifest.thresholds["word"].tuned_on.startswith("validation scenes of")
    photo = Image.fromarray(np.full((90, 120, 3), 200, np.uint8))
    found = open_locator(bundle.folder, lab).text_map(photo)
    assert found.maps.shape[-1] == 3
    assert len(load_located(straight / paths.TESTS / manifest.trained_on.dataset).scenes) == 3


def test_pinned_photos_grow_over_the_steps(straight: Path):
    kept = events(straight, PINNED_PHOTOS)
    assert [event["step"] for event in kept] == [4, 8]
    for event in kept:
        photos = parse_photos(event["photos"])
        assert len(photos) == 4
        for photo in photos:
            assert photo_path(straight, photo.image).is_file()
            assert map_path(straight, photo.image, event["step"]).is_file()


def test_stopping_saves_and_resuming_gives_the_straight_run(straight: Path, lab: Workspace, scenes: str):
    run = new_run(lab, tiny_locator_config(scenes))
    (run / paths.STOP).write_text("{}")
    with pytest.raises(Stopped):  # after its first step
        train(run)
    assert checkpoints.saved_steps(run) == [1]
    (run / paths.STOP).unlink()
    train(run)
    assert differences(weights(run, 8), weights(straight, 8)) == {}
    assert events(run, "train") == events(straight, "train")
    assert events(run, "validation") == events(straight, "validation")


def test_a_run_that_was_ended_before_its_last_bundle_exports_it_with_thresholds_of_its_own(
    straight: Path, lab: Workspace
):
    run = lab.folder("runs", new_id())
    shutil.copytree(straight, run)
    shutil.rmtree(run / paths.BUNDLES)
    train(run)
    ours, theirs = (newest_locator_bundle(lab, each.name).manifest for each in (run, straight))
    assert ours.step == theirs.step
    assert ours.thresholds == theirs.thresholds


def test_new_scenes_are_drawn_while_it_learns_and_others_mixed_in(lab: Workspace, scenes: str):
    config = tiny_locator_config(scenes, fresh=True, epochs=1, mix=[{"dataset": scenes, "weight": 0.1}])
    run = new_run(lab, config)
    train(run)
    assert all(math.isfinite(event["loss"]) for event in events(run, "train"))


def test_a_run_can_begin_where_another_ended(straight: Path, lab: Workspace, scenes: str):
    run = new_run(lab, tiny_locator_config(scenes, epochs=1, start_from=straight.name))
    train(run)
    assert f"run {straight.name}" in events(run, "note")[0]["text"]
    wider = new_run(lab, tiny_locator_config(scenes, start_from=straight.name, locator={"scale": 0.5}))
    with pytest.raises(ConfigError, match=r"scale 0\.25, not pyramid of scale 0\.5"):
        train(wider)


@pytest.mark.parametrize("network", ["fc_mask", "conv_mask"])
def test_the_second_systems_networks_learn_and_find(lab: Workspace, scenes: str, network: str):
    run = new_run(lab, tiny_locator_config(scenes, locator={"network": network}, epochs=1, loss="bce", optimiser="sgd"))
    train(run)
    manifest = newest_locator_bundle(lab, run.name).manifest
    assert manifest.maps == ("region",)
    assert manifest.parity.counts


def test_only_the_first_scenes_are_learned_from_where_that_is_asked(lab: Workspace, scenes: str):
    config = tiny_locator_config(scenes, first=5)
    data = load_location_data(config, lambda id: open_scenes(lab.folder("datasets", id)))
    assert data.training.sizes == [5]
    assert [int(number) for number in data.training.parts[0].numbers] == sorted(data.main.numbers("train").tolist())[:5]
    assert len(data.validation.numbers) == 4


def test_a_set_that_is_wholly_learned_from_is_not_watched(lab: Workspace, scenes: str):
    folder = lab.folder("datasets", new_id())
    write_scenes(folder, {"train": [[Region.of([(5, 5), (40, 5), (40, 20), (5, 20)])]]})
    for mix, watched in (((), [folder.name]), ([{"dataset": folder.name}], [])):
        config = tiny_locator_config(scenes, mix=mix, watch_on=[folder.name])
        data = load_location_data(config, lambda id: open_scenes(lab.folder("datasets", id)))
        assert list(data.watched) == watched


@pytest.mark.usefixtures("few_steps")
@pytest.mark.parametrize(
    ("network", "seen", "map_side", "fresh"), [("pyramid", 64, 32, "on"), ("fc_mask", 128, 8, "off")]
)
def test_a_trial_shows_what_would_be_learned_and_what_it_takes(
    lab: Workspace, scenes: str, network: str, seen: int, map_side: int, fresh: str
):
    folder = lab.folder("trials", new_id())
    folder.mkdir()
    config = tiny_locator_config(scenes, locator={"network": network}, fresh=fresh)
    write_json(folder / paths.CONFIG, config.plain())
    with JobContext(folder) as job:
        trial(config, job)
    tried = read_json(folder / paths.SUMMARY)["trials"]
    assert [each["batch"] for each in tried] == [4, 8, 2]
    assert all(bool(each["drawn_per_second"]) == (fresh == "on") for each in tried)
    crops = trial_crops(folder)
    assert len(crops) == SHOWN
    targets = np.stack([np.asarray(open_image(crop.targets)) for crop in crops])
    assert targets.shape == (SHOWN, map_side, map_side, 3)
    assert open_image(crops[0].image).size == (seen, seen)
    text, kernel = targets[..., 0] > 0, targets[..., 1] > 0
    assert text.any()
    assert kernel.any() == (network == "pyramid")
    assert np.count_nonzero(kernel & ~text) == 0


def test_small_photos_of_cameras_are_enlarged_where_a_run_validates_as_where_it_is_scored(lab: Workspace):
    word = Region.of([(5, 5), (40, 5), (40, 20), (5, 20)])
    folder = lab.folder("datasets", new_id())
    write_scenes(folder, {"train": [[word]] * 4, "validation": [[word]]})  # 64 × 48 px
    run = new_run(lab, tiny_locator_config(folder.name, epochs=4))
    train(run)
    (photo,) = parse_photos(events(run, PINNED_PHOTOS)[-1]["photos"])
    step = events(run, PINNED_PHOTOS)[-1]["step"]
    assert open_image(map_path(run, photo.image, step).read_bytes()).size == (
        64,
        48,
    )  # cells of 2 px


def test_a_set_whose_regions_are_all_ignored_is_refused(lab: Workspace):
    ignored = Region.of([(5, 5), (40, 5), (40, 20), (5, 20)], ignore=True)
    folder = lab.folder("datasets", new_id())
    write_scenes(folder, {"train": [[ignored]] * 4, "validation": [[ignored]]})
    with pytest.raises(DatasetError, match="nothing to learn"):
        train(new_run(lab, tiny_locator_config(folder.name)))
