import json
from collections import Counter
from io import BytesIO

import pytest

from engine.cli.main import main
from engine.config.locating import EvaluateLocatorConfig
from engine.datasets.scenes.store import StoredScene, assemble_scenes, write_scene_shard
from engine.datasets.shards import ShardName
from engine.errors import BundleError, ConfigError, DatasetError
from engine.evaluation.locate import load_located
from engine.evaluation.location_job import work
from engine.evaluation.location_results import SceneTestSet, location_results, scene_test_names
from engine.evaluation.results import shared_tests
from engine.files import read_json, write_json
from engine.jobs import list_jobs, paths
from engine.jobs.context import JobContext, Stopped
from engine.regions.region import Region
from engine.tables import read_table
from engine.workspace import new_id
from tests.dashboard import folders
from tests.helpers.rectangles import rectangle
from tests.helpers.tiny_bundles import save_run_bundle
from tests.helpers.tiny_locators import paint, save_locator

SCORE = {
    "h_mean": 0.5,
    "precision": 0.5,
    "recall": 0.5,
    "scenes": 4,
    "protocol": "",
    "level": "word",
    "step": 3,
    "intervals": {"h_mean": [0.4, 0.6]},
}
WORDS = [rectangle(60, 40, 60, 20), rectangle(180, 60, 50, 24, 12)]


@pytest.fixture
def job(workspace):
    folder = workspace.folder("evaluations", new_id())
    folder.mkdir()
    with JobContext(folder) as context:
        yield context


@pytest.fixture
def dataset(make_folder):
    """Four test scenes with two words each, of which the last one's are not to be seen."""
    folder = make_folder("finished", kind="import-scenes", name="painted bars")
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
    work(EvaluateLocatorConfig(run=bundle.name, dataset=dataset.name), job)
    summary = json.loads((job.folder / paths.SUMMARY).read_text())
    assert (summary["run"], summary["step"], summary["dataset"]) == (bundle.name, 7, dataset.name)
    assert (summary["hits"], summary["boxes"], summary["regions"]) == (6, 6, 8)
    assert summary["h_mean"] == pytest.approx(12 / 14)
    assert summary["protocol"].startswith("4 photos, painted bars; words")
    assert "thresholds from bars" in summary["protocol"]
    tables = load_located(job.folder)
    assert tables.score.counts.hits == 6
    assert tables.scenes["scene"].tolist() == ["0", "1", "2", "3"]


def test_it_stops_when_asked(workspace, job, dataset):
    job.request_stop()
    with pytest.raises(Stopped):
        work(EvaluateLocatorConfig(run=save_locator(workspace).name, dataset=dataset.name), job)
    assert not (job.folder / paths.BOXES).exists()


def test_a_stopped_evaluation_ends_like_a_straight_one_but_for_the_seconds(workspace, dataset):
    config = EvaluateLocatorConfig(run=save_locator(workspace).name, dataset=dataset.name)
    folders_of = []
    for stops in (False, True):
        folder = workspace.folder("evaluations", new_id())
        folder.mkdir()
        folders_of.append(folder)
        if stops:
            with StoppedAt(folder) as job, pytest.raises(Stopped):
                work(config, job)
            (folder / paths.STOP).unlink(missing_ok=True)
        with JobContext(folder) as job:
            work(config, job)
    straight, resumed = map(contents, folders_of)
    assert straight.keys() >= {paths.LOCATED_SCENES, paths.REGIONS, paths.BOXES, paths.SUMMARY}
    assert straight == resumed


class StoppedAt(JobContext):
    """A job that is asked to stop at its third photo."""

    def advance(self, done, total, unit):
        if done == 3:
            self.request_stop()
        super().advance(done, total, unit)


def contents(folder):
    """What an evaluation leaves, by file, without the seconds that it took and what is told on the way."""
    found = {}
    for path in folder.iterdir():
        if path.suffix == ".parquet":
            table = read_table(path)
            found[path.name] = table.drop_columns([n for n in table.column_names if n == "seconds"]).to_pylist()
        elif path.name == paths.SUMMARY:
            found[path.name] = {name: value for name, value in read_json(path).items() if "seconds" not in name}
    return {name: repr(value) for name, value in found.items()}  # NaN is not equal to itself


