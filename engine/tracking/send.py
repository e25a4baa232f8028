"""Runs to an MLflow server: each becomes one run there, with its times, settings, curves and, if asked, files.

A run there is known again by its tag `glyphlab.run`, and its tag `glyphlab.sent` says what it has: the last step of
each curve, and the files. That tag goes along with every batch, so a call that broke off is taken up, a run that went
on adds its new points, and a call with nothing new changes nothing. Nothing is deleted there.
"""

import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.config.diff import flatten
from engine.errors import BundleError, TrackerError
from engine.files import json_bytes
from engine.formatting import count
from engine.jobs import Job, State, locks, paths
from engine.jobs.summaries import run_summary
from engine.labels import file_name, visible
from engine.publishing.model_file import model_of_run
from engine.tracking import DEFAULT_EXPERIMENT, RunFile
from engine.tracking.curves import Moment, moments
from engine.tracking.mlflow import LONGEST_PARAM, LONGEST_TAG, MOST_METRICS, MOST_PARAMS, MlflowServer
from engine.tracking.table import ended
from engine.workspace import Workspace
from glyphlab_read.formatting import cut
from glyphlab_read.parsing import ParseFault, parse_json

Report = Callable[[float, float, str], None]
"""Called with what is done, of how much, and the unit."""

_RUN, _SENT = "glyphlab.run", "glyphlab.sent"
_LOCK = "mlflow.lock"
_FORBIDDEN = re.compile(r"[^\w\-./: ]", re.ASCII)  # in the names of metrics and parameters
_STATUS = {State.finished: "FINISHED", State.stopped: "KILLED", State.killed: "KILLED"}


@dataclass(frozen=True)
class SentRuns:
    """The outcome of a call: runs that are new there, points (a figure at a step) and files that were sent.

    `unreadable` runs, whose folders are damaged, are left out.
    """

    created: int
    points: int
    files: int
    unreadable: int = 0

    @property
    def words(self) -> str:
        """The sentence that says so."""
        left_out = f" Left out: {count(self.unreadable, 'runs')} with a damaged folder." if self.unreadable else ""
        if not (self.created or self.points or self.files):
            return f"Nothing was sent.{left_out}" if left_out else "The server has all of it already: nothing was sent."
        parts = [count(self.created, "new runs"), count(self.points, "points"), count(self.files, "files")]
        return f"Sent: {', '.join(parts)}.{left_out}"


def send_runs(
    workspace: Workspace,
    runs: Sequence[Job],
    address: str,
    experiment: str,
    files: Collection[RunFile] = (),
    report: Report = lambda done, total, unit: None,
) -> SentRuns:
    """Send the readable ones of runs, oldest first, to the server at an address.

    Args:
        workspace: where they are.
        runs: live ones, too, with what they have so far.
        address: such as http://localhost:5000.
        experiment: the name of MLflow's group of runs; made if it is not there.
        files: go along with each run that has them.
        report: is told of each batch.

    Raises:
        TrackerError: the server cannot be reached, refuses, or another call is at work. What was sent stays sent.
    """
    lock = locks.take(workspace.nonces / _LOCK)
    if lock is None:
        raise TrackerError("Runs of this workspace are being sent already, and twice is once. Wait until that is done.")
    readable = [run for run in runs if run.state is not State.unreadable]
    try:
        with MlflowServer(address) as server:
            id = server.experiment(experiment.strip() or DEFAULT_EXPERIMENT)
            senders = [_Sender(server, id, workspace, run) for run in sorted(readable, key=lambda run: run.id)]
            for place, sender in enumerate(senders):
                sender.send(files, lambda share, place=place: report(place + share, len(senders), "runs"))
                report(place + 1, len(senders), "runs")
    finally:
        os.close(lock)
    created, points, sent = ([sender.counts[place] for sender in senders] for place in range(3))
    return SentRuns(sum(created), sum(points), sum(sent), len(runs) - len(readable))


