import json
from collections import Counter
from io import BytesIO

import pytest

from engine.config.locating import EvaluateLocatorConfig
from engine.datasets.scenes.store import StoredScene, assemble_scenes, write_scene_shard
from engine.datasets.shards import ShardName
from engine.errors import BundleError, ConfigError, DatasetError
from engine.evaluation.locate import load_located
from engine.evaluation.location_job import work
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
from engine.regions.region import Region
from engine.workspace import new_id
from tests.helpers.rectangles import rectangle
from tests.helpers.tiny_bundles import save_run_bundle
from tests.helpers.tiny_locators import paint, save_locator

WORDS = [rectangle(60, 40, 60, 20), rectangle(180, 60, 50, 24, 12)]


@pytest.fixture
def job(workspace):
    folder = workspace.folder("evaluations", new_id())
    folder.mkdir()
    with JobContext(folder) as context:
        yield context


@pytest.fixture
def dataset(workspace):
    """Four test scenes with two words each, of which the last one's are not to be seen."""
    folder = workspace.folder("datasets", new_id())
    folder.mkdir()
    stored = []
    for index in range(4):
        content = BytesIO()
        paint((256, 128), WORDS if index < 3 else []).save(content, "PNG")
        regions = [Region(word, "word") for word in WORDS]
        stored.append(StoredScene(index, content.getvalue(), 256, 128, regions, f"{index}.png", {"source": "drawn"}))
    name = ShardName("test", 0)
    write_scene_shard(folder, name, stored, Counter())
    assemble_scenes(folder, [name], "imported", {"name": "bars"}, 0)
    return folder


def test_it_leaves_tables_a_score_and_its_protocol(workspace, job, dataset):
    bundle = save_locator(workspace)
    (dataset / paths.JOB).write_text(json.dumps({"kind": "import-scenes", "name": "bars"}))
    work(EvaluateLocatorConfig(run=bundle.name, dataset=dataset.name), job)
    summary = json.loads((job.folder / paths.SUMMARY).read_text())
    assert (summary["run"], summary["step"], summary["dataset"]) == (bundle.name, 7, dataset.name)
    assert (summary["hits"], summary["boxes"], summary["regions"]) == (6, 6, 8)
    assert summary["h_mean"] == pytest.approx(12 / 14)
    assert summary["protocol"].startswith("4 photos, ")
    assert "thresholds from bars" in summary["protocol"]
    tables = load_located(job.folder)
    assert tables.score.counts.hits == 6
    assert tables.scenes["scene"].tolist() == ["0", "1", "2", "3"]


def test_it_stops_when_asked(workspace, job, dataset):
    job.request_stop()
    with pytest.raises(Stopped):
        work(EvaluateLocatorConfig(run=save_locator(workspace).name, dataset=dataset.name), job)
    assert not (job.folder / paths.BOXES).exists()


def test_what_is_missing_is_named(workspace, job, dataset):
    with pytest.raises(BundleError, match="no locator yet"):
        work(EvaluateLocatorConfig(run=new_id(), dataset=dataset.name), job)
    with pytest.raises(BundleError, match="no locator yet"):
        work(EvaluateLocatorConfig(run=save_run_bundle(workspace).name, dataset=dataset.name), job)
    mask = save_locator(workspace, "mask")
    with pytest.raises(ConfigError, match="level: 'line'"):
        work(EvaluateLocatorConfig(run=mask.name, dataset=dataset.name, level="line"), job)
    with pytest.raises(DatasetError, match="no train scenes"):
        work(EvaluateLocatorConfig(run=mask.name, dataset=dataset.name, split="train"), job)
    with pytest.raises(DatasetError):
        work(EvaluateLocatorConfig(run=mask.name, dataset=new_id()), job)
