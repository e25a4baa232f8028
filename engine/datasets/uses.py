"""Uses of a dataset: all that was made with it, so that it can be told before the dataset is deleted."""

from dataclasses import dataclass

from engine.formatting import count
from engine.jobs import Job, list_jobs
from engine.jobs.control import needs_of
from engine.workspace import Workspace

_NAMED = 3


@dataclass(frozen=True)
class DatasetUses:
    """The jobs that were given a dataset, newest first.

    Attributes:
        learned: runs that learned from it, also beside others.
        measured: runs that were validated, watched or tested on it and did not learn from it.
        versions: datasets that are later versions of it, edited or with more labels.
    """

    learned: list[Job]
    measured: list[Job]
    versions: list[Job]

    @property
    def words(self) -> str:
        """The loss with the dataset, in sentences; empty where nothing is."""
        told = []
        if self.learned:
            told.append(
                f"{_names(self.learned)} learned from it: readers and scores stay, but without the dataset a run "
                "cannot be resumed, and a clone needs another."
            )
        if self.measured:
            told.append(f"{_names(self.measured)} measured on it: scores stay, but its images cannot be shown again.")
        if self.versions:
            told.append(f"Made of it, and whole without it: {_names(self.versions)}.")
        return " ".join(told)


def uses_of(workspace: Workspace, dataset: str) -> DatasetUses:
    """Return what was made with a dataset."""
    runs = [run for run in list_jobs(workspace, "runs") if ("datasets", dataset) in needs_of(run)]
    learned = [run for run in runs if dataset in _learned(run)]
    others = list_jobs(workspace, "datasets")
    versions = [job for job in others if dataset in (job.config.get("dataset"), job.config.get("follows"))]
    return DatasetUses(learned, [run for run in runs if run not in learned], versions)


def _learned(run: Job) -> set[object]:
    """Return the ids of the datasets that a run learned from."""
    mix = run.config.get("mix")
    mixed = {part.get("dataset") for part in mix if isinstance(part, dict)} if isinstance(mix, list | tuple) else set()
    return {run.config.get("dataset"), *mixed}


def _names(jobs: list[Job]) -> str:
    """Return the names of a few of them, and how many more there are."""
    names = [job.name for job in jobs[:_NAMED]]
    more = len(jobs) - _NAMED
    names += [f"{count(more)} more"] if more > 0 else []
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
