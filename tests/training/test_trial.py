"""The trial of a run: what it says, and that it keeps nothing."""

from pathlib import Path
from typing import Any

import pytest

from engine.config.generate import GenerateConfig
from engine.config.train import TrainConfig
from engine.errors import DatasetError
from engine.files import read_json, write_json
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.training import trial as trials
from engine.training.job import trial
from engine.training.trainer import Trainer
from engine.training.trial import BatchTrial, suggested
from engine.workspace import Workspace, new_id
from tests.helpers.tiny_datasets import WORDS, generate_dataset, save_dataset
from tests.helpers.training import tiny_config

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("few_steps", "eagerly")]


def take(workspace: Workspace, config: TrainConfig) -> tuple[Path, dict[str, Any]]:
    folder = workspace.collection("trials") / new_id()
    folder.mkdir()
    write_json(folder / paths.CONFIG, config.plain())
    with JobContext(folder) as job:
        trial(config, job)
    return folder, read_json(folder / paths.SUMMARY)


def tried(workspace: Workspace, config: TrainConfig) -> list[int]:
    """Return the batches of a trial, in the order in which they were tried."""
    return [each["batch"] for each in take(workspace, config)[1]["trials"]]


def test_it_says_what_a_run_will_take(shared: Workspace, dataset: str):
    folder, found = take(shared, tiny_config(dataset, batch=4))
    assert [trial["batch"] for trial in found["trials"]] == [4, 8, 2]
    assert all(trial["seconds_per_step"] > 0 and trial["peak_bytes"] > 1e6 for trial in found["trials"])
    assert found["suggested_batch"] in (2, 4, 8)
    assert (found["steps_per_epoch"], found["steps"]) == (4, 24)
    assert found["seconds"] == pytest.approx(24 * found["trials"][0]["seconds_per_step"], abs=0.1)
    assert found["training_images"] == 16
    assert not (folder / paths.CHECKPOINTS).exists()


def test_a_round_with_fewer_images_than_a_batch_is_tried_with_what_it_holds(shared: Workspace, dataset: str):
    """As a starter that is fitted to few images with some of many mixed in."""
    few = save_dataset(shared, {"train": ["ab", "ca"], "validation": ["abb"]})
    mixed = {"mix": [{"dataset": dataset, "weight": 0.5}]}  # one of its 16: three images a round
    trials = take(shared, tiny_config(few, **mixed, batch=32))[1]["trials"]
    assert [trial["batch"] for trial in trials] == [32, 1]
    assert trials[0]["images_per_second"] == pytest.approx(3 / trials[0]["seconds_per_step"], rel=0.05)


def test_new_images_are_drawn_as_a_run_will_draw_them(shared: Workspace):
    generated = generate_dataset(shared, GenerateConfig(images=40, validation=0.2, test=0.2, processes=1))
    config = tiny_config(generated, unfit="skip", reader={"max_length": 12, "max_width": 128})
    for tried in take(shared, config.changed(fresh="on"))[1]["trials"]:
        slower = min(tried["drawn_per_second"], tried["learned_per_second"])
        assert tried["images_per_second"] == slower > 0
        assert tried["seconds_per_step"] == pytest.approx(tried["batch"] / slower, rel=0.05, abs=1e-4)
    stored = take(shared, config)[1]["trials"]
    assert [tried["drawn_per_second"] for tried in stored] == [None] * len(stored)


def test_it_stops_growing_where_memory_ends(shared: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch):
    learn = Trainer.train_step

    def learn_few(self: Trainer, batch: Any, rate: float) -> float:
        if len(batch.indices) > 4:
            raise MemoryError
        return learn(self, batch, rate)

    monkeypatch.setattr(Trainer, "train_step", learn_few)
    assert tried(shared, tiny_config(dataset, batch=4)) == [4, 2]
    assert tried(shared, tiny_config(dataset, batch=8)) == [4]


def test_what_takes_too_long_is_left_after_the_size_that_was_asked_for(
    shared: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(trials, "_LIMIT", 0.0)
    assert tried(shared, tiny_config(dataset, batch=4)) == [4]


def test_data_that_does_not_fit_is_told_before_any_step(shared: Workspace):
    with pytest.raises(DatasetError, match="longer than the reader's max_length 4"):
        take(shared, tiny_config(save_dataset(shared, {**WORDS, "train": ["abcab"]})))


@pytest.mark.parametrize(("speeds", "batch"), [((100, 105, 109), 32), ((100, 105, 150), 64), ((180, 105, 90), 16)])
def test_another_batch_is_advised_only_if_clearly_faster(speeds: tuple[int, ...], batch: int):
    trials = [BatchTrial(size, 1.0, speed, 1) for size, speed in zip((16, 32, 64), speeds, strict=True)]
    assert suggested(trials, 32) == batch
