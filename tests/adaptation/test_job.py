"""An adaptation as a real job: it launches the jobs of its stages once, stops with them and goes on with them."""

import shutil
import time
from pathlib import Path

import pytest

from engine import jobs
from engine.adaptation.stages import StageName, job_of_stage, stage_jobs
from engine.config.adapting import AdaptConfig
from engine.config.recipe_presets import PRESETS
from engine.jobs import Job, State, list_jobs
from engine.sources.labelling import ImageLabel, give_labels, import_of_labels, texts_to_import
from engine.synth.samples import draw_sample
from engine.workspace import Collection
from tests.helpers.labs import Lab
from tests.helpers.sources import encoded, save_files

WORDS = 60
FIRST: tuple[StageName, ...] = ("judge", "read")


@pytest.fixture
def crops(lab: Lab) -> Path:
    drawn = (draw_sample(PRESETS["starter"], 7, number, lambda _: True).image for number in range(WORDS))
    return save_files(
        lab.workspace.imports / "mine", {f"{number}.png": encoded(image) for number, image in enumerate(drawn)}
    )


def ended(lab: Lab, collection: Collection, id: str, *states: State) -> Job:
    """Wait until a job is in one of some states."""
    until = time.monotonic() + 120
    while (job := jobs.load_job(lab.workspace, collection, id)).state not in states:
        assert time.monotonic() < until, jobs.tail_log(job.folder)
        time.sleep(0.1)
    return job


def stage(lab: Lab, job: Job, name: StageName, *states: State) -> Job:
    """Wait until the job of a stage is in one of some states."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert jobs.load_job(lab.workspace, "adaptations", job.id).state.live, jobs.tail_log(job.folder)
        found = job_of_stage(lab.workspace, job.folder, name)
        if found is not None and found.state in states:
            return found
        time.sleep(0.1)
    raise AssertionError(jobs.tail_log(job.folder))


def test_a_stopped_adaptation_stops_its_stage_and_resumes_it(lab: Lab, crops: Path):
    config = AdaptConfig(path=str(crops), content="word", judged=12, trials=5000)
    job = jobs.load_job(lab.workspace, "adaptations", jobs.launch(lab.workspace, "adapt", config))
    stage(lab, job, "judge", *State)
    jobs.stop(lab.workspace, "adaptations", job.id)
    ended(lab, "adaptations", job.id, State.stopped)
    shutil.rmtree(crops)  # the words stay set apart as they were
    jobs.resume(lab.workspace, "adaptations", job.id)
    fit = stage(lab, job, "fit", State.running)
    read = [stage(lab, job, name, State.finished).summary["images"] for name in FIRST]
    assert read == [12, WORDS - 12]
    assert fit.name.endswith(": fitted recipe")  # it stands by its name among the fits of others
    jobs.stop(lab.workspace, "adaptations", job.id)
    ended(lab, "adaptations", job.id, State.stopped)
    assert ended(lab, "fits", fit.id, State.stopped).message == "Its adaptation was stopped."
    before = stage_jobs(job.folder)
    jobs.resume(lab.workspace, "adaptations", job.id)
    assert stage(lab, job, "fit", State.running).id == fit.id
    assert stage_jobs(job.folder) == before
    assert len(list_jobs(lab.workspace, "transcripts")) == 2
    jobs.stop(lab.workspace, "fits", fit.id)
    message = ended(lab, "adaptations", job.id, State.failed).message
    assert "'Fit the recipe to them' is stopped" in message
    assert "Resume this adaptation" in message


def test_only_readings_that_are_sure_become_labels(lab: Lab, crops: Path):
    id = jobs.launch(lab.workspace, "transcribe", jobs.KINDS["transcribe"].config.parse({"path": str(crops)}))
    folder = ended(lab, "transcripts", id, State.finished).folder
    every = texts_to_import(folder, also_read=True)
    sure = texts_to_import(folder, also_read=True, sure=0.9)
    assert sure.items() < every.items()
    unsure = next(name for name in every if name not in sure)
    give_labels(folder, [ImageLabel(unsure, "typed", "right", "0" * 64)])
    assert texts_to_import(folder, also_read=True, sure=0.9) == {**sure, unsure: "typed"}
    dataset = jobs.launch(lab.workspace, "import", import_of_labels(id, "learning", texts="read", sure=0.9))
    assert ended(lab, "datasets", dataset, State.finished).summary["images"] <= len(sure) + 1
