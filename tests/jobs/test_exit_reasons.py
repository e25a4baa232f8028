"""Every way to end has one reason, and a sentence that says what to do."""

import errno
import logging
import os
import signal
from pathlib import Path

import pytest

from engine.errors import ConfigError, SpaceError
from engine.jobs import Diverged, Stopped, paths
from engine.jobs.exit_reasons import end_of_death, end_of_error, kernel_kills, write_exit
from engine.jobs.launchers import Ending
from engine.jobs.records import Exit, read_record


class ResourceExhaustedError(Exception):
    """Named as TensorFlow's."""


@pytest.mark.parametrize(
    ("error", "reason", "words"),
    [
        (Stopped(), "stopped", "as asked"),
        (SpaceError("The disk is full"), "no_space", "The disk is full"),
        (OSError(errno.ENOSPC, "No space left on device"), "no_space", "Delete datasets or runs you no longer need"),
        (OSError(errno.EFBIG, "File too large"), "no_space", "Raise the limit on the size of files"),
        (Diverged("The loss is NaN"), "diverged", "The loss is NaN"),
        (ConfigError("Too large"), "failed", "Too large"),
        (MemoryError(), "out_of_memory", "smaller batch"),
        (ResourceExhaustedError("OOM when allocating"), "out_of_memory", "smaller batch"),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory"), "out_of_memory", "smaller batch"),
        (RuntimeError("CUDA out of memory"), "out_of_memory", "smaller batch"),
        (KeyError("x"), "failed", "KeyError: 'x' (details in the log)"),
        (SystemExit(0), "failed", "SystemExit: 0 (details in the log)"),
    ],
)
def test_the_end_of_each_error(error: BaseException, reason: str, words: str):
    assert end_of_error(error)[0] == reason
    assert words in end_of_error(error)[1]


def test_the_log_has_the_traceback_of_bugs_only(caplog: pytest.LogCaptureFixture):
    end_of_error(ConfigError("Too large"))
    assert caplog.text == ""
    end_of_error(KeyError("x"))
    assert "KeyError: 'x'" in caplog.text


@pytest.mark.parametrize(
    ("code", "overdue", "kills", "reason", "words"),
    [
        (-signal.SIGKILL, False, 0, "killed", "SIGKILL"),
        (-signal.SIGKILL, False, 1, "out_of_memory", "smaller batch"),
        (-signal.SIGKILL, True, 0, "stopped", "did not stop in time"),
        (-signal.SIGSEGV, False, 0, "failed", "crashed (SIGSEGV"),
        (-signal.SIGHUP, False, 1, "killed", "SIGHUP"),
        (0, False, 0, "failed", "no result"),
        (7, False, 0, "failed", "exit code 7"),
    ],
)
def test_the_end_of_each_death(code: int, overdue: bool, kills: int, reason: str, words: str):
    end = end_of_death(Ending(code, kernel_kills=kills), overdue=overdue)
    assert end[0] == reason
    assert words in end[1]


def test_what_the_cluster_knows_of_the_end_counts_and_a_lost_place_can_be_resumed():
    known = Ending(None, told="Slurm says so.", reason="out_of_memory")
    assert end_of_death(known, overdue=False) == ("out_of_memory", "Slurm says so.")
    reason, message = end_of_death(Ending(None, lost=True, told="Slurm says so."), overdue=False)
    assert reason == "killed"
    assert "lost again and again without any progress. Slurm says so." in message


def test_the_exit_file_is_written_once_and_its_reason_goes_to_the_log(tmp_path: Path, caplog):
    caplog.set_level(logging.INFO)
    write_exit(tmp_path, "finished", "", 0, 5.0)
    write_exit(tmp_path, "killed", "too late", -9)
    assert caplog.messages == ["Finished after 5 s. All of its work is done."]
    end = read_record(tmp_path / paths.EXIT, Exit)
    assert (end.reason, end.exit_code, end.signal, end.seconds) == ("finished", 0, None, 5.0)


def test_an_exit_file_that_this_machine_does_not_see_yet_is_not_replaced(tmp_path: Path, monkeypatch):
    write_exit(tmp_path, "finished", "", 0, 5.0)  # on a node
    monkeypatch.setattr(os.path, "lexists", lambda path: False)  # NFS still believes that it is missing
    write_exit(tmp_path, "failed", "no result", 0)
    assert read_record(tmp_path / paths.EXIT, Exit).reason == "finished"
    assert os.listdir(tmp_path) == [paths.EXIT]


def test_the_kernel_tells_its_kills():
    assert kernel_kills() >= 0
