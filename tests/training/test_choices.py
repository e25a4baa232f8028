"""Choices of data and of a beginning: mixed, skipped, fresh and real samples, another run, a smaller batch."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config.generate import GenerateConfig, Split
from engine.config.train import TrainConfig
from engine.datasets import open_dataset
from engine.datasets.splits import split_of
from engine.errors import CharsetError, ConfigError, DatasetError, OutOfMemory
from engine.evaluation.evaluate import evaluate
from engine.evaluation.test_sets import dataset_samples
from engine.files import read_json
from engine.jobs import paths
from engine.jobs.context import Stopped
from engine.machine import processor
from engine.reading.bundle import newest_bundle, open_reader
from engine.training.data import load_training_data
from engine.training.online import word_rounds
from engine.training.prefetch import make_batch
from engine.training.trainer import Trainer
from engine.training.transfer import load_pretrained, open_parent
from engine.workspace import Workspace, new_id
from glyphlab_read.charset import Charset
from tests.helpers.tiny_datasets import generate_dataset, save_dataset
from tests.helpers.training import differences, events, new_run, tiny_config, train, weights

pytestmark = pytest.mark.heavy
OTHER: Mapping[Split, Sequence[str]] = {
    "train": ["xy", "yx", "xx", "xay"],
    "validation": ["yy"],
    "test": ["xxy", "yax"],
}


@pytest.fixture(scope="module")
def other(shared: Workspace) -> str:
    """A dataset with two characters that the main one lacks."""
    return save_dataset(shared, OTHER)


def start(run: Path) -> dict[str, Any]:
    train(run)
    return read_json(run / paths.SUMMARY)


@pytest.mark.usefixtures("eagerly")
def test_a_run_learns_from_a_mix_validates_elsewhere_and_is_scored_on_each_test_set(
    shared: Workspace, dataset: str, other: str
):
    mix = [{"dataset": other, "weight": 0.5}]
    run = new_run(shared, tiny_config(dataset, mix=mix, test_on=[other], validate_on=other, epochs=1))
    summary = start(run)
    assert summary["charset_size"] == 5
    assert newest_bundle(shared, run.name).manifest.charset == "abcxy"
    assert summary["steps"] == 3  # 16 samples and 8 of the other's 4, eight a step
    assert [event["images"] for event in events(run, "validation")] == [1]
    assert [score["images"] for score in summary["tests"]] == [3, 2]
    assert [event["dataset"] for event in events(run, "test")] == [dataset, other]
    assert summary["test"] == summary["tests"][0]
    assert summary["tested_on"] == processor()


@pytest.mark.usefixtures("eagerly")
def test_watched_datasets_are_read_at_each_validation_as_the_bundle_reads_them_and_decide_nothing(
    shared: Workspace, dataset: str, other: str, straight_run: Path
):
    real = save_dataset(shared, {"train": ["ab", "cb", "abcab", "xy", "cccc"]})  # unsplit; two cannot be written
    config = tiny_config(dataset, watch_on=[real, other])
    run = new_run(shared, config)
    start(run)
    steps = [event["step"] for event in events(run, "validation")]
    watched = events(run, "watched")
    assert [(event["step"], event["dataset"], event["images"]) for event in watched] == [
        (step, id, images) for step in steps for id, images in ((real, 5), (other, 1))
    ]
    assert all(event["loss"] > 0 for event in watched if event["dataset"] == real)
    assert all(event["loss"] is None for event in watched if event["dataset"] == other)  # nothing in it can be written
    bundle = newest_bundle(shared, run.name)
    reader, found = open_reader(bundle.folder, shared), open_dataset(shared.folder("datasets", real))
    read = evaluate(reader, dataset_samples(found)).score
    (last,) = [event for event in watched if (event["step"], event["dataset"]) == (bundle.manifest.step, real)]
    assert (last["word_accuracy"], last["cer"]) == (read.word_accuracy, read.cer)
    assert differences(weights(run, 12), weights(straight_run, 12)) == {}
    assert events(run, "validation") == events(straight_run, "validation")
    material = load_training_data(config, lambda id: open_dataset(shared.folder("datasets", id)))
    assert material.validation_images == 4 + 5 + 1


@pytest.mark.usefixtures("eagerly")
def test_what_is_learned_from_is_neither_scored_nor_watched(shared: Workspace, dataset: str):
    tried = save_dataset(shared, {"train": ["ab", "ca"], "validation": ["abb"]})
    whole = save_dataset(shared, {"train": ["ab", "ca"]})
    mix = [{"dataset": id, "weight": 0.1} for id in (tried, whole)]
    run = new_run(shared, tiny_config(dataset, mix=mix, test_on=[tried, whole], watch_on=[whole], epochs=1))
    assert [(score["dataset"], score["images"]) for score in start(run)["tests"]] == [(dataset, 3), (tried, 1)]
    assert events(run, "watched") == []
    assert [note["text"] for note in events(run, "note")] == [
        f"Dataset {whole} is not {what}: the run learns from all of its images."
        for what in ("watched", "scored at the end")
    ]


@pytest.mark.usefixtures("eagerly")
def test_samples_that_do_not_fit_are_refused_or_skipped_and_counted(
    shared: Workspace, dataset: str, straight_run: Path
):
    other = save_dataset(shared, {"train": ["ab", "xy", "abcab"], "validation": ["ba"], "test": ["a"]})
    changes = {"start_from": straight_run.name, "charset": "same"}
    with pytest.raises(CharsetError, match=r"lacks 2 characters .*: 'x' 'y'\. Set charset to extend, or unfit to skip"):
        train(new_run(shared, tiny_config(other, **changes)))
    run = new_run(shared, tiny_config(other, **changes, unfit="skip", epochs=1))
    assert start(run)["skipped"] == {"characters outside the charset": 1, "too long": 1}
    assert [event["text"] for event in events(run, "note")][1:] == [
        "Samples left out, characters outside the charset: 1.",
        "Samples left out, too long: 1.",
    ]


@pytest.mark.parametrize("characters", ["abcxy", "xyazw", "cab"], ids=["extended", "replaced", "in another order"])
def test_fine_tuning_keeps_what_is_known_of_each_character(
    shared: Workspace, dataset: str, straight_run: Path, characters: str
):
    config = tiny_config(dataset, start_from=straight_run.name)
    forebear, charset = open_parent(shared, straight_run.name), Charset(characters)
    learner = Trainer(config, charset.classes, "float32")
    fresh = learner.tensors("network")
    load_pretrained(learner, config, forebear, charset)
    known = {place: "abc".index(character) for place, character in enumerate(characters) if character in "abc"}
    known[len(characters)] = 3  # the class beyond

    def moved(name: str, axis: int) -> bool:
        """Say whether a tensor is the other run's, class by class along an axis, and as it began elsewhere."""
        new, old, begun = (np.moveaxis(each[name], axis, 0) for each in (learned, forebear.network, fresh))
        places = range(charset.classes)
        return all(np.array_equal(new[at], old[known[at]] if at in known else begun[at]) for at in places)

    learned = learner.tensors("network")
    changed = [name for name, tensor in forebear.network.items() if not np.array_equal(learned[name], tensor)]
    assert len(changed) == 2  # kernel and bias of the last layer
    sizes = {name: (learned[name].shape, forebear.network[name].shape) for name in changed}
    for name, (new, old) in sizes.items():
        assert any(moved(name, axis) for axis in range(len(new)) if (new[axis], old[axis]) == (charset.classes, 4))


