"""A run in this process: what it leaves behind, and what stops it.

Those that are to end like `straight_run` are taken eagerly, as it is; compiled ones are compared in test_kill.
"""

import json
import resource
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine.errors import BundleError, CharsetError, CheckpointError, ConfigError, DatasetError, SpaceError
from engine.files import read_json, sha256, write_json
from engine.jobs import paths
from engine.jobs.context import Diverged, JobContext, Stopped
from engine.jobs.devices import GRANTED
from engine.reading.bundle import newest_bundle, open_reader
from engine.training import checkpoint as checkpoints
from engine.training.trainer import Trainer
from engine.training.validation import perplexity
from engine.workspace import Workspace
from tests.helpers.tiny_datasets import WORDS, draw_word, save_dataset
from tests.helpers.training import differences, events, new_run, tiny_config, train, weights

pytestmark = pytest.mark.heavy


def test_a_run_tells_its_curve_and_its_scores(straight_run: Path):
    curve = events(straight_run, "train")
    assert [event["step"] for event in curve] == list(range(1, 13))
    assert all(event["perplexity"] == pytest.approx(perplexity(event["loss"])) for event in curve)
    assert [event["step"] for event in events(straight_run, "validation")] == [4, 8, 12]
    assert all(event["images"] == 4 for event in events(straight_run, "validation"))
    summary = read_json(straight_run / paths.SUMMARY)
    assert summary.keys() >= {"dataset", "parameters", "best", "last", "test", "images_per_second", "bundle_step"}
    assert summary["steps"] == 12
    assert summary["test"]["images"] == 3
    assert list((straight_run / paths.TENSORBOARD).glob("events.out.tfevents.*"))


def test_a_run_leaves_a_bundle_that_reads(straight_run: Path, shared: Workspace):
    bundle = newest_bundle(shared, straight_run.name)
    assert bundle.manifest.parity.counts
    assert bundle.manifest.parity.same_strings == bundle.manifest.parity.images == 4
    reading = open_reader(bundle.folder, shared).read_many([draw_word("abc")])[0]
    assert set(reading.text) <= set("abc")


def test_the_newest_checkpoints_and_the_best_are_kept(straight_run: Path):
    best = read_json(straight_run / paths.SUMMARY)["best"]["step"]
    assert checkpoints.saved_steps(straight_run) == sorted({8, 12, best})
    assert not list(straight_run.rglob("*.tmp"))


@pytest.mark.usefixtures("eagerly")
def test_stopping_saves_and_resuming_gives_the_straight_run(straight_run: Path, shared: Workspace, dataset: str):
    run = new_run(shared, tiny_config(dataset, checkpoint_minutes=240))
    (run / paths.STOP).write_text("{}")
    for _ in range(2):  # a stop before the first step's end costs that step only
        with pytest.raises(Stopped):
            train(run)
    assert checkpoints.saved_steps(run) == [1, 2]
    (run / paths.STOP).unlink()
    train(run)
    assert differences(weights(run, 12), weights(straight_run, 12)) == {}
    assert events(run, "train") == events(straight_run, "train")
    assert events(run, "validation") == events(straight_run, "validation")


