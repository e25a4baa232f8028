"""A lock is held by whoever has the descriptor, and freed by any death."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

from engine.jobs import locks


def test_a_taken_lock_is_refused_to_others_until_it_is_closed(tmp_path: Path):
    path = tmp_path / "a.lock"
    assert not locks.is_held(path)
    mine = locks.take(path)
    assert mine is not None
    assert locks.is_held(path)
    assert locks.take(path) is None
    assert locks.claim(mine), "its own descriptor may always claim it again"
    os.close(mine)
    assert not locks.is_held(path)


def test_an_heir_keeps_the_lock_when_the_giver_closes_it_and_kill_9_frees_it(tmp_path: Path):
    path = tmp_path / "a.lock"
    mine = locks.take(path)
    assert mine is not None
    heir = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[mine])
    os.close(mine)
    assert locks.is_held(path)
    heir.send_signal(signal.SIGKILL)
    heir.communicate()
    assert not locks.is_held(path)


def test_a_child_that_is_not_handed_the_lock_does_not_keep_it(tmp_path: Path):
    mine = locks.take(tmp_path / "a.lock")
    assert mine is not None
    code = [sys.executable, "-c", "print(flush=True); input()"]
    with subprocess.Popen(code, stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"\n"
        os.close(mine)
        assert not locks.is_held(tmp_path / "a.lock")
        child.communicate(b"\n")


def test_probing_waits_for_nobody_and_hinders_no_other_probe(tmp_path: Path):
    path = tmp_path / "a.lock"
    path.touch()
    with open(path) as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)
        assert not locks.is_held(path)
        assert locks.take(path, timeout=0.05) is None


def test_links_are_not_followed(tmp_path: Path):
    (tmp_path / "target").touch()
    (tmp_path / "link").symlink_to("target")
    held = locks.take(tmp_path / "target")
    assert held is not None
    assert not locks.is_held(tmp_path / "link")
    assert not locks.same_file(held, tmp_path / "link")
    assert locks.same_file(held, tmp_path / "target")
    os.close(held)
