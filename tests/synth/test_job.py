"""A generation gives the dataset that its config names: on any number of processes, stopped, killed or straight."""

import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from engine import jobs
from engine.config.generate import GenerateConfig
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.style import BackgroundWeights, Colours, Style
from engine.config.text_sources import Digits, Words
from engine.datasets import Dataset, open_dataset, split_of
from engine.errors import ConfigError, SpaceError
from engine.files import read_json
from engine.jobs import JobContext, State, Stopped, paths
from engine.synth import job as generate
from engine.synth import samples
from engine.synth.pool import plan_shards
from engine.synth.trdg.adapter import Drawing, draw
from engine.workspace import Workspace, new_id

SMALL = GenerateConfig(recipe=PRESETS["TRDG words"], images=120, validation=0.2, test=0.2, seed=3, processes=2)


def make(root: Path, config: GenerateConfig) -> Dataset:
    folder = Workspace(root).collection("datasets") / new_id()
    folder.mkdir()
    with JobContext(folder) as job:
        generate.work(config, job)
    return open_dataset(folder, "hashes")


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return make(tmp_path_factory.mktemp("made"), SMALL)


def test_processes_change_nothing_and_a_seed_everything(made: Dataset, tmp_path: Path):
    named = SMALL.recipe.changed(name="the same by another name")
    assert make(tmp_path, SMALL.changed(processes=1, recipe=named)).manifest.hash == made.manifest.hash
    assert make(tmp_path, SMALL.changed(seed=4)).manifest.hash != made.manifest.hash


def test_splits_have_their_counts_and_share_no_text(made: Dataset):
    frame = made.frame()
    assert made.manifest.counts == SMALL.counts == {"train": 72, "validation": 24, "test": 24}
    assert sorted(frame["index"]) == list(range(120))
    texts = {split: {text.casefold() for text in made.frame(split)["label"]} for split in SMALL.counts}
    assert not texts["train"] & texts["validation"]
    assert not (texts["train"] | texts["validation"]) & texts["test"]
    assert [split_of(made.label(i), 0.2, 0.2) for i in range(120)] == list(frame["split"])


def test_a_stored_sample_is_the_sample_of_the_recipe(made: Dataset):
    for i in (0, 71, 72, 119):
        split = made.frame().loc[i, "split"]
        sample = samples.draw_sample(SMALL.recipe, 3, i, lambda text, split=split: split_of(text, 0.2, 0.2) == split)
        assert made.label(i) == sample.label
        assert made.image(i).size == sample.image.size
        assert {name: made.frame().loc[i, name] for name in sample.factors} == sample.factors


def test_the_summary_says_what_lists_show(made: Dataset):
    summary = read_json(made.folder / paths.SUMMARY)
    files = [*(made.folder / paths.SHARDS).glob("*"), made.folder / paths.SAMPLES]
    assert summary["images"] == 120
    assert summary["counts"] == SMALL.counts
    assert summary["bytes"] == sum(path.stat().st_size for path in files)
    assert summary["charset_size"] == len(made.manifest.charset)
    assert summary["max_length"] == made.manifest.max_length <= 15
    assert summary["images_per_second"] > 0
    assert summary["seconds"] > 0
    assert summary["labels"] == [made.label(i) for i in range(12)]


def test_a_label_is_the_text_that_was_drawn(monkeypatch: pytest.MonkeyPatch):
    drawn: list[str] = []

    def noting(drawing: Drawing):
        drawn.append(drawing.text)
        return draw(drawing)

    monkeypatch.setattr(samples, "draw", noting)
    for index in range(60):
        sample = samples.draw_sample(PRESETS["TRDG words"], 1, index)
        assert sample.label == drawn[-1]
        assert len(drawn) == 1 + sum(sample.dropped.values())
        drawn.clear()


def test_dropped_samples_are_replaced_and_counted(tmp_path: Path):
    grey = Style(
        background=BackgroundWeights(noise=0, white=0, picture=1), colours=(Colours(low="#808080", high="#909090"),)
    )
    config = GenerateConfig(recipe=Recipe(texts=(Digits(),), looks=(grey,)), images=40, processes=1)
    dataset = make(tmp_path, config)
    assert len(dataset) == 40
    assert dataset.manifest.dropped["text too close to its background"] > 0
    redrawn: Counter[str] = Counter()
    for i, split in enumerate(dataset.frame()["split"]):
        redrawn += samples.draw_sample(
            config.recipe, 0, i, lambda text, split=split: split_of(text, 0.05, 0.1) == split
        ).dropped
    assert dict(redrawn) == dataset.manifest.dropped


