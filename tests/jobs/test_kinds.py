"""Kinds name their work, and naming it loads nothing heavy."""

import importlib
import subprocess
import sys

import pytest

from engine.config.reading import EvaluateConfig
from engine.config.train import TrainConfig
from engine.jobs import KINDS, kind_of
from engine.workspace import COLLECTIONS, new_id


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