def test_a_run_that_holds_a_cluster_s_gpus_and_cannot_drive_them_fails(
    shared: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(GRANTED, "gpu:0")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    run = new_run(shared, tiny_config(dataset, device="auto", launcher="slurm", gpus=1))
    with pytest.raises(ConfigError, match=r"gpus 1: .* can drive none.*requirements-gpu.txt` there, or set gpus to 0"):
        train(run)


@pytest.mark.usefixtures("eagerly")
def test_a_run_that_a_limit_on_files_ended_goes_on_from_what_it_saved(
    straight_run: Path, shared: Workspace, dataset: str
):
    run, before = new_run(shared, tiny_config(dataset)), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(SpaceError, match="takes no file as large"):
            train(run)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(run.rglob("*.tmp"))
    train(run)
    assert differences(weights(run, 12), weights(straight_run, 12)) == {}


@pytest.mark.usefixtures("eagerly")
def test_a_damaged_newest_checkpoint_falls_back_and_ends_the_same(
    straight_run: Path, shared: Workspace, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("engine.training.loop.EXPORT_SHARE", 0.0)  # the clock of another machine: bundles have to wait
    run = shared.folder("runs", "1" * 26)
    shutil.copytree(straight_run, run)
    shutil.rmtree(run / paths.CHECKPOINTS / "12")
    shutil.copytree(run / paths.CHECKPOINTS / "8", run / paths.CHECKPOINTS / "12")  # says step 8 within
    train(run)
    assert "damaged" in events(run, "note")[0]["text"]
    assert (run / paths.CHECKPOINTS / "12.damaged").is_dir()
    for name in ("manifest.json", "network.safetensors", "optimiser.safetensors", "state.json"):
        of_step = Path(paths.CHECKPOINTS, "12", name)
        assert (run / of_step).read_bytes() == (straight_run / of_step).read_bytes(), name
    assert differences(weights(run, 12), weights(straight_run, 12)) == {}
    assert events(run, "train") == events(straight_run, "train")


def test_a_run_whose_checkpoints_are_all_damaged_says_so(straight_run: Path, shared: Workspace):
    run = shared.folder("runs", "2" * 26)
    shutil.copytree(straight_run, run)
    for state in (run / paths.CHECKPOINTS).glob(f"*/{paths.CHECKPOINT_STATE}"):
        state.write_text("{}")
    with pytest.raises(CheckpointError, match="All checkpoints of this run are damaged"):
        train(run)


def test_another_config_is_not_resumed(straight_run: Path, shared: Workspace, dataset: str):
    run = new_run(shared, tiny_config(dataset, seed=5))
    shutil.copytree(straight_run / paths.CHECKPOINTS, run / paths.CHECKPOINTS)
    with pytest.raises(CheckpointError, match="Start a new run"):
        train(run)


def test_a_run_of_an_older_version_with_its_usual_weight_of_likely_texts_goes_on(
    straight_run: Path, shared: Workspace, dataset: str
):
    run = new_run(shared, tiny_config(dataset, language=0.6))
    shutil.copytree(straight_run / paths.CHECKPOINTS, run / paths.CHECKPOINTS)
    train(run)
    assert newest_bundle(shared, run.name).manifest.language


def _changed_state(run: Path, **changes: object) -> None:
    folder = run / paths.CHECKPOINTS / "12"
    state = json.loads((folder / paths.CHECKPOINT_STATE).read_bytes()) | changes
    write_json(folder / paths.CHECKPOINT_STATE, state, checksum=False)
    manifest = read_json(folder / paths.MANIFEST)
    path = folder / paths.CHECKPOINT_STATE
    manifest["files"][path.name] = {"bytes": path.stat().st_size, "sha256": sha256(path)}
    write_json(folder / paths.MANIFEST, manifest)


def test_another_backend_is_named(straight_run: Path, shared: Workspace):
    run = shared.folder("runs", "3" * 26)
    shutil.copytree(straight_run, run)
    _changed_state(run, backend="jax")
    with pytest.raises(CheckpointError, match=r"began under jax and would go on under tensorflow.*KERAS_BACKEND=jax"):
        train(run)


def test_a_run_keeps_the_number_format_that_it_began_with(
    straight_run: Path, shared: Workspace, monkeypatch: pytest.MonkeyPatch
):
    run = shared.folder("runs", "4" * 26)
    shutil.copytree(straight_run, run)
    monkeypatch.setattr("engine.training.run.precision_for", lambda wanted, gpus: "bfloat16")  # another machine's
    train(run)
    assert checkpoints.newest_state(run)["precision"] == read_json(run / paths.SUMMARY)["precision"] == "float32"
    assert "Going on in float32" in events(run, "note")[0]["text"]


def test_a_checkpoint_of_an_older_version_holds_its_bundle_step_and_is_taken_up(straight_run: Path, shared: Workspace):
    run = shared.folder("runs", "5" * 26)
    shutil.copytree(straight_run, run)
    _changed_state(run, bundle_step=4)
    shutil.rmtree(run / paths.BUNDLES)
    train(run)
    assert newest_bundle(shared, run.name).manifest.step == read_json(run / paths.SUMMARY)["best"]["step"]


@pytest.mark.usefixtures("eagerly")
def test_a_loss_that_is_no_number_keeps_the_last_checkpoint(
    shared: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch
):
    learn, steps = Trainer.train_step, []

    def poisoned(self, batch, learning_rate):
        steps.append(learning_rate)
        return learn(self, batch, float("nan") if len(steps) == 6 else learning_rate)

    monkeypatch.setattr(Trainer, "train_step", poisoned)
    run = new_run(shared, tiny_config(dataset))
    with pytest.raises(Diverged, match=r"became nan at step 7.*checkpoint of step 4 is kept.*lower learning rate"):
        train(run)
    assert checkpoints.saved_steps(run) == [4]
    assert all(np.isfinite(tensor).all() for tensor in weights(run, 4).values())
    assert "samples" in events(run, "note")[0]["text"]


def test_a_time_budget_is_kept_and_fixes_the_steps_in_the_first_epochs(
    shared: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch
):
    """By a clock that only steps move: how fast this machine is decides nothing."""
    learn, now = Trainer.train_step, [0.0]

    def timed(self, batch, learning_rate):
        now[0] += 0.05
        return learn(self, batch, learning_rate)

    monkeypatch.setattr(Trainer, "train_step", timed)
    monkeypatch.setattr("engine.training.loop.time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(JobContext, "seconds", property(lambda _: now[0]))
    run = new_run(shared, tiny_config(dataset, minutes=0.2, epochs=None, evaluate_every=0))
    train(run)
    assert now[0] <= 12
    first, again = [note for note in events(run, "note") if "steps fit" in note["text"]]
    assert 2 < first["step"] < again["step"]  # an epoch has 2 steps
    saved = {event["step"] for event in events(run, "checkpoint")}
    assert {first["step"], again["step"]} <= saved, "a run that is killed keeps the length that it was given"
    planned = checkpoints.load_newest(run)
    assert planned is not None
    assert planned.state["planned_steps"] == planned.step > 40
    assert f"{planned.step:,} steps fit" in again["text"]


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        ({**WORDS, "train": []}, DatasetError, "train split .* is empty.*Generate"),
        ({**WORDS, "validation": []}, DatasetError, "validation split .* is empty"),
        (
            {**WORDS, "train": ["abcab"]},
            DatasetError,
            "1 train labels .* longer .* max_length 4.*Raise max_length to 5",
        ),
    ],
    ids=["no training images", "no validation images", "labels too long"],
)
def test_a_dataset_that_does_not_fit_is_refused_before_the_first_step(shared: Workspace, words, error, message):
    run = new_run(shared, tiny_config(save_dataset(shared, words)))
    with pytest.raises(error, match=message):
        train(run)
    assert events(run, "train") == []


def test_labels_outside_the_charset_are_named(shared: Workspace):
    from engine.datasets.manifest import read_manifest, write_manifest

    id = save_dataset(shared)
    folder = shared.folder("datasets", id)
    write_manifest(folder, read_manifest(folder).model_copy(update={"charset": "ab"}))
    with pytest.raises(CharsetError, match=r"lacks 1 characters of the train labels .*: 'c'\."):
        train(new_run(shared, tiny_config(id)))


@pytest.mark.usefixtures("eagerly")
def test_a_run_without_a_bundle_that_counts_fails(shared: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.export.parity.TOLERANCE", -1.0)
    run = new_run(shared, tiny_config(dataset, epochs=1))
    with pytest.raises(BundleError, match="none counts"):
        train(run)
    assert [event["counts"] for event in events(run, "bundle")] == [False, False]


def test_a_run_says_that_it_began_with_random_weights_and_why(
    shared: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch
):
    """It ends before its first step, for lack of space: resnet50 takes long to learn. Nothing is downloaded here."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    run = new_run(shared, tiny_config(dataset, reader={"encoder": "resnet50"}))
    with pytest.raises(SpaceError):
        train(run)
    told = [event["text"] for event in events(run, "note") if "ImageNet" in event["text"]]
    assert told == ["ImageNet's weights fit resnet50 at scale 1, and this one has 0.125: it begins with random ones."]


def test_a_run_that_would_not_fit_on_the_disk_does_not_begin(
    shared: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    run = new_run(shared, tiny_config(dataset))
    with pytest.raises(SpaceError, match=r"checkpoints of this network need.*Delete"):
        train(run)