def test_no_sample_shows_an_empty_box(tmp_path: Path):
    """Few of the Latin fonts have Cyrillic, and one bundled font has boxes for % and #."""
    cyrillic = Recipe(texts=(Words(language="ru"),))
    drawn = [samples.draw_sample(cyrillic, 0, index) for index in range(20)]
    assert {sample.factors["font"] for sample in drawn} <= {font.id for font in samples.fonts() if font.can_draw("Ж")}
    gappy = Recipe(texts=(Digits(),), looks=(Style(fonts=("latin/SEASRN__",)),))
    assert samples.draw_sample(gappy, 0, 0).factors["font"] == "latin/SEASRN__"
    with pytest.raises(ConfigError, match="no font has every character"):
        samples.draw_sample(gappy.changed(texts=(Words(language="ru"),)), 0, 0)


def test_too_few_texts_for_a_split_are_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(samples, "_MAX_TEXTS", 300)
    with pytest.raises(ConfigError, match="too few different texts"):
        samples.draw_sample(Recipe(texts=(Digits(max_length=1),)), 0, 0, lambda text: text == "no digit")


def test_a_fault_in_a_drawing_process_reaches_the_job_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(generate, "_check_room", lambda *_: None)
    with pytest.raises(ConfigError, match="latin/Nobodys"):
        make(tmp_path, SMALL.changed(recipe=Recipe(looks=(Style(fonts=("latin/Nobodys",)),))))


def test_a_disk_without_room_is_told_before_anything_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 5000))
    with pytest.raises(SpaceError, match="120 images need about"):
        make(tmp_path, SMALL)


def test_a_stop_keeps_finished_shards_and_resuming_gives_the_same_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Dataset
):
    monkeypatch.setattr(generate, "SHARD_IMAGES", 10)
    folder = Workspace(tmp_path).collection("datasets") / new_id()
    folder.mkdir()
    with JobContext(folder) as job, pytest.raises(Stopped):
        monkeypatch.setattr(job, "stop_requested", lambda: len(list(folder.glob("parts/*"))) >= 2)
        generate.work(SMALL, job)
    kept = {path: path.stat().st_mtime_ns for path in (folder / paths.SHARDS).iterdir()}
    assert 2 <= len(kept) < 12
    assert not (folder / paths.MANIFEST).exists()
    with JobContext(folder) as job:
        assert job.resuming
        generate.work(SMALL, job)
    assert all(path.stat().st_mtime_ns == changed for path, changed in kept.items())
    resumed = open_dataset(folder, "hashes")
    assert resumed.manifest.dropped == made.manifest.dropped
    (folder / paths.SUMMARY).unlink()  # as when killed just before it was written
    with JobContext(folder) as job:
        generate.work(SMALL, job)
    assert read_json(folder / paths.SUMMARY)["hash"] == resumed.manifest.hash
    assert all(resumed.label(i) == made.label(i) and resumed.image_bytes(i) == made.image_bytes(i) for i in range(120))


def test_a_killed_job_leaves_no_process_and_resumes_to_the_same_dataset(workspace: Workspace, made: Dataset):
    id = jobs.launch(workspace, "generate", SMALL, name="to be killed")
    folder = workspace.folder("datasets", id)
    until(lambda: any(folder.glob("parts/*.parquet")))
    worker = psutil.Process(read_json(folder / paths.PROCESS)["worker"]["pid"])
    drawing = worker.children(recursive=True)
    os.kill(worker.pid, signal.SIGKILL)
    until(lambda: not any(child.is_running() for child in drawing), 10)
    until(lambda: jobs.load_job(workspace, "datasets", id).state.resumable)
    jobs.resume(workspace, "datasets", id)
    until(lambda: not jobs.load_job(workspace, "datasets", id).state.live)
    assert jobs.load_job(workspace, "datasets", id).state is State.finished
    assert open_dataset(folder, "hashes").manifest == made.manifest


def test_a_cancelled_job_says_so_keeps_its_shards_and_resumes_to_the_same_dataset(workspace: Workspace, tmp_path: Path):
    config = SMALL.changed(images=240, validation=0.1, test=0.1)  # the images of training take longest
    id = jobs.launch(workspace, "generate", config, name="to be cancelled")
    folder = workspace.folder("datasets", id)
    until(lambda: any(folder.glob("parts/*.parquet")))
    jobs.stop(workspace, "datasets", id)
    until(lambda: not jobs.load_job(workspace, "datasets", id).state.live)
    assert jobs.load_job(workspace, "datasets", id).state is State.stopped
    kept = {path.name: path.read_bytes() for path in (folder / paths.SHARDS).glob("*.tfrecord")}
    assert 0 < len(kept) < len(plan_shards(config.counts, generate.SHARD_IMAGES))
    jobs.resume(workspace, "datasets", id)
    until(lambda: not jobs.load_job(workspace, "datasets", id).state.live)
    resumed = open_dataset(folder, "hashes")
    assert all((folder / paths.SHARDS / name).read_bytes() == content for name, content in kept.items())
    assert resumed.manifest == make(tmp_path, config).manifest
    assert sum(resumed.manifest.dropped.values()) == read_json(folder / paths.SUMMARY)["dropped"] > 0
