"""Follow a job in a terminal until it ends: one line, redrawn; in a file, a line whenever something changes.

A warning about what is learned comes as soon as it is known, and so does what an adaptation asks of people; the score
of an evaluation, of a run's tests or of an adaptation comes last. Ctrl-C asks the job to stop and goes on following; a
second one leaves it to itself, and so does the first where the job waits for people, who may answer in this terminal.
This module starts no job.
"""

import sys
import time
from collections.abc import Callable
from typing import TextIO

from engine import jobs
from engine.cli.scores import score_lines
from engine.cli.waiting import waiting_lines
from engine.commands import engine_command
from engine.formatting import duration, pace
from engine.jobs import Job, Progress, State, metered
from engine.labels import visible
from engine.workspace import Collection, Workspace

_EVERY = 0.25  # seconds
_EVERY_LINE = 10.0  # seconds between two lines of a file
_WIDTH = 110
_LEAVES = "  Ctrl-C leaves it waiting, and this terminal to you."


def follow(workspace: Workspace, collection: Collection, id: str, to: TextIO | None = None) -> int:
    """Show a job's progress until it ends; return 0 if it finished, 1 if it ended otherwise, 130 if left alone."""
    out: TextIO = to or sys.stdout
    line, asked, warned, waits = ProgressLine(out), False, False, list[str]()
    if out.isatty():
        out.write("It runs on its own. Ctrl-C asks it to stop; a second Ctrl-C leaves it to itself.\n")
    while True:
        try:
            job = jobs.load_job(workspace, collection, id)
            if (warning := job.summary.get("warning")) and not warned:
                line.add(f"Warning: {visible(str(warning))}")
                warned = True
            if (waiting := waiting_lines(workspace, job)) != waits:
                waits = waiting
                for text in [*waiting, _LEAVES] if waiting and out.isatty() else waiting:
                    line.add(text)
            line.show(describe(job), final=not job.state.live)
            if not job.state.live:
                break
            time.sleep(_EVERY)
        except KeyboardInterrupt:
            if asked or waits:
                goes_on = "to its stop" if asked else "when it is answered"
                show = engine_command(f"{collection} show {id}")
                line.show(f"Left alone. It goes on {goes_on}; see: {show}", final=True)
                return 130
            asked = True
            jobs.stop(workspace, collection, id)
    for text in ([job.message] if job.message else []) + score_lines(workspace, job):
        out.write(f"{text}\n")
    return 0 if job.state is State.finished else 1


def describe(job: Job) -> str:
    """Return a job's state and progress in one line."""
    words = job.state.words
    if not job.state.live:
        return f"{words} after {duration(job.seconds)}"
    progress = job.progress or Progress()
    place = [f"on {job.node or 'another machine'}"] if job.elsewhere else []
    return " · ".join([words, *place, *_progress_parts(progress, words)])


def counting_line(phase: str) -> Callable[[float, float | None, str], None]:
    """Return what shows the progress of work in this very process, given what is done, of how much, and the unit."""
    line = ProgressLine(sys.stdout)
    return metered(phase, lambda now: line.show(" · ".join(_progress_parts(now, "")), final=now.done == now.total))


def _progress_parts(progress: Progress, words: str) -> list[str]:
    parts = [progress.phase if progress.phase != words else "", _count(progress), progress.note]
    if progress.eta_seconds is not None:
        parts.append(f"{duration(progress.eta_seconds)} to go")
    return [part for part in parts if part]


def _count(progress: Progress) -> str:
    if progress.done is None:
        return ""
    total = f" of {progress.total:,.0f}" if progress.total else ""
    rate = f", {pace(progress.rate, progress.unit)}" if progress.rate else ""
    return f"{progress.done:,.0f}{total} {progress.unit}{rate}"


class ProgressLine:
    """One line of a terminal, or lines of a file that come rarely."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._redraws = out.isatty()
        self._head = ""
        self._shown = float("-inf")

    def show(self, text: str, *, final: bool) -> None:
        """Show a text; the final one stays."""
        if self._redraws:
            self._out.write(f"\r{text[:_WIDTH]:<{_WIDTH}}" + ("\n" if final else ""))
        elif final or text.partition(" · ")[0] != self._head or time.monotonic() - self._shown >= _EVERY_LINE:
            self._out.write(f"{text}\n")
            self._head, self._shown = text.partition(" · ")[0], time.monotonic()
        self._out.flush()

    def add(self, text: str) -> None:
        """Write a text of any length above the line."""
        self._out.write(f"\r{text:<{_WIDTH}}\n" if self._redraws else f"{text}\n")