@pytest.mark.usefixtures("eagerly")
def test_a_fine_tuned_run_goes_on_from_the_other(shared: Workspace, dataset: str, straight_run: Path):
    run = new_run(shared, tiny_config(dataset, start_from=straight_run.name, freeze_encoder=True, epochs=1))
    train(run)
    (note,) = events(run, "note")
    assert straight_run.name in note["text"]
    best = read_json(straight_run / paths.SUMMARY)["best"]["step"]
    before, after = weights(straight_run, best), weights(run, 2)
    assert np.array_equal(before["network/0000"], after["network/0000"])  # the first kernel, frozen
    assert any(not np.array_equal(before[name], after[name]) for name in after if name.startswith("network/"))


@pytest.mark.usefixtures("eagerly")
def test_a_fine_tuned_run_goes_on_without_the_other(shared: Workspace, other: str, straight_run: Path):
    parent = shared.folder("runs", new_id())
    shutil.copytree(straight_run, parent)
    run = new_run(shared, tiny_config(other, start_from=parent.name, epochs=2))
    (run / paths.STOP).touch()
    with pytest.raises(Stopped):
        train(run)
    (run / paths.STOP).unlink()
    shutil.rmtree(parent)
    assert start(run)["steps"] == 2
    assert newest_bundle(shared, run.name).manifest.charset == "abcxy"  # its data alone lacks the c


def test_another_network_is_not_begun_with(shared: Workspace, dataset: str, straight_run: Path):
    config = tiny_config(dataset, start_from=straight_run.name, reader={"height": 40, "scale": 0.25})
    with pytest.raises(ConfigError, match=r"built otherwise: its height is 32, not 40, its scale is 0.125, not 0.25"):
        train(new_run(shared, config))


@pytest.mark.usefixtures("eagerly")
def test_a_run_that_gets_no_better_ends_early_and_says_so(shared: Workspace, dataset: str):
    config = tiny_config(dataset, patience=1, evaluate_every=2, learning_rate=1e-9, epochs=50)
    run = new_run(shared, config)
    assert start(run)["steps"] < 20
    assert "ends early" in events(run, "note")[-1]["text"]


@pytest.fixture(scope="module")
def generated(shared: Workspace) -> str:
    """A dataset of the starter recipe."""
    return generate_dataset(shared, GenerateConfig(images=40, validation=0.2, test=0.2, processes=1))


