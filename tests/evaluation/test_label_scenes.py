"""Photos outlined by a locator become a dataset that can be learned from and corrected."""

import json
from collections import Counter
from io import BytesIO

import pytest

from engine.config.locating import LabelScenesConfig
from engine.datasets.scenes.dataset import open_scenes
from engine.datasets.scenes.store import StoredScene, assemble_scenes, write_scene_shard
from engine.datasets.shards import ShardName
from engine.errors import BundleError, ConfigError, DatasetError
from engine.evaluation.label_scenes import work
from engine.jobs import paths, read_events
from engine.jobs.context import JobContext, Stopped
from engine.regions.polygons import ious
from engine.workspace import new_id
from tests.helpers.rectangles import rectangle
from tests.helpers.tiny_locators import paint, save_locator

WORDS = [rectangle(60, 40, 60, 20), rectangle(180, 60, 50, 24, 12)]


GREY = 220
"""Of the words: light enough to be found, and not as sure as white ones."""


@pytest.fixture
def photos(make_folder):
    """Photos without any label: two to learn from, with two words each, and one to validate on, without text."""
    folder = make_folder("finished", kind="import-scenes", name="unlabelled")
    names = [ShardName("train", 0), ShardName("validation", 0)]
    for name, indices in zip(names, ([0, 1], [2]), strict=True):
        stored = []
        for index in indices:
            content = BytesIO()
            paint((256, 128), WORDS if index < 2 else [], GREY).save(content, "PNG")
            stored.append(StoredScene(index, content.getvalue(), 256, 128, [], f"{index}.png", {"source": "drawn"}))
        write_scene_shard(folder, name, stored, Counter())
    assemble_scenes(folder, names, "imported", {"name": "bars"}, 0)
    return folder


@pytest.fixture
def job(workspace):
    folder = workspace.folder("datasets", new_id())
    folder.mkdir()
    with JobContext(folder) as context:
        yield context


def test_its_boxes_are_the_regions_of_the_same_photos(workspace, job, photos):
    bundle = save_locator(workspace)
    work(LabelScenesConfig(dataset=photos.name, run=bundle.name, sure=0.5), job)
    labelled, unlabelled = open_scenes(job.folder), open_scenes(photos)
    assert dict(labelled.manifest.counts) == dict(unlabelled.manifest.counts)
    for number in range(3):
        assert labelled.image_bytes(number) == unlabelled.image_bytes(number)
        found = [region for region in labelled.regions(number) if region.level == "word"]
        assert len(found) == (2 if number < 2 else 0)
        for region, word in zip(found, WORDS, strict=False):
            assert not region.ignore
            assert region.text is None
            assert ious([region.polygon], [word])[0, 0] > 0.5
    summary = json.loads((job.folder / paths.SUMMARY).read_text())
    assert (summary["parent"], summary["run"], summary["kind"]) == (photos.name, bundle.name, "labelled")


def test_what_is_not_sure_does_not_count(workspace, job, photos):
    bundle = save_locator(workspace)
    work(LabelScenesConfig(dataset=photos.name, run=bundle.name, sure=1.0, unsure=0.1), job)
    regions = open_scenes(job.folder).regions(0)
    assert regions
    assert all(region.ignore for region in regions)


def test_photos_without_any_find_are_refused(workspace, job, photos):
    bundle = save_locator(workspace)
    with pytest.raises(DatasetError, match="Lower unsure"):
        work(LabelScenesConfig(dataset=photos.name, run=bundle.name, sure=1.0, unsure=1.0), job)


def test_a_stopped_job_goes_on_where_it_was(workspace, job, photos):
    bundle = save_locator(workspace)
    config = LabelScenesConfig(dataset=photos.name, run=bundle.name, sure=0.5)
    with JobContext(job.folder) as stopped:
        stopped.request_stop()
        with pytest.raises(Stopped):
            work(config, stopped)
    work(config, job)
    assert len(open_scenes(job.folder)) == 3


def test_no_two_locators_outline_one_dataset(workspace, job, photos):
    run = save_locator(workspace).name
    config = LabelScenesConfig(dataset=photos.name, run=run, sure=0.5)
    with JobContext(job.folder) as stopped:
        stopped.request_stop()
        with pytest.raises(Stopped):
            work(config, stopped)
    first = next((job.folder / paths.SHARDS).iterdir()).stat().st_mtime_ns
    save_locator(workspace, run=run, step=99)
    work(config, job)
    assert next((job.folder / paths.SHARDS).iterdir()).stat().st_mtime_ns > first
    assert [event["text"] for event in read_events(job.folder / paths.EVENTS)[0]] == [
        "There is a better locator of this run since it began, so it starts over."
    ]


def test_a_run_without_a_locator_is_named(workspace, job, photos):
    with pytest.raises(BundleError):
        work(LabelScenesConfig(dataset=photos.name, run=new_id()), job)


def test_doubtful_boxes_cannot_be_surer_than_sure_ones():
    with pytest.raises(ConfigError, match="above sure"):
        LabelScenesConfig.parse({"dataset": new_id(), "sure": 0.3, "unsure": 0.5})
