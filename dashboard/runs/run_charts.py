"""How runs look wherever they are listed: a name and a colour each, and their curves."""

from collections.abc import Mapping, Sequence

from dashboard.caches.files import event_frames, workspace
from dashboard.common.runs import RunLine
from dashboard.runs.curves import charts, view_controls
from dashboard.runs.domain_gap import marks
from engine.jobs import Job, list_jobs


def run_charts(runs: Sequence[Job], lines: Mapping[str, RunLine], key: str) -> None:
    """Draw how to look at the runs' curves, and the curves with their scores."""
    frames = {run.id: event_frames(run.folder) for run in runs}
    datasets = {job.id: job for job in list_jobs(workspace(), "datasets")}
    view = view_controls(runs, frames, key)
    charts(runs, frames, lines, view, lambda run, column: marks(run, column, datasets, frames), key)
