"""A network that goes on from the starter, of which the repository holds the exported graph alone."""

import contextlib
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config.locator import LocatorConfig
from engine.config.reader import ReaderConfig
from engine.errors import ConfigError
from engine.jobs.context import JobContext
from engine.location.bundle import newest_locator_bundle
from engine.models.locators import build_locator
from engine.models.network import build_network
from engine.reading import bundle as bundles
from engine.reading.bundle import newest_bundle
from engine.training.bundle_weights import load_graph_weights
from engine.training.reading_task import open_reading_task
from engine.training.telemetry import Recorder
from engine.training.transfer import settle
from engine.workspace import STARTER, Workspace
from glyphlab_read.bundles.session import open_session
from glyphlab_read.location.bundle import load_locator_graphs
from glyphlab_read.reading.bundle import load_graphs
from tests.helpers.training import events, new_run, tiny_config

pytestmark = pytest.mark.heavy
RNG = np.random.default_rng(5)


def shipped_reader(workspace: Workspace) -> tuple[Any, bytes, np.ndarray]:
    bundle = newest_bundle(workspace, STARTER)
    config = ReaderConfig.parse({**bundle.manifest.reader, "dropout": 0.0})
    image = RNG.integers(0, 256, (4, config.height, 64, 3), dtype=np.uint8)
    return build_network(config, bundle.charset.classes).training, load_graphs(bundle)["network"], image


def shipped_locator(workspace: Workspace) -> tuple[Any, bytes, np.ndarray]:
    bundle = newest_locator_bundle(workspace, STARTER)
    image = RNG.integers(0, 256, (2, 64, 96, 3), dtype=np.uint8)
    return build_locator(LocatorConfig.parse(bundle.manifest.locator)), load_locator_graphs(bundle)["network"], image


@pytest.mark.parametrize("shipped", [shipped_reader, shipped_locator])
def test_the_starters_weights_carry_over_exactly_and_learning_begins_where_reading_ends(
    workspace: Workspace, shipped: Any
):
    network, graph, image = shipped(workspace)
    load_graph_weights(graph, network)
    (read,) = open_session("network", graph, threads=1).run(None, {"image": image})

    def answers(training: bool) -> np.ndarray:
        logits = np.asarray(network({"image": image}, training=training))
        return logits if shipped is shipped_reader else 1 / (1 + np.exp(-logits))

    assert np.abs(answers(training=False) - read).max() < 1e-4
    settle(network, [image])
    assert np.abs(answers(training=False) - read).max() < 1e-4
    assert np.abs(answers(training=True) - read).max() < 1e-3  # by the figures of these very images


def test_a_graph_of_another_network_is_refused(workspace: Workspace):
    graph = load_graphs(newest_bundle(workspace, STARTER))["network"]
    for changes in ({"scale": 1.0}, {"encoder": "cnn8"}, {"recurrent": 8}):
        network = build_network(ReaderConfig.parse(changes), 86)
        with pytest.raises(ConfigError, match="cannot be taken over"):
            load_graph_weights(graph, network.training)


@pytest.mark.usefixtures("eagerly")
def test_a_run_goes_on_from_the_starter(
    shared: Workspace, dataset: str, straight_run: Path, monkeypatch: pytest.MonkeyPatch
):
    exported = newest_bundle(shared, straight_run.name)
    monkeypatch.setattr(bundles, "STARTER_FOLDER", exported.folder)
    config = tiny_config(dataset, start_from=STARTER)
    run = new_run(shared, config)
    with JobContext(run) as job:
        task = open_reading_task(config, job, Recorder(job), config.batch, ())
    step = exported.manifest.step
    assert events(run, "note")[0]["text"] == f"Begins with step {step} of the starter; characters new to it: 0."
    image = RNG.integers(0, 256, (3, 32, 64, 3), dtype=np.uint8)
    (read,) = open_session("network", load_graphs(exported)["network"], threads=1).run(None, {"image": image})
    assert np.abs(np.asarray(task.trainer.network.training({"image": image})) - read).max() < 1e-4
    assert task.trainer.tensors("network")["0001"].std() > 0  # settled: how large values are differs by channel


@pytest.mark.usefixtures("eagerly")
def test_what_was_learned_stays_where_a_run_sees_other_images_and_learns_nothing(
    shared: Workspace, dataset: str, straight_run: Path
):
    config = tiny_config(dataset, start_from=straight_run.name, augment=1.0)
    with JobContext(new_run(shared, config)) as job:
        task = open_reading_task(config, job, Recorder(job), config.batch, ())
    network, image = task.trainer.network.training, next(task.stored_batches(64)).image
    before = np.asarray(network({"image": image}))
    with contextlib.closing(task.batches(0)) as batches:
        for batch in itertools.islice(batches, 20):
            task.trainer.train_step(batch, 1e-9)
    moved = np.abs(np.asarray(network({"image": image})) - before).mean() / before.std()
    assert moved < 0.2  # of what it tells apart; 0.7 where a run begins with the figures of its parent
