"""The newest score of each pair of a locator and a reader over each dataset of scenes, from their evaluations.

No score is computed here.
"""

from collections.abc import Mapping
from typing import NamedTuple

from engine.config.documents import EvaluatePagesConfig
from engine.errors import ConfigError
from engine.jobs import Job, State, list_jobs
from engine.jobs.summaries import EndToEndSummary, end_to_end_score
from engine.workspace import Workspace


class ReadingPair(NamedTuple):
    """A locator and a reader, by the ids of their runs or `starter`."""

    locator: str
    reader: str


EndToEndResults = Mapping[ReadingPair, EndToEndSummary]


def end_to_end_results(workspace: Workspace, dataset: str) -> EndToEndResults:
    """Return the newest score of each pair on the words of a dataset's test photos, seen at the locator's own side."""
    found: dict[ReadingPair, EndToEndSummary] = {}
    for job in list_jobs(workspace, "evaluations"):  # newest first
        config = pages_config(job)
        if config is None or config.dataset != dataset or job.state is not State.finished:
            continue
        score = end_to_end_score(job)
        if score is not None and (config.split or "test", config.level, config.side) == ("test", "word", None):
            found.setdefault(ReadingPair(config.locator, config.run), score)
    return found


def pages_config(job: Job) -> EvaluatePagesConfig | None:
    """Return the config of an evaluation of a locator and a reader; None for others, and for one of another version."""
    try:
        return EvaluatePagesConfig.parse(job.config) if job.kind == "evaluate-pages" else None
    except ConfigError:
        return None
