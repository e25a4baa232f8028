"""Datasets of synthetic scenes: made by a real job, whole, and again the same."""

import time
from pathlib import Path

import pytest

from engine import jobs
from engine.config.editing import SceneEditConfig
from engine.config.generate import GenerateScenesConfig
from engine.config.scene_recipe import SceneRecipe
from engine.datasets.scenes.dataset import open_scenes
from engine.datasets.scenes.versions import SceneEdits, write_scene_version
from engine.errors import ConfigError
from engine.files import write_json
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.jobs.states import State
from engine.synth.renderer import renderer
from engine.synth.scenes import job as scenes
from engine.workspace import Workspace, new_id

SMALL = GenerateScenesConfig(
    recipe=SceneRecipe(width=128, height=96, groups=(1, 3), text_height=(8, 24)),
    images=12,
    validation=0.2,
    test=0.1,
    processes=1,
)


def made(workspace: Workspace, config: GenerateScenesConfig) -> Path:
    folder = workspace.folder("datasets", new_id())
    folder.mkdir()
    write_json(folder / paths.CONFIG, config.plain())
    with JobContext(folder) as job:
        scenes.work(config, job)
    return folder


def test_a_job_makes_a_dataset_that_is_whole_and_comes_out_the_same_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
):
    id = jobs.launch(workspace, "generate-scenes", SMALL, name="scenes")
    while jobs.load_job(workspace, "datasets", id).state.live:
        time.sleep(0.1)
    assert jobs.load_job(workspace, "datasets", id).state is State.finished
    dataset = open_scenes(workspace.folder("datasets", id), "hashes")
    assert dataset.manifest.counts == {"train": 9, "validation": 2, "test": 1}
    assert {dataset.image(i).size for i in range(len(dataset))} == {(128, 96)}
    assert any(region.text for i in range(len(dataset)) for region in dataset.regions(i))
    monkeypatch.setattr(scenes, "SHARD_SCENES", 4)  # other shards, the same scenes
    again = open_scenes(made(workspace, SMALL), "hashes")
    for i in range(len(dataset)):
        assert again.image_bytes(i) == dataset.image_bytes(i)
        assert [one.plain() for one in again.regions(i)] == [one.plain() for one in dataset.regions(i)]


def test_scenes_and_a_version_of_them_say_what_drew_them(workspace: Workspace, tmp_path: Path):
    parent = open_scenes(made(workspace, SMALL))
    edits = SceneEdits.of(SceneEditConfig(dataset=parent.folder.name, removals=(0,)), parent)
    version = write_scene_version(parent, edits, tmp_path, lambda done, total: None)
    assert parent.manifest.drawn_by == version.drawn_by == (renderer(),)


def test_a_picture_that_is_not_there_is_named(workspace: Workspace):
    with pytest.raises(ConfigError, match="no picture here"):
        made(workspace, SMALL.changed(recipe=SMALL.recipe.changed(pictures=("uploaded/nothing",))))
