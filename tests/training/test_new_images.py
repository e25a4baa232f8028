"""New images in every epoch: when a run chooses them by itself, and that it goes on as it began."""

import hashlib

import numpy as np
import pytest

from engine.config.generate import GenerateConfig
from engine.config.train import TrainConfig
from engine.datasets import open_dataset
from engine.files import write_json
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
from engine.training import checkpoint as checkpoints
from engine.training.new_images import choose_images
from engine.training.run import open_task
from engine.training.telemetry import Recorder
from engine.training.trainer import GROUPS
from engine.workspace import Workspace
from glyphlab_read.parsing import canonical_json
from tests.helpers.tiny_datasets import generate_dataset
from tests.helpers.training import differences, events, new_run, tiny_config, train, weights

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("eagerly")]
GPU = (0,)


@pytest.fixture(scope="module")
def config(shared: Workspace) -> TrainConfig:
    """A run of six steps that is left to choose; on a CPU it takes stored images."""
    generated = generate_dataset(shared, GenerateConfig(images=40, validation=0.2, test=0.2, processes=1))
    return tiny_config(generated, unfit="skip", epochs=2, reader={"max_length": 12, "max_width": 128})


@pytest.mark.usefixtures("few_steps")
def test_a_run_beside_a_gpu_compares_drawing_with_learning_and_begins_as_if_it_had_not(
    shared: Workspace, config: TrainConfig
):
    run = new_run(shared, config)
    with JobContext(run) as job:
        recorder = Recorder(job)
        task = open_task(config.changed(average=0.9), job, recorder, config.batch, ())
        before = [task.trainer.tensors(group) for group in GROUPS]
        fresh = choose_images(config, task, job, recorder, GPU)
        after = [task.trainer.tensors(group) for group in GROUPS]
    (note,) = events(run, "note")
    assert note["text"].startswith("New images" if fresh else "The same images")
    assert "drawing makes" in note["text"]
    assert [tensors.keys() for tensors in before] == [tensors.keys() for tensors in after]
    for ours, theirs in zip(before, after, strict=True):
        assert all(np.array_equal(tensor, theirs[name]) for name, tensor in ours.items())


def test_on_a_cpu_and_of_an_imported_dataset_stored_images_are_taken_without_trying(
    shared: Workspace, config: TrainConfig, dataset: str
):
    for chosen, gpus in ((config, ()), (tiny_config(dataset), GPU)):
        run = new_run(shared, chosen)
        with JobContext(run) as job:
            recorder = Recorder(job)
            task = open_task(chosen, job, recorder, chosen.batch, ())
            assert not choose_images(chosen, task, job, recorder, gpus)
        assert not [note for note in events(run, "note") if "drawing" in note["text"]]


def test_a_resumed_run_draws_as_it_began_wherever_it_goes_on(shared: Workspace, config: TrainConfig):
    straight, stopped = (new_run(shared, config.changed(fresh="on")) for _ in range(2))
    train(straight)
    (stopped / paths.STOP).touch()
    with pytest.raises(Stopped):
        train(stopped)
    (stopped / paths.STOP).unlink()
    write_json(stopped / paths.CONFIG, config.plain())  # as if it had chosen new images beside a GPU
    train(stopped)
    assert differences(weights(stopped, 6), weights(straight, 6)) == {}
    assert events(stopped, "train") == events(straight, "train")


@pytest.mark.parametrize(("former", "now"), [(True, "on"), (False, "off")])
def test_runs_of_former_versions_go_on(shared: Workspace, config: TrainConfig, former: bool, now: str):
    assert TrainConfig.parse({**config.plain(), "fresh": former}).fresh == now
    run = new_run(shared, config.changed(fresh=now, epochs=1))
    train(run)
    settings = config.changed(epochs=1).non_defaults() | ({"fresh": True} if former else {})
    hashes = [open_dataset(shared.folder("datasets", config.dataset)).manifest.hash]
    identity = hashlib.sha256(canonical_json([settings, hashes])).hexdigest()
    assert checkpoints.newest_state(run)["identity"] == identity