class _Sender:
    """One run on its way: what the server has of it, and what is added."""

    def __init__(self, server: MlflowServer, experiment: str, workspace: Workspace, run: Job) -> None:
        self._server, self._experiment, self._workspace, self._run = server, experiment, workspace, run
        self._points = self._files = 0
        self._created = False

    @property
    def counts(self) -> tuple[int, int, int]:
        return int(self._created), self._points, self._files

    def send(self, files: Collection[RunFile], report: Callable[[float], None]) -> None:
        there = self._server.find_run(self._experiment, _RUN, self._run.id)
        self._created = there is None
        told = {key: value for key, value in _tags(self._run).items() if value}
        self._there: dict[str, Any] = there or self._server.create_run(
            self._experiment, self._run.name, self._milliseconds, {_RUN: self._run.id, **told}
        )
        self._id = str(self._there["info"]["run_id"])
        self._tags = {tag["key"]: tag.get("value", "") for tag in self._there.get("data", {}).get("tags", ())}
        self._sent = _sent(self._tags.get(_SENT, ""))
        self._send_settings()
        new = [moment for moment in moments(self._run) if moment.step > self._sent.get(moment.curve, -1)]
        done = 0
        for batch in _batches(new):
            done += len(batch)
            self._send_moments(batch)
            report(done / len(new))
        self._send_files(files)
        self._send_state()

    @property
    def _milliseconds(self) -> int:
        return round(1000 * self._run.created.timestamp())

    def _send_settings(self) -> None:
        """Send the settings once; they never change."""
        if "settings" in self._sent:
            return
        texts = {_name(path): cut(_text(value), LONGEST_PARAM) for path, value in flatten(self._run.config).items()}
        params = list(texts.items())
        for first in range(0, len(params), MOST_PARAMS):
            last = first + MOST_PARAMS >= len(params)
            part = dict(params[first : first + MOST_PARAMS])
            self._mark({"settings": len(params)} if last else {}, params=part)

    def _send_moments(self, batch: Sequence[Moment]) -> None:
        metrics = [
            {
                "key": _name(f"{moment.curve}/{name}"),
                "value": value,
                "timestamp": moment.milliseconds,
                "step": moment.step,
            }
            for moment in batch
            for name, value in moment.figures.items()
        ]
        self._mark({moment.curve: moment.step for moment in batch}, metrics)
        self._points += len(metrics)

    def _send_files(self, files: Collection[RunFile]) -> None:
        if "settings" in files and "settings file" not in self._sent:
            self._put(paths.CONFIG, json_bytes(self._run.config))
            self._mark({"settings file": 1})
        step = run_summary(self._run).bundle_step
        if "model" in files and step is not None and step > self._sent.get("model file", -1):
            try:
                content = model_of_run(self._workspace, self._run, examples=0).content
            except BundleError:  # damaged, or not whole yet
                return
            self._put(file_name(self._run.name or self._run.id, "zip"), content)
            self._mark({"model file": step})

    def _put(self, name: str, content: bytes) -> None:
        self._server.put_file(self._there, name, content)
        self._files += 1

    def _send_state(self) -> None:
        """Send the name, what people noted, and how the run is, where that differs from what the server has."""
        tags = {key: value for key, value in _tags(self._run).items() if self._tags.get(key, "") != value}
        if tags and not self._created:
            self._server.log_batch(self._id, tags=tags)
        info, end = self._there["info"], ended(self._run)
        status = "RUNNING" if self._run.state.live else _STATUS.get(self._run.state, "FAILED")
        wanted: dict[str, Any] = {"run_name": self._run.name, "status": status}
        if end is not None and not self._run.state.live:
            wanted["end_time"] = round(1000 * end.timestamp())
        if any(str(info.get(key)) != str(value) for key, value in wanted.items()):
            self._server.update_run(self._id, **wanted)

    def _mark(
        self,
        more: Mapping[str, int],
        metrics: Sequence[Mapping[str, Any]] = (),
        params: Mapping[str, str] | None = None,
    ) -> None:
        """Send metrics and parameters together with the word that `more` is sent then."""
        self._sent |= more
        self._server.log_batch(self._id, metrics, params, {_SENT: json.dumps(self._sent)})


def _batches(wanted: Sequence[Moment]) -> Iterator[list[Moment]]:
    """Yield moments in batches that the server takes, none of them split: what was sent is told by whole steps."""
    batch: list[Moment] = []
    size = 0
    for moment in wanted:
        if batch and size + len(moment.figures) > MOST_METRICS:
            yield batch
            batch, size = [], 0
        batch.append(moment)
        size += len(moment.figures)
    if batch:
        yield batch


def _tags(run: Job) -> dict[str, str]:
    """Return what tags say of a run; empty ones, too, which take away what the server was told earlier."""
    figures = run_summary(run)
    told = {
        "mlflow.note.content": run.notes.text,
        "glyphlab.tags": ", ".join(run.notes.tags),
        "glyphlab.kind": run.kind,
        "glyphlab.group": run.group or "",
        "glyphlab.dataset": figures.dataset_name or "",
        "glyphlab.parameters": "" if figures.parameters is None else str(figures.parameters),
        "glyphlab.state": run.state.value,
    }
    return {key: cut(visible(value), LONGEST_TAG) for key, value in told.items()}


def _sent(text: str) -> dict[str, int]:
    """Return what the tag of a run there says of what it has; nothing where somebody changed it."""
    try:
        value = parse_json(text or "{}")
    except ParseFault:
        return {}
    return {key: step for key, step in value.items() if isinstance(step, int)} if isinstance(value, dict) else {}


def _name(name: str) -> str:
    return _FORBIDDEN.sub("_", name)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
