"""Fixtures that every part shares."""

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from engine.workspace import Workspace
from glyphlab_read.processes import import_path

# How long an example takes says how busy the machine is, not whether a law holds; and the same code gives the same
# verdict: examples are a function of the test, not of the day.
settings.register_profile("glyphlab", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("glyphlab")

# As engine.training.device sets it, for tests that learn in this very process: it is read once, at the first operation.
os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")

# The tests have a process for each core already: more threads in each, and in the jobs they start, only take turns.
for threads in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

# Children that tests start run the code of this checkout, whichever one is installed.
os.environ.update(import_path("engine"))


# Tests see the font packs that they bring, not those of the machine.
os.environ["GLYPHLAB_FONTS"] = os.devnull

# Where the longest tests are: none of the workers should begin a long file when the others have nothing left to do.
# Those that mostly wait for other processes take turns with those that compute all the time, so no core lies idle.
WAITING = ("e2e", "jobs", "adaptation", "test_old_workspace.py")
COMPUTING = ("models", "training", "export", "synth")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files of the longest tests first, those that wait and those that compute in turn."""
    files = dict[Path, list[pytest.Item]]()
    for item in items:
        files.setdefault(item.path, []).append(item)
    kinds = [_files_of(folders, list(files)) for folders in (WAITING, COMPUTING)]
    long = [file for turn in zip_longest(*kinds) for file in turn if file]
    items[:] = [item for file in dict.fromkeys([*long, *files]) for item in files[file]]


def _files_of(folders: Sequence[str], files: Sequence[Path]) -> list[Path]:
    """Return the files that lie in these folders of the tests, or are these, in the folders' order."""
    here = Path(__file__).parent
    return [file for folder in folders for file in files if file.relative_to(here).parts[0] == folder]


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Keep this process's main module: AppTest puts a page in its place, which spawned processes would then run."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="module", autouse=True)
def left_alone_by_the_collector() -> None:
    """Take what is there out of Python's garbage collections: what TensorFlow leaves makes each last a second."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def own_environment() -> Iterator[None]:
    """Put the environment back: what a test sets in this process, each job that a later one starts would inherit."""
    before = dict(os.environ)
    yield
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace, also for children that look it up by environment."""
    root = tmp_path / "artifacts"
    monkeypatch.setenv("GLYPHLAB_WORKSPACE", str(root))
    return Workspace(root)


@pytest.fixture
def eagerly() -> Iterator[None]:
    """Run TensorFlow step by step: for tests of something else than the graphs, which take seconds each to compile."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)
