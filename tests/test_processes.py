"""Helpers die with their parent, however that ends, from the moment at which they exist."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from glyphlab_read.processes import PARENT, dying_with_input, helpers_die_with_this

ROOT = Path(__file__).parents[1]
PATIENCE = 60  # seconds; gone at once, but for a busy machine
HELPER = "import engine, time; print('there', flush=True); time.sleep(600)"


def gone(helper: psutil.Process) -> bool:
    return not psutil.wait_procs([helper], timeout=PATIENCE)[1]


def test_a_helper_that_only_begins_dies_with_a_parent_that_is_killed():
    code = f"""
        import os, subprocess, sys
        from glyphlab_read.processes import dying_with_this
        helper = subprocess.Popen([sys.executable, "-c", {HELPER!r}], env={{**os.environ, **dying_with_this()}})
        print(helper.pid, flush=True)
        helper.wait()
    """
    command = [sys.executable, "-c", "\n".join(map(str.strip, code.splitlines()))]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        lines = {parent.stdout.readline().strip() for _ in range(2)}
        helper = psutil.Process(int((lines - {"there"}).pop()))
        parent.kill()
        assert gone(helper)


@pytest.mark.parametrize("unread", [b"", b"a request that a busy child has not read"])
def test_a_busy_sandbox_dies_when_nobody_can_ask_it_any_more(unread: bytes):
    with subprocess.Popen(
        [sys.executable, "-c", HELPER],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **dying_with_input()},
    ) as child:
        assert child.stdin
        assert child.stdout
        child.stdout.readline()
        child.stdin.write(unread)
        child.stdin.flush()
        helper = psutil.Process(child.pid)
        assert helper.is_running()
        child.stdin.close()
        assert gone(helper)


def test_what_helpers_are_told_does_not_reach_other_children():
    with helpers_die_with_this():
        assert os.environ[PARENT] == str(os.getpid())
    assert PARENT not in os.environ