def test_fresh_samples_fit_are_new_and_come_again_after_a_resume(shared: Workspace, generated: str):
    config = tiny_config(generated, fresh=True, unfit="skip", reader={"max_length": 12, "max_width": 128})
    material = load_training_data(config, lambda id: open_dataset(shared.folder("datasets", id)))
    opened = [word_rounds(material.main, None, material.charset, config.reader, shared, 1, 64) for _ in range(2)]
    try:
        first, second = opened[0].samples_of(0), opened[0].samples_of(1)
        again = opened[1].samples_of(1)
    finally:
        for rounds in opened:
            rounds.close()
    texts = [*first.texts, *second.texts]
    assert second.texts == again.texts
    assert all(np.array_equal(second.image(i), again.image(i)) for i in range(0, len(again.texts), 17))
    assert all(len(text) <= 12 and not material.charset.missing(text) for text in texts)
    made = GenerateConfig.parse(read_json(material.main.folder / paths.CONFIG))
    assert {split_of(text, made.validation, made.test) for text in texts} == {"train"}
    assert not {first.image(i).tobytes() for i in range(64)} & {second.image(i).tobytes() for i in range(64)}


@pytest.mark.usefixtures("eagerly")
def test_an_epoch_of_fresh_samples_with_others_mixed_in_is_as_long_as_of_stored_ones(
    shared: Workspace, generated: str, dataset: str
):
    config = tiny_config(
        generated,
        fresh=True,
        unfit="skip",
        epochs=1,
        mix=[{"dataset": dataset, "weight": 0.5}],
        reader={"max_length": 12, "max_width": 128},
    )
    assert start(new_run(shared, config))["steps"] == (24 + 12) // 8


def test_only_generated_datasets_give_fresh_samples(shared: Workspace, dataset: str):
    with pytest.raises(DatasetError, match=r"imported or edited.*Set fresh to off"):
        train(new_run(shared, tiny_config(dataset, fresh=True)))


class ResourceExhaustedError(Exception):
    """As TensorFlow's is called."""


@pytest.mark.usefixtures("eagerly")
def test_running_out_of_memory_names_a_batch_or_takes_it(
    shared: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch
):
    learn = Trainer.train_step

    def learn_few(self: Trainer, batch: Any, rate: float) -> float:
        if len(batch.indices) > 4:
            raise ResourceExhaustedError("OOM when allocating tensor")
        return learn(self, batch, rate)

    monkeypatch.setattr(Trainer, "train_step", learn_few)
    with pytest.raises(OutOfMemory, match=r"with 8 images per step\. Set batch to 4"):
        train(new_run(shared, tiny_config(dataset, epochs=1)))
    run = new_run(shared, tiny_config(dataset, epochs=1, halve_batch=True))
    assert start(run)["steps"] == 4
    assert "Going on with 4 images per step" in events(run, "note")[0]["text"]


@pytest.mark.usefixtures("eagerly")
def test_a_run_that_goes_on_with_half_the_batch_learns_all_its_epochs_and_resumes_so(
    shared: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch
):
    learn, steps = Trainer.train_step, []

    def learn_few(self: Trainer, batch: Any, rate: float) -> float:
        steps.append(rate)
        if len(batch.indices) > 4 and len(steps) > 6:
            raise ResourceExhaustedError("OOM when allocating tensor")
        return learn(self, batch, rate)

    monkeypatch.setattr(Trainer, "train_step", learn_few)
    run = new_run(shared, tiny_config(dataset, halve_batch=True))
    assert start(run)["steps"] == 4 + 16  # of 8 images up to the checkpoint, then of 4: six epochs of 16
    assert [event["epoch"] for event in events(run, "train")] == [1, 1, 2, 2, *np.repeat([3, 4, 5, 6], 4)]
    resumed = shared.folder("runs", new_id())
    shutil.copytree(run, resumed)
    shutil.rmtree(resumed / paths.CHECKPOINTS / "20")
    train(resumed)
    told = [note for note in events(resumed, "note") if "Memory" in note["text"]]
    assert len(told) == 1, "it begins with 4 images"
    assert differences(weights(resumed, 20), weights(run, 20)) == {}


@pytest.mark.usefixtures("eagerly")
def test_the_plotted_loss_is_without_smoothing(shared: Workspace, dataset: str):
    losses = {}
    for smoothing in (0.0, 0.3):
        config = tiny_config(dataset, label_smoothing=smoothing, reader={"decoder": "attention"})
        material = load_training_data(config, lambda id: open_dataset(shared.folder("datasets", id)))
        learner = Trainer(config, material.charset.classes, "float32")
        batch = make_batch(material.training, range(4), config.reader, material.charset.end)
        losses[smoothing] = [learner.train_step(batch, 0.01) for _ in range(2)]
    assert losses[0.0][0] == losses[0.3][0]
    assert losses[0.0][1] != losses[0.3][1]


def test_a_config_names_its_datasets_once():
    ids = [new_id() for _ in range(4)]
    config = TrainConfig(dataset=ids[0], validate_on=ids[1], watch_on=(ids[1], ids[2]), test_on=(ids[0], ids[3]))
    assert config.datasets == tuple(ids)
