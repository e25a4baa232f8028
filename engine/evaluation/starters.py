"""The two bundles that come with Glyphlab where runs stand beside each other: the starters, as runs that have ended.

A starter is a reader or a locator as those of runs are. Of its settings its network alone is known, and its scores are
those of the evaluations of this workspace; what its card says of test sets elsewhere is in its manifest.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.config.diff import differences, flatten
from engine.config.locator import LocatorConfig
from engine.config.reader import ReaderConfig
from engine.config.run import RunConfig
from engine.config.train import TrainConfig
from engine.errors import BundleError
from engine.formatting import count, percent, percents
from engine.jobs import Job, State, list_jobs
from engine.jobs.summaries import finds_text, holds_scenes
from engine.location.bundle import newest_locator_bundle
from engine.reading.bundle import newest_bundle
from engine.workspace import STARTER, STARTER_LOCATOR, Workspace, bundle_name, is_starter
from glyphlab_read.location.bundle import LOCATOR_STARTER_FOLDER
from glyphlab_read.reading.bundle import STARTER_FOLDER

_SHAPING = {
    "reader": ("encoder", "decoder", "height", "widen_below", "colour", "recurrent", "scale"),
    "locator": ("network", "scale"),
}
"""Settings that decide the shape of a network: those of a run and of what it starts from are the same."""


def starters(workspace: Workspace) -> list[Job]:
    """Return the starters that this workspace has data for: the reader where words are, the locator where photos are.

    Their ids tell them from runs, and from each other; `bundle_name` gives what configs call them.
    """
    there = {holds_scenes(job) for job in list_jobs(workspace, "datasets")}
    return [run for run in starter_runs(workspace) if run.summary["tests"] or finds_text(run) in there]


def starter_runs(workspace: Workspace) -> list[Job]:
    """Return both starters as runs that have ended, with their tests in this workspace."""
    datasets, evaluations = list_jobs(workspace, "datasets"), list_jobs(workspace, "evaluations")
    wanted = Counter(run.config.get("dataset") for run in list_jobs(workspace, "runs"))
    names = {job.id: job.name for job in datasets}
    found = []
    for id, photos in ((STARTER, False), (STARTER_LOCATOR, True)):
        tests = _tests(evaluations, "evaluate-locator" if photos else "evaluate", names)
        tests.sort(key=lambda test: -wanted[test["dataset"]])  # first what most runs are tested on
        found += _starter(workspace, id, tests)
    return found


def _starter(workspace: Workspace, id: str, tests: list[dict[str, Any]]) -> list[Job]:
    """Return a starter; none where it was taken out of the repository."""
    locates = id == STARTER_LOCATOR
    try:
        manifest = (newest_locator_bundle if locates else newest_bundle)(workspace, STARTER).manifest
    except BundleError:
        return []
    values = manifest.plain()
    network = "locator" if locates else "reader"
    summary = {"bundle_step": manifest.step, "dataset_name": manifest.trained_on.dataset, "tests": tests}
    summary |= {"card": values["scores"], "test": tests[0] if tests else None}
    return [
        Job(
            id=id,
            kind="train-locator" if locates else "train",
            name=f"starter {network}",
            created=manifest.created,
            device=None,
            config={network: values[network]},
            state=State.finished,
            message="",
            progress=None,
            summary=summary,
            folder=LOCATOR_STARTER_FOLDER if locates else STARTER_FOLDER,
            collection="runs",
        )
    ]


def _tests(evaluations: Sequence[Job], kind: str, names: dict[str, str]) -> list[dict[str, Any]]:
    """Return the starter's newest score on each dataset that it was tested on as runs are, the newest first."""
    newest: dict[str, dict[str, Any]] = {}
    for job in evaluations:
        config, dataset = job.config, job.config.get("dataset")
        plain = not config.get("side") and config.get("level", "word") == "word" and not config.get("split")
        if job.kind == kind and job.state is State.finished and config.get("run") == STARTER and plain and dataset:
            newest.setdefault(dataset, {**job.summary, "dataset": dataset, "dataset_name": names.get(dataset)})
    return list(newest.values())


def card_words(scores: Mapping[str, Any]) -> str:
    """Return what a starter's card says of it on test sets elsewhere, given the scores of its manifest."""
    return ", ".join(f"{told} ({over})" for told, over in _told(scores))


def first_card_words(scores: Mapping[str, Any]) -> str:
    """Return what a starter's card says of it on its first test set, without the size of that."""
    return next((told for told, _ in _told(scores)), "")


def _told(scores: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each score of a card in words, and how much it is of; of readers with likely texts and without."""
    for name, score in scores.items():
        if "word_accuracy" in score and "by the image alone" not in name:
            figure = percents(score["word_accuracy"], score.get("word_accuracy_alone"))
            yield f"{figure} of {name}", count(score["images"], "images")
        elif score.get("regions"):
            yield f"H-mean {percent(score['h_mean'])} on {name}", count(score["scenes"], "photos")


def known_differences(runs: Sequence[Job]) -> dict[str, tuple[Any, ...]]:
    """Return the settings that differ between runs, as `differences` does; what is not known of a starter is None."""
    whole = next((run.config for run in runs if not is_starter(run.id)), {})
    configs = [{**whole, **run.config} if is_starter(run.id) else run.config for run in runs]
    known = [set(flatten(run.config)) if is_starter(run.id) else None for run in runs]
    return {
        path: tuple(value if told is None or path in told else None for told, value in zip(known, values, strict=True))
        for path, values in differences(*configs).items()
    }


def parent_network(workspace: Workspace, config: type[RunConfig], run: str) -> dict[str, Any]:
    """Return the settings that a network takes over from what it starts from, those that decide its shape.

    Args:
        workspace: where the run is.
        config: the class of the config that starts from it.
        run: its id, or starter.

    Raises:
        BundleError: it has exported nothing of this kind yet; JobError: there is no such run.
    """
    if issubclass(config, TrainConfig):
        network, settings = "reader", ReaderConfig()
        values = newest_bundle(workspace, bundle_name(run)).manifest.reader
    else:
        network, settings = "locator", LocatorConfig()
        values = newest_locator_bundle(workspace, bundle_name(run)).manifest.locator
    whole = {**settings.plain(), **values}  # an older bundle knows no newer setting, and had its default
    return {name: whole[name] for name in _SHAPING[network]}
