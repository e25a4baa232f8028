"""Kinds name their work, and naming it loads nothing heavy."""

import importlib
import subprocess
import sys

import pytest
import yaml

from engine.config.launchers import FILE, LauncherName
from engine.config.reading import EvaluateConfig
from engine.config.train import TrainConfig
from engine.errors import JobError
from engine.jobs import KINDS, check_launch, kind_of
from engine.workspace import COLLECTIONS, Workspace, new_id


def test_every_collection_has_a_kind_that_makes_it():
    assert [kind_of(collection).collection for collection in COLLECTIONS] == list(COLLECTIONS)


@pytest.mark.parametrize("name", [name for name in KINDS if name != "train"])
def test_the_work_of_a_light_kind_is_there(name: str):
    module, _, function = KINDS[name].work.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_the_light_half_of_jobs_loads_no_work_and_nothing_heavy():
    works = {kind.work.partition(":")[0] for kind in KINDS.values()}
    code = f"import sys, engine.jobs, engine.jobs.runner; print({works | {'numpy', 'keras'}!r} & set(sys.modules))"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert child.stdout.strip() == "set()"


def test_needs_are_the_datasets_that_configs_name():
    dataset = new_id()
    assert KINDS["train"].needs(TrainConfig(dataset=dataset)) == [("datasets", dataset)]
    assert KINDS["evaluate"].needs(EvaluateConfig(dataset=dataset)) == [("datasets", dataset)]
    assert KINDS["evaluate"].needs(EvaluateConfig(folder="somewhere")) == []


def test_a_run_takes_the_device_it_names_and_light_jobs_wait_for_none():
    assert KINDS["train"].device(TrainConfig(dataset=new_id(), device="gpu:1")) == "gpu:1"
    assert KINDS["train"].device(TrainConfig(dataset=new_id())) != "auto"
    assert KINDS["evaluate"].device(EvaluateConfig(folder="x")) is None


@pytest.mark.parametrize(
    ("launchers", "name", "gpus", "device"),
    [
        ({"ray": {"address": "local"}}, "ray", 0, "cpu"),
        ({"ray": {"address": "local"}}, "ray", 2, "gpu:0,1"),
        ({"ray": {"address": "10.0.0.5:6379"}}, "ray", 2, None),
        ({"slurm": {"cluster": "local"}}, "slurm", 1, "gpu:0"),
        ({"slurm": {}}, "slurm", 1, None),
    ],
)
def test_a_run_on_a_cluster_of_this_machine_alone_waits_for_its_devices(
    workspace: Workspace, launchers: dict[str, object], name: LauncherName, gpus: int, device: str | None
):
    workspace.root.mkdir(exist_ok=True)
    (workspace.root / FILE).write_text(yaml.safe_dump(launchers))
    config = TrainConfig(dataset=new_id(), launcher=name, gpus=gpus)
    assert KINDS["train"].device_here(workspace, config) == device


def test_more_gpus_than_this_machine_has_are_refused_with_the_remedy(workspace: Workspace):
    workspace.root.mkdir(exist_ok=True)
    (workspace.root / FILE).write_text(yaml.safe_dump({"slurm": {"cluster": "local"}}))
    config = TrainConfig(dataset=new_id(), launcher="slurm", gpus=16)
    with pytest.raises(JobError, match=r"There is no device 'gpu:\d+' here\. Set gpus to \d"):
        check_launch(workspace, "train", config)
