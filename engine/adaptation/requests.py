"""Requests of a waiting adaptation to people: which images of which transcripts, and how many are done.

It asks for the least sure of those that nobody has confirmed or corrected. Labels come from anywhere: given on a page,
by the command line, or carried over from an earlier transcript of the same images. This module waits for nobody.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from engine.adaptation.stages import stage_jobs
from engine.adaptation.summary import adaptation_summary
from engine.jobs import Job, list_jobs, load_job
from engine.sources.labelling import SETTLED, confidence_of, labels_of, readings_of
from engine.workspace import Workspace


class LabelRequest(NamedTuple):
    """A request to confirm or correct what was read in images of one transcript.

    Attributes:
        adaptation: who asks.
        transcript: its id.
        judges: whether its images say in the end what was gained.
        images: names of those that are wanted; none where any will do.
        wanted, done: numbers of images.
    """

    adaptation: Job
    transcript: str
    judges: bool
    images: frozenset[str]
    wanted: int
    done: int


def label_requests(workspace: Workspace, adaptation: Job) -> list[LabelRequest]:
    """Return what an adaptation asks for now. Raises JobError where a transcript of it is gone."""
    return [label_request(workspace, adaptation, id) for id in adaptation_summary(adaptation).asks or {}]


def label_request(workspace: Workspace, adaptation: Job, transcript: str) -> LabelRequest:
    """Return what an adaptation asks for of one of its transcripts. Raises JobError where that is gone."""
    told = adaptation_summary(adaptation)
    wanted = (told.asks or {}).get(transcript, 0)
    job = load_job(workspace, "transcripts", transcript)
    labels = labels_of(job.folder)
    said = {image for image, label in labels.items() if label.state in SETTLED}
    judges, images = _judges(adaptation, transcript), frozenset(told.asked or ())
    if judges:  # all that could be read
        images = frozenset(readable_images(job.folder))
    done = len(said & images) if images else min(len(said), wanted)
    return LabelRequest(adaptation, transcript, judges, images, wanted, done)


def request_for(workspace: Workspace, transcript: str) -> LabelRequest | None:
    """Return what the newest adaptation that waits asks for of a transcript; None where none does."""
    for job in list_jobs(workspace, "adaptations"):
        if job.state.live and (adaptation_summary(job).asks or {}).get(transcript):
            return label_request(workspace, job, transcript)
    return None


def judging(workspace: Workspace, transcript: str) -> bool:
    """Say whether the images of a transcript judge an adaptation: no reader's text may lean what people say of them."""
    return any(_judges(job, transcript) for job in list_jobs(workspace, "adaptations"))


def _judges(adaptation: Job, transcript: str) -> bool:
    stage = stage_jobs(adaptation.folder).get("judge")
    return stage is not None and stage.id == transcript


def open_images(folder: Path, names: Iterable[str]) -> list[str]:
    """Return those of some images of a transcript, given its folder, that wait for somebody's word."""
    labels = labels_of(folder)
    return [name for name in names if name not in labels or labels[name].state not in SETTLED]


def readable_images(folder: Path) -> list[str]:
    """Return the images of a transcript that were read, the least sure first; blank and damaged ones are not."""
    rows = readings_of(folder)
    return [image for image in sorted(rows, key=lambda one: confidence_of(rows[one])) if not rows[image].get("problem")]
