import json

import pandas as pd
import pytest

from engine.config.generate import GenerateConfig
from engine.config.reading import EvaluateConfig
from engine.datasets import open_dataset
from engine.errors import BundleError, DatasetError
from engine.evaluation.job import work
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
from engine.synth.job import work as generate
from engine.workspace import new_id
from tests.helpers.tiny_bundles import save_labelled_folder, save_run_bundle

TEXTS = {"1.png": "abcd", "2.png": "aabb", "3.png": "dcba"}


@pytest.fixture
def job(workspace):
    folder = workspace.folder("evaluations", new_id())
    folder.mkdir()
    with JobContext(folder) as context:
        yield context


def test_it_leaves_readings_and_a_score(workspace, job, tmp_path):
    images = save_labelled_folder(tmp_path / "photos", TEXTS).parent
    bundle = save_run_bundle(workspace, "attention")
    work(EvaluateConfig(run=bundle.name, folder=str(images)), job)
    summary = json.loads((job.folder / paths.SUMMARY).read_text())
    frame = pd.read_parquet(job.folder / paths.READINGS)
    assert frame["truth"].tolist() == list(TEXTS.values())
    assert summary["run"] == bundle.name
    assert summary["step"] == 7
    assert summary["folder"] == "photos"
    assert summary["images"] == 3
    assert summary["word_accuracy"] == frame["right"].mean()
    assert len(summary["interval"]) == 2


def test_it_reads_each_image_of_a_datasets_split_once(workspace, job):
    dataset = workspace.folder("datasets", new_id())
    dataset.mkdir()
    with JobContext(dataset) as making:
        generate(GenerateConfig(images=20, validation=0, test=0.25, processes=1), making)
    bundle = save_run_bundle(workspace)
    work(EvaluateConfig(run=bundle.name, dataset=dataset.name), job)
    frame = pd.read_parquet(job.folder / paths.READINGS)
    assert frame["truth"].tolist() == open_dataset(dataset).frame("test")["label"].tolist()
    summary = json.loads((job.folder / paths.SUMMARY).read_text())
    assert (summary["dataset"], summary["split"], summary["images"]) == (dataset.name, None, 5)
    with pytest.raises(DatasetError, match="no validation images"):
        work(EvaluateConfig(run=bundle.name, dataset=dataset.name, split="validation"), job)


def test_it_stops_when_asked(workspace, job, tmp_path):
    images = save_labelled_folder(tmp_path / "photos", TEXTS).parent
    bundle = save_run_bundle(workspace)
    job.request_stop()
    with pytest.raises(Stopped):
        work(EvaluateConfig(run=bundle.name, folder=str(images)), job)
    assert not (job.folder / paths.READINGS).exists()


def test_what_is_missing_is_named(workspace, job, tmp_path):
    with pytest.raises(BundleError, match="no bundle yet"):
        work(EvaluateConfig(run=new_id(), folder=str(tmp_path)), job)
    bundle = save_run_bundle(workspace)
    with pytest.raises(DatasetError, match="labels"):
        work(EvaluateConfig(run=bundle.name, folder=str(tmp_path)), job)
    with pytest.raises(DatasetError):
        work(EvaluateConfig(run=bundle.name, dataset=new_id()), job)
