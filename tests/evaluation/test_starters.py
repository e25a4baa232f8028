"""The starters where runs stand: which are there, what is known of them, and what goes on from them."""

import json

import pytest

from engine.config.locating import EvaluateLocatorConfig
from engine.config.reading import EvaluateConfig
from engine.config.train import TrainConfig, TrainLocatorConfig
from engine.errors import BundleError
from engine.evaluation.location_results import SceneTestSet, location_results
from engine.evaluation.results import TestSet, results_of
from engine.evaluation.starters import card_words, first_card_words, known_differences, parent_network, starters
from engine.jobs import list_jobs, paths
from engine.jobs.summaries import run_summary
from engine.workspace import STARTER, STARTER_LOCATOR, Workspace, new_id
from tests.dashboard import folders

READ = {"word_accuracy": 0.6, "images": 40, "step": 8074}
LOCATED = {"h_mean": 0.5, "precision": 0.6, "recall": 0.4, "scenes": 9, "protocol": "", "level": "word"}


def evaluated(workspace: Workspace, kind: str, dataset: str, **changes: object) -> None:
    config = {"evaluate": EvaluateConfig, "evaluate-locator": EvaluateLocatorConfig}[kind]
    given = config.parse({"run": STARTER, "dataset": dataset, **changes})
    made = folders.job(workspace, "evaluations", kind, "test", given, "finished")
    (made.folder / paths.SUMMARY).write_text(json.dumps(READ if kind == "evaluate" else LOCATED))


def test_a_workspace_has_the_starters_of_the_data_it_has(workspace: Workspace):
    assert starters(workspace) == []
    folders.dataset(workspace)
    assert [one.id for one in starters(workspace)] == [STARTER]
    folders.scenes(workspace, "photos")
    assert [one.id for one in starters(workspace)] == [STARTER, STARTER_LOCATOR]


def test_their_scores_are_those_of_their_evaluations_and_first_what_most_runs_are_tested_on(workspace: Workspace):
    words, crops, photos = (folders.dataset(workspace, name).id for name in ("words", "crops", "photos"))
    folders.run(workspace, dataset_id=words)
    evaluated(workspace, "evaluate", words)
    evaluated(workspace, "evaluate", crops)
    evaluated(workspace, "evaluate", crops, split="train")
    evaluated(workspace, "evaluate-locator", photos)
    evaluated(workspace, "evaluate-locator", photos, level="line")
    reader, locator = starters(workspace)
    assert [(test.dataset_name, test.word_accuracy) for test in run_summary(reader).tests] == [
        ("words", 0.6),
        ("crops", 0.6),
    ]
    assert [test.h_mean for test in run_summary(locator).located_tests] == [0.5]
    assert set(results_of(workspace, [reader])[STARTER]) == {
        TestSet(words),
        TestSet(crops),
        TestSet(crops, "train"),
    }
    located = location_results(workspace, [locator])[STARTER_LOCATOR]
    assert set(located) == {SceneTestSet(photos), SceneTestSet(photos, level="line")}


def test_only_what_is_known_of_a_starter_is_told_of_its_settings(workspace: Workspace):
    words = folders.dataset(workspace).id
    folders.run(workspace, "slow", dataset_id=words, learning_rate=0.001)
    folders.run(workspace, "fast", dataset_id=words, reader={"scale": 1.5})
    (starter,) = starters(workspace)
    found = known_differences([*list_jobs(workspace, "runs"), starter])
    assert found["learning_rate"] == (0.003, 0.001, None)
    assert found["reader.scale"] == (1.5, 1.0, 1.5)
    assert "reader.encoder" not in found  # the same in all
    assert "dataset" not in found
    assert known_differences([starter]) == {}


@pytest.mark.parametrize(("config", "shape"), [(TrainConfig, ("scale", 1.5)), (TrainLocatorConfig, ("scale", 1.0))])
def test_a_network_takes_the_shape_of_what_it_starts_from(workspace: Workspace, config: type, shape: tuple):
    taken = parent_network(workspace, config, STARTER)
    assert shape in taken.items()
    assert not {"max_width", "dropout", "side"} & set(taken)  # these it may have otherwise
    with pytest.raises(BundleError, match=r"no (bundle|locator) yet"):
        parent_network(workspace, config, new_id())


def test_a_card_is_told_in_words():
    scores = {
        "signs": {"word_accuracy": 0.5, "images": 10, "word_accuracy_alone": 0.4},
        "signs, by the image alone": {"word_accuracy": 0.4, "images": 10},
        "streets": {"h_mean": 0.25, "scenes": 4, "regions": 3},
        "without text": {"h_mean": 0.0, "scenes": 4, "regions": 0},
    }
    signs = "50.0 % (40.0 % by the image alone) of signs"
    assert card_words(scores) == f"{signs} (10 images), H-mean 25.0 % on streets (4 photos)"
    assert first_card_words(scores) == signs
