"""Jobs on Ray and through submitit end as on this machine, wherever a node or a place is lost on the way."""

import importlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml
from ray.cluster_utils import Cluster

from engine import jobs
from engine.config.base import Config
from engine.config.documents import EvaluatePagesConfig
from engine.config.generate import GenerateConfig, GenerateScenesConfig
from engine.config.launchers import FILE
from engine.config.locating import EvaluateLocatorConfig
from engine.config.reading import EvaluateConfig
from engine.config.scene_recipe import SCENE_PRESETS
from engine.config.train import TrainConfig
from engine.datasets import open_dataset
from engine.datasets.manifest import read_manifest
from engine.errors import ConfigError, JobError
from engine.evaluation.evaluate import load_readings
from engine.jobs import KINDS, JobContext, State, paths
from engine.jobs.launchers import NodeProgress, available_launchers
from engine.synth.renderer import renderer
from engine.tables import read_table
from engine.workspace import Workspace, new_id
from tests.dashboard import folders
from tests.helpers.labs import Lab

SMALL = GenerateConfig(images=1500, processes=1)
STORE_BYTES = 80 * 2**20
MANY = GenerateConfig(images=1_000_000, processes=1)


def set_up(workspace: Workspace, **launchers: object) -> None:
    workspace.root.mkdir(exist_ok=True)
    (workspace.root / FILE).write_text(yaml.safe_dump(launchers))


def launch(lab: Lab, config: GenerateConfig) -> str:
    return jobs.launch(lab.workspace, "generate", config)


def do(workspace: Workspace, kind: str, config: Config) -> jobs.Job:
    """Do the work of a job in this process, and return the job, which has finished."""
    collection = KINDS[kind].collection
    made = folders.job(workspace, collection, kind, kind, config, "finished")
    module, _, name = KINDS[kind].work.partition(":")
    with JobContext(made.folder) as job:
        getattr(importlib.import_module(module), name)(config, job)
    return jobs.load_job(workspace, collection, made.id)


def hashes(dataset: Path) -> list[str]:
    """Return the hashes of all shards of a dataset."""
    return [shard.sha256 for shard in open_dataset(dataset).manifest.shards]


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset that this machine draws; do not change what is there."""
    return do(Workspace(tmp_path_factory.mktemp("straight")), "generate", SMALL).folder


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A Ray cluster of two nodes of one core, beside a head that does no work."""
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": STORE_BYTES})
    for _ in range(2):
        cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES)
    yield cluster
    cluster.shutdown()


def test_only_what_is_set_up_can_be_chosen(lab: Lab):
    assert available_launchers(lab.workspace) == ["local"]
    with pytest.raises(JobError, match=r"launcher ray: launchers.yaml of the workspace names none.*docs/ray.md"):
        launch(lab, SMALL.changed(launcher="ray"))
    set_up(lab.workspace, slurm={"cluster": "local"})
    assert available_launchers(lab.workspace) == ["local", "slurm"]
    set_up(lab.workspace, slurm={"hours": 0.03}, ray={"address": "--help"})
    with pytest.raises(ConfigError, match=r"(?s)launchers.yaml of the workspace: .*ray.address.*slurm.hours"):
        launch(lab, SMALL.changed(launcher="slurm"))
    with pytest.raises(ConfigError, match="the cluster chooses"):
        TrainConfig.parse({"dataset": new_id(), "launcher": "ray", "device": "cpu"})
    assert TrainConfig(dataset=new_id(), launcher="ray", gpus=2, batch=32).device_count == 2
    with pytest.raises(ConfigError, match="cannot be shared evenly among 2"):
        TrainConfig.parse({"dataset": new_id(), "launcher": "ray", "gpus": 2, "batch": 33})


def test_the_rate_of_each_node_is_told():
    now = [0.0]
    progress = NodeProgress(lambda: now[0])
    assert not progress.add("one", 500)
    now[0] = 10.0
    assert progress.add("two", 1000)
    assert progress.plain() == {
        "one": {"units": 500, "units_per_second": 50.0},
        "two": {"units": 1000, "units_per_second": 100.0},
    }
    assert progress.done == 1500


def test_nodes_of_a_ray_cluster_draw_what_one_machine_draws(lab: Lab, cluster: Cluster, straight: Path):
    set_up(lab.workspace, ray={"address": cluster.address})
    id = launch(lab, SMALL.changed(launcher="ray"))
    job = lab.wait(id, State.finished)
    assert hashes(job.folder) == hashes(straight)
    assert read_manifest(job.folder).drawn_by == (renderer(),)
    assert sum(node["units"] for node in job.summary["nodes"].values()) == 1500


def test_what_a_dead_node_was_drawing_is_drawn_by_another(lab: Lab, cluster: Cluster, tmp_path: Path):
    set_up(lab.workspace, ray={"address": cluster.address})
    config = SMALL.changed(images=2000)
    id = launch(lab, config.changed(launcher="ray"))
    lab.wait_for_images(id)
    cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
    whole = do(Workspace(tmp_path), "generate", config)  # meanwhile
    job = lab.wait(id, State.finished)
    cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES)
    assert hashes(job.folder) == hashes(whole.folder)


