"""An adaptation between its stages: what it asks for and waits for, what it draws by, and what it leaves out.

Stages that have finished are there as folders; those that it launches are real jobs.
"""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.adaptation.job import Adaptation
from engine.adaptation.requests import open_images, readable_images
from engine.adaptation.stages import StageJob, StageName, job_of_stage, keep_stage
from engine.adaptation.truths import former_truths
from engine.config.adapting import AdaptConfig
from engine.config.recipe import Recipe
from engine.errors import JobError
from engine.files import read_json, write_json
from engine.jobs import Job, load_job, paths
from engine.jobs.context import JobContext, Stopped
from engine.jobs.events import EventWriter
from engine.jobs.states import last_step_age
from engine.sources.labelling import READING, ImageLabel, LabelState, give_labels
from engine.synth.face_verdicts import FaceVerdict, keep_verdicts
from engine.synth.font_packs import installed_packs
from engine.synth.trdg.adapter import FONTS
from engine.workspace import Collection, Workspace, new_id
from glyphlab_read.reading.bundle import STARTER_FOLDER
from tests.dashboard import folders
from tests.helpers.font_packs import unpack
from tests.helpers.labs import Lab

CONFIG = AdaptConfig(path="mine", confirmed=2, images=100)


def folder_of(space: Workspace, collection: Collection, kind: str, summary: dict[str, Any] | None = None) -> Path:
    """Make the folder of a job: finished where it has a summary."""
    done = None if summary is None else "finished"
    folder = folders.job(space, collection, kind, "mine", CONFIG, done).folder
    write_json(folder / paths.SUMMARY, summary or {})
    return folder


def transcript(space: Workspace, **confidences: float | None) -> Path:
    """Make a transcript of images, with the confidence of each; None for one that is blank."""
    folder = folder_of(space, "transcripts", "transcribe", {"images": len(confidences)})
    writer = EventWriter(folder / paths.EVENTS)
    for number, (name, sure) in enumerate(confidences.items(), 1):
        problem = "" if sure is not None else "blank"
        writer.append(
            {"kind": READING, "step": number, "image": name, "text": name, "confidence": sure, "problem": problem}
        )
    writer.close()
    return folder


def say(folder: Path, state: LabelState, *names: str) -> None:
    give_labels(folder, [ImageLabel(name, "text", state) for name in names])


@pytest.fixture
def adaptation(workspace: Workspace) -> Path:
    """The folder of an adaptation whose first five stages have finished."""
    folder = folder_of(workspace, "adaptations", "adapt")
    run = folder_of(workspace, "runs", "train", {})
    (run / paths.BUNDLES).mkdir()
    shutil.copytree(STARTER_FOLDER, run / paths.BUNDLES / "1")
    made = {
        "judge": transcript(workspace, one=0.5, two=0.6),
        "read": transcript(workspace, a=0.5),
        "fit": folder_of(workspace, "fits", "fit", {"gain": 0.1, "gained": False}),
        "draw": folder_of(workspace, "datasets", "generate", {}),
        "learn": run,
    }
    keep(folder, **made)
    return folder


def keep(adaptation: Path, **stages: Path) -> None:
    for name, folder in stages.items():
        keep_stage(adaptation, name, StageJob(folder.parent.name, folder.name))  # pyright: ignore[reportArgumentType]


@contextmanager
def at_work(folder: Path, config: AdaptConfig = CONFIG) -> Iterator[None]:
    """Let an adaptation work for the length of a block, and stop it then."""
    with JobContext(folder) as job:
        ended: list[BaseException] = []

        def work() -> None:
            try:
                Adaptation(config, job).run()
            except BaseException as error:
                ended.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            job.request_stop()
            thread.join()
    if not isinstance(ended[0], Stopped):
        raise ended[0]


