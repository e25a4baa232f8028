"""Following shows one line that says where a job is, and Ctrl-C asks before it leaves."""

import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.cli import follow as follow_module
from engine.cli.follow import describe, follow
from engine.files import write_json
from engine.jobs import Job, Progress, State, locks, paths
from engine.labels import right_to_left_warning
from engine.workspace import Workspace
from tests.helpers.labs import MakeFolder

COUNTED = Progress(phase="drawing", done=1200, total=60000, unit="images", rate=4.0, eta_seconds=147)


def job(state: State, progress: Progress | None = None) -> Job:
    return Job("x", "train", "a", datetime.now(UTC), None, {}, state, "", progress, {}, Path(), "runs", seconds=200.0)


@pytest.mark.parametrize(
    ("of", "line"),
    [
        (job(State.finished), "finished after 3 min 20 s"),
        (job(State.starting), "starting"),
        (job(State.waiting, Progress(phase="waiting", note="behind run 'a'")), "waiting · behind run 'a'"),
        (
            job(State.running, COUNTED),
            "running · drawing · 1,200 of 60,000 images, 4 images/s · 2 min 27 s to go",
        ),
    ],
)
def test_a_line_says_state_phase_count_and_what_is_left(of: Job, line: str):
    assert describe(of) == line


@pytest.mark.parametrize(("reason", "code"), [("finished", 0), ("stopped", 1), ("failed", 1)])
def test_the_exit_code_tells_whether_it_finished(workspace: Workspace, make_folder: MakeFolder, reason: str, code: int):
    out = io.StringIO()
    assert follow(workspace, "datasets", make_folder(reason).name, out) == code
    assert out.getvalue() == f"{reason} after 3 s\n"


def test_what_a_run_is_warned_of_is_said_in_whole_and_once(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("finished")
    warning = right_to_left_warning(["שלום"])
    write_json(folder / paths.SUMMARY, {"warning": warning})
    for terminal in (False, True):
        out = io.StringIO()
        out.isatty = lambda terminal=terminal: terminal
        assert follow(workspace, "datasets", folder.name, out) == 0
        assert out.getvalue().count(f"Warning: {warning}") == 1


def test_ctrl_c_asks_to_stop_and_twice_leaves_it_alone(workspace: Workspace, make_folder: MakeFolder, monkeypatch):
    folder = make_folder()
    lock = locks.take(folder / paths.LOCK)
    assert lock is not None

    def press(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(follow_module.time, "sleep", press)
    out = io.StringIO()
    assert follow(workspace, "datasets", folder.name, out) == 130
    assert (folder / paths.STOP).exists()
    assert "stopping" in out.getvalue()
    assert "Left alone" in out.getvalue()
    os.close(lock)


def test_a_terminal_s_line_is_redrawn_and_never_wraps(workspace: Workspace, make_folder: MakeFolder, monkeypatch):
    folder = make_folder()
    lock = locks.take(folder / paths.LOCK)
    assert lock is not None
    write_json(folder / paths.PROGRESS, Progress(phase="x" * 300).plain())

    def end(_: float) -> None:
        os.close(lock)

    monkeypatch.setattr(follow_module.time, "sleep", end)
    out = io.StringIO()
    out.isatty = lambda: True
    assert follow(workspace, "datasets", folder.name, out) == 1
    told, first, last = out.getvalue().split("\r")
    assert "Ctrl-C asks it to stop" in told
    assert len(first) == 110
    assert last.rstrip(" \n").endswith("after 0 s")