def test_an_evaluation_on_ray_reads_what_one_machine_reads(lab: Lab, cluster: Cluster, straight: Path):
    set_up(lab.workspace, ray={"address": cluster.address})
    data = shutil.copytree(straight, lab.workspace.collection("datasets") / straight.name)
    config = EvaluateConfig(dataset=data.name, split="train")
    id = jobs.launch(lab.workspace, "evaluate", config.changed(launcher="ray"))
    tested = [do(lab.workspace, "evaluate", config), finished_test(lab, id)]
    found = [load_readings(job.folder / paths.READINGS).drop(columns="seconds") for job in tested]
    assert not any((job.folder / paths.PARTS).exists() for job in tested)
    assert len(found[0]) > 1024  # more than one part
    pd.testing.assert_frame_equal(found[0], found[1])
    timed = {"milliseconds_per_image", "nodes"}
    assert {k: v for k, v in tested[1].summary.items() if k not in timed}["images"] == len(found[0])


def test_photos_are_searched_and_read_on_ray_as_on_one_machine(lab: Lab, cluster: Cluster):
    set_up(lab.workspace, ray={"address": cluster.address})
    recipe = SCENE_PRESETS["street signs"].changed(width=[160, 200], height=[120, 160])
    data = do(lab.workspace, "generate-scenes", GenerateScenesConfig(recipe=recipe, images=40, validation=0, test=0.1))
    launched = [
        (jobs.launch(lab.workspace, kind, config.changed(launcher="ray")), kind, config, tables)
        for kind, made, tables in (
            ("evaluate-locator", EvaluateLocatorConfig, (paths.LOCATED_SCENES, paths.REGIONS, paths.BOXES)),
            ("evaluate-pages", EvaluatePagesConfig, (paths.READ_SCENES, paths.READ_REGIONS)),
        )
        for config in [made(dataset=data.id, split="train")]  # 36 photos: more than one part
    ]
    for id, kind, config, tables in launched:
        here, there = do(lab.workspace, kind, config), finished_test(lab, id)
        for name in tables:
            first, second = (untimed(read_table(job.folder / name).to_pandas()) for job in (here, there))
            assert len(first)
            pd.testing.assert_frame_equal(first, second)
        assert not any((job.folder / paths.PARTS).exists() for job in (here, there))
        timed = {"milliseconds_per_scene", "nodes"}
        assert {k: v for k, v in there.summary.items() if k not in timed} == {
            k: v for k, v in here.summary.items() if k not in timed
        }
        assert sum(node["units"] for node in there.summary["nodes"].values()) == 36


def untimed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns="seconds", errors="ignore")


def finished_test(lab: Lab, id: str) -> jobs.Job:
    """Wait until an evaluation has finished, and return it."""
    while (job := jobs.load_job(lab.workspace, "evaluations", id)).state.live:
        time.sleep(0.05)
    assert job.state is State.finished, jobs.tail_log(job.folder)
    return job


def test_a_job_on_ray_stops_and_goes_on(lab: Lab, cluster: Cluster):
    set_up(lab.workspace, ray={"address": cluster.address})
    id = launch(lab, MANY.changed(launcher="ray"))
    lab.wait_for_images(id)
    jobs.stop(lab.workspace, "datasets", id)
    drawn = lab.wait(id, State.stopped).progress
    jobs.resume(lab.workspace, "datasets", id)
    lab.wait(id, State.running)
    again = lab.wait_for_images(id).progress
    assert drawn
    assert again
    assert (drawn.done or 0) <= (again.done or 0)
    jobs.stop(lab.workspace, "datasets", id)
    lab.wait(id, State.stopped)


def test_a_job_that_loses_its_place_is_queued_again_and_goes_on(lab: Lab):
    set_up(lab.workspace, slurm={"cluster": "local"})
    id = launch(lab, MANY.changed(launcher="slurm"))
    lab.wait_for_images(id)
    assert lab.job(id).node == os.uname().nodename
    first = lab.processes(id)[1]
    submitted = first.parent()
    assert submitted is not None
    submitted.send_signal(signal.SIGUSR2)  # what Slurm sends when it wants the place back
    deadline = time.monotonic() + 120
    while "Resumed after" not in jobs.tail_log(lab.job(id).folder):
        assert time.monotonic() < deadline, jobs.tail_log(lab.job(id).folder)
        time.sleep(0.05)
    while f'"pid": {first.pid},' in (lab.job(id).folder / paths.PROCESS).read_text():
        assert time.monotonic() < deadline  # it signs in after that
        time.sleep(0.05)
    jobs.stop(lab.workspace, "datasets", id)
    assert lab.wait(id, State.stopped).message == "Stopped as asked."


def test_a_killed_worker_on_a_node_is_told_and_goes_on_when_resumed(lab: Lab, straight: Path):
    set_up(lab.workspace, slurm={"cluster": "local"})
    id = launch(lab, SMALL.changed(launcher="slurm"))
    lab.wait_for_images(id)
    lab.processes(id)[1].kill()
    assert "killed from outside (SIGKILL)" in lab.wait(id, State.killed).message
    jobs.resume(lab.workspace, "datasets", id)
    assert hashes(lab.wait(id, State.finished).folder) == hashes(straight)


def test_the_worker_on_a_node_keeps_the_job_when_its_runner_dies(lab: Lab):
    set_up(lab.workspace, slurm={"cluster": "local"})
    id = launch(lab, MANY.changed(launcher="slurm"))
    lab.wait_for_images(id)
    lab.processes(id)[0].kill()
    time.sleep(0.5)
    assert lab.job(id).state is State.running
    with pytest.raises(JobError, match="still at work"):
        jobs.trash(lab.workspace, "datasets", id)
    jobs.stop(lab.workspace, "datasets", id)
    lab.wait(id, State.stopped)