def test_what_is_missing_is_named(workspace, job, dataset):
    with pytest.raises(BundleError, match="no locator yet"):
        work(EvaluateLocatorConfig(run=new_id(), dataset=dataset.name), job)
    with pytest.raises(BundleError, match="is a reader's"):
        work(EvaluateLocatorConfig(run=save_run_bundle(workspace).name, dataset=dataset.name), job)
    mask = save_locator(workspace, "mask")
    with pytest.raises(ConfigError, match="level: 'line'"):
        work(EvaluateLocatorConfig(run=mask.name, dataset=dataset.name, level="line"), job)
    with pytest.raises(DatasetError, match="no train scenes"):
        work(EvaluateLocatorConfig(run=mask.name, dataset=dataset.name, split="train"), job)
    with pytest.raises(DatasetError):
        work(EvaluateLocatorConfig(run=mask.name, dataset=new_id()), job)


def test_a_terminal_evaluates_a_locator_and_the_newest_result_counts(workspace, dataset):
    made = folders.locator_run(workspace, "street finder", dataset.name)
    save_locator(workspace, run=made.id)
    evaluate = ["evaluate-locator", "--run", made.id, "--dataset", "painted bars"]
    assert main([*evaluate, "--name", "first"]) == 0
    save_locator(workspace, run=made.id, step=9)
    assert main([*evaluate, "--level", "line"]) == 0
    assert main([*evaluate, "--side", "128"]) == 0
    (run,) = list_jobs(workspace, "runs")
    found = location_results(workspace, [run])[run.id]
    words, lines, small = (
        found[test]
        for test in (
            SceneTestSet(dataset.name),
            SceneTestSet(dataset.name, level="line"),
            SceneTestSet(dataset.name, side=128),
        )
    )
    assert words.score.h_mean == pytest.approx(12 / 14)
    assert [words.score.step, lines.score.step] == [7, 9]
    assert [words.score.side, small.score.side] == [256, 128]
    assert load_located(words.folder).score.counts.hits == 6
    names = scene_test_names(shared_tests({run.id: found}), list_jobs(workspace, "datasets"), [run])
    assert sorted(names.values()) == ["painted bars", "painted bars, 128 px", "painted bars, lines"]


def test_the_own_test_of_a_run_counts_until_it_is_evaluated_again(workspace, dataset):
    made = folders.locator_run(workspace, "street finder", dataset.name)
    test = {**SCORE, "protocol": "4 photos", "dataset": dataset.name, "dataset_name": "painted bars", "side": 256}
    write_json(made.folder / paths.SUMMARY, {"bundle_step": 7, "test": test, "tests": [test]})
    (run,) = list_jobs(workspace, "runs")
    (result,) = location_results(workspace, [run])[run.id].values()
    assert (result.score.h_mean, result.score.step, result.score.interval) == (0.5, 7, (0.4, 0.6))
    assert result.folder == made.folder / paths.TESTS / dataset.name
    save_locator(workspace, run=made.id)
    assert main(["evaluate-locator", "--run", made.id, "--dataset", "painted bars"]) == 0
    (result,) = location_results(workspace, [run])[run.id].values()
    assert result.score.h_mean == pytest.approx(12 / 14)


def test_evaluations_of_readers_and_of_locators_are_kept_apart(workspace):
    run = folders.locator_run(workspace)
    config = EvaluateLocatorConfig(run=run.id, dataset=new_id())
    for kind, changes, reason in [
        ("evaluate", {"word_accuracy": 0.5}, "finished"),
        ("evaluate-locator", {"step": 3}, "finished"),
        ("evaluate-locator", {"step": 2, "h_mean": 0.9}, "finished"),
        ("evaluate-locator", {"step": 4}, "stopped"),
        ("evaluate-locator", {"h_mean": "torn"}, "finished"),
    ]:
        made = folders.job(workspace, "evaluations", kind, "test", config, reason)
        write_json(made.folder / paths.SUMMARY, SCORE | changes)
    (result,) = location_results(workspace, list_jobs(workspace, "runs"))[run.id].values()
    assert (result.score.h_mean, result.score.step) == (0.5, 3)