def soon(what: Callable[[], Any]) -> Any:
    """Return what comes to be true."""
    until = time.monotonic() + 60
    while not (found := what()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


def summary(folder: Path) -> dict[str, Any]:
    return load_job(Workspace(folder.parent.parent), "adaptations", folder.name).summary


def test_the_least_sure_come_first_and_those_without_a_reading_not_at_all(workspace: Workspace):
    folder = transcript(workspace, a=0.9, b=0.2, blank=None, c=0.5, d=0.1)
    say(folder, "right", "d")
    say(folder, "typed", "b")
    assert readable_images(folder) == ["d", "b", "c", "a"]
    assert open_images(folder, readable_images(folder)) == ["b", "c", "a"]


def test_it_waits_for_those_it_asks_for_and_no_others(lab: Lab, adaptation: Path):
    space = lab.workspace
    asked = transcript(space, a=0.9, b=0.2, blank=None, c=0.5, d=0.1, e=0.95)
    say(asked, "right", "d")  # carried over from an earlier transcript of the same images
    sure = folder_of(space, "datasets", "import", {})
    reread = transcript(space, **{f"r{n}": 0.95 for n in range(10)})
    keep(adaptation, reread=reread, sure=sure, teach=space.folder("runs", stage_id(adaptation, "learn")), ask=asked)
    judge = space.folder("transcripts", stage_id(adaptation, "judge"))
    with at_work(adaptation):
        soon(lambda: "asked" in summary(adaptation))
        assert summary(adaptation)["asked"] == ["b", "c"]
        assert summary(adaptation)["asks"] == {asked.name: 2, judge.name: 2}
        say(judge, "out", "one", "two")
        say(asked, "right", "a", "e", "b")
    assert stage_of(adaptation, "truths") is None
    with at_work(adaptation):  # which goes on with the same two, though one of them is confirmed by now
        time.sleep(3)
        assert (last_step_age(load_job(space, "adaptations", adaptation.name).progress) or 0) < 2  # it isn't stalled
        assert summary(adaptation)["asked"] == ["b", "c"]
        assert stage_of(adaptation, "truths") is None
        say(asked, "out", "c")
        truths = soon(lambda: stage_of(adaptation, "truths"))
    assert truths.config["validation"] == 0
    assert truths.config["follows"] is None
    assert summary(adaptation)["sure"] == 10


def test_it_learns_from_no_readings_where_few_are_sure_and_says_so(lab: Lab, adaptation: Path):
    keep(adaptation, reread=transcript(lab.workspace, a=0.95, b=0.2))
    with at_work(adaptation):
        soon(lambda: stage_of(adaptation, "ask"))
    assert {name: summary(adaptation)[name] for name in ("sure", "sure_least")} == {"sure": 1, "sure_least": 10}
    assert stage_of(adaptation, "teach") is None
    assert "Sure readings: 1 of the 10 that are needed" in (adaptation / paths.EVENTS).read_text()


@pytest.mark.parametrize("gained", [True, False])
def test_it_draws_by_the_fitted_recipe_where_the_fit_says_that_it_gained(lab: Lab, adaptation: Path, gained: bool):
    fit = folder_of(lab.workspace, "fits", "fit", {"gain": 0.1, "gained": gained})
    (fit / paths.RECIPE).write_text(Recipe(name="fitted").to_yaml())
    keep(adaptation, fit=fit, draw=lab.workspace.folder("datasets", new_id()))  # which was deleted
    with at_work(adaptation):
        drawn = soon(lambda: stage_of(adaptation, "draw"))
    assert (drawn.config["recipe"]["name"] == "fitted") == gained
    assert summary(adaptation)["recipe_drawn"] == ("fitted" if gained else "unfitted")
    assert f"by the {'fitted' if gained else 'unfitted'} recipe" in (adaptation / paths.EVENTS).read_text()


def test_the_last_step_counts_and_likely_texts_keep_their_weight(lab: Lab, adaptation: Path):
    keep(adaptation, learn=lab.workspace.folder("runs", new_id()))  # which was deleted
    with at_work(adaptation):
        run = soon(lambda: stage_of(adaptation, "learn"))
    steps = run.config["minutes"] * 60 * 1000  # of a millisecond
    assert run.config["evaluate_every"] >= steps
    assert run.config["language"] == read_json(STARTER_FOLDER / paths.MANIFEST)["language"]["weight"]


def test_whole_packs_of_fonts_are_written_out_before_anything_is_drawn(
    lab: Lab, adaptation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lato = (FONTS / "latin" / "Lato-Regular.ttf").read_bytes()
    unpack(tmp_path / "root", "pair", {"Good.ttf": lato, "Odd.ttf": lato + b"odd"})
    monkeypatch.setenv("GLYPHLAB_FONTS", str(tmp_path / "root"))
    good, odd = installed_packs()["pair"].faces
    keep_verdicts(lab.workspace, {good: FaceVerdict("", 16, 16), odd: FaceVerdict("capitals only")})
    recipe = Recipe.parse({"looks": [{"fonts": ["pair/*"]}]})
    gone = lab.workspace.folder("fits", new_id())
    stages: dict[StageName, Path] = {"fit": gone, "draw": lab.workspace.folder("datasets", new_id())}
    for stage, done in stages.items():
        keep(adaptation, **{stage: done})
        with at_work(adaptation, CONFIG.changed(recipe=recipe)):
            launched = soon(lambda stage=stage: stage_of(adaptation, stage))
        assert launched.config["recipe"]["looks"][0]["fonts"] == [good.id]
        keep(adaptation, fit=folder_of(lab.workspace, "fits", "fit", {"gained": False}))


def test_what_is_kept_of_the_same_photos_is_a_later_version(lab: Lab, adaptation: Path):
    space = lab.workspace
    first, again, other = (transcript(space, a=0.2, b=0.9) for _ in range(3))
    for folder, digest in ((first, "1"), (again, "1"), (other, "2")):
        give_labels(folder, [ImageLabel("a", "text", "right", digest * 64), ImageLabel("b", "text", "out", "0" * 64)])
    kept = folder_of(space, "datasets", "import", {})
    keep(folder_of(space, "adaptations", "adapt"), ask=first, truths=kept)
    assert [former_truths(space, adaptation.name, folder) for folder in (other, transcript(space, a=0.2))] == [None] * 2
    found = former_truths(space, adaptation.name, again)
    assert found is not None
    assert found.id == kept.name
    shutil.rmtree(kept)
    assert former_truths(space, adaptation.name, again) is None


def stage_id(adaptation: Path, name: StageName) -> str:
    found = stage_of(adaptation, name)
    assert found is not None
    return found.id


def stage_of(adaptation: Path, name: StageName) -> Job | None:
    """Return the job of a stage; None where it was not launched, or is gone."""
    try:
        return job_of_stage(Workspace(adaptation.parent.parent), adaptation, name)
    except JobError:
        return None
