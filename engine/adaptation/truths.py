"""Kept truths that go on from those of an earlier adaptation of the same photos: versions of one dataset that grows.

Labels are carried over from transcript to transcript by the content of the images, so the newest version holds what
all the earlier ones held. This module launches nothing.
"""

import contextlib
from pathlib import Path

from engine.adaptation.stages import stage_jobs
from engine.errors import JobError
from engine.jobs import Job, State, list_jobs, load_job
from engine.sources.labelling import labels_of
from engine.workspace import Workspace


def former_truths(workspace: Workspace, adaptation: str, transcript: Path) -> Job | None:
    """Return the newest dataset of truths that another adaptation kept of some of the same images, or None.

    Args:
        workspace: where they are.
        adaptation: id of the one that asks.
        transcript: folder of the transcript whose labels are to be kept.
    """
    own = _confirmed(transcript)
    for job in list_jobs(workspace, "adaptations"):
        known = stage_jobs(job.folder)
        if job.id == adaptation or "ask" not in known or "truths" not in known:
            continue
        if own & _confirmed(workspace.folder("transcripts", known["ask"].id)):
            with contextlib.suppress(JobError):  # it was deleted
                dataset = load_job(workspace, "datasets", known["truths"].id)
                if dataset.state is State.finished:
                    return dataset
    return None


def _confirmed(transcript: Path) -> set[str]:
    """Return the SHA-256 of the images of a transcript whose labels count."""
    return {label.sha256 for label in labels_of(transcript).values() if label.state == "right" and label.sha256}
