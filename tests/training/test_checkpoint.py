"""Checkpoints: whole or not there, refused when a byte is wrong, kept when the disk is full."""

import resource
import shutil
from pathlib import Path

import numpy as np
import pytest

from engine.errors import CheckpointError, SpaceError
from engine.jobs import paths
from engine.training import checkpoint as checkpoints
from engine.training.checkpoint import Best, RunState, load, load_newest, prune, save, saved_steps

STATE = {"step": 1, "nats": 0.1 + 0.2}


def groups(seed: int, size: int = 40):
    random = np.random.default_rng(seed)
    return {
        "network": {"0000": random.normal(size=(3, size)).astype(np.float32), "0001": np.array([7, 9], np.uint32)},
        "optimiser": {"0000": np.array(12, np.int64)},
    }


@pytest.fixture
def run(tmp_path: Path) -> Path:
    for step in (1, 2):
        save(tmp_path, step, groups(step), {**STATE, "step": step})
    return tmp_path


def test_what_was_saved_comes_back_bit_for_bit(run: Path):
    found = load_newest(run)
    assert found is not None
    assert (found.step, found.state, found.damaged) == (2, {**STATE, "step": 2}, ())
    for name, tensors in groups(2).items():
        for key, tensor in tensors.items():
            assert np.array_equal(found.groups[name][key], tensor)
            assert found.groups[name][key].dtype == tensor.dtype


def test_a_run_without_checkpoints_has_none(tmp_path: Path):
    assert load_newest(tmp_path) is None


FILES = ["network.safetensors", "optimiser.safetensors", paths.CHECKPOINT_STATE, paths.MANIFEST]


@pytest.mark.parametrize("file", FILES)
def test_every_cut_of_every_file_falls_back(run: Path, file: str):
    path = run / paths.CHECKPOINTS / "2" / file
    whole = path.read_bytes()
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        found = load_newest(run)
        assert found is not None
        assert (found.step, found.damaged) == (1, (2,)), f"cut to {length}"


@pytest.mark.parametrize("file", FILES)
def test_every_flipped_bit_is_refused_or_changes_nothing(run: Path, file: str):
    path = run / paths.CHECKPOINTS / "2" / file
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for place in random.integers(0, len(whole), 50):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(random.integers(0, 8))
        path.write_bytes(damaged)
        found = load(run, 2)
        if found is not None:  # a flip between the manifest's words
            assert file == paths.MANIFEST
            assert np.array_equal(found.groups["network"]["0000"], groups(2)["network"]["0000"])
            assert found.state == {**STATE, "step": 2}


def test_a_missing_file_a_link_and_a_stranger_are_refused(run: Path):
    newest = run / paths.CHECKPOINTS / "2"
    aside = run / "aside"
    (newest / paths.CHECKPOINT_STATE).rename(aside)
    assert load(run, 2) is None
    (newest / paths.CHECKPOINT_STATE).symlink_to(aside)
    assert load(run, 2) is None
    shutil.rmtree(newest)
    shutil.copytree(run / paths.CHECKPOINTS / "1", newest)
    assert load(run, 2) is None, "the manifest is of another step"


def test_when_all_are_damaged_the_run_is_told_so(run: Path):
    for manifest in (run / paths.CHECKPOINTS).glob(f"*/{paths.MANIFEST}"):
        manifest.write_text("{}")
    with pytest.raises(CheckpointError, match=r"steps 2, 1.*Start a new run"):
        load_newest(run)


def test_a_full_disk_keeps_what_was_there(run: Path):
    """The kernel refuses to write beyond a file size, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        for step in (3, 4):
            with pytest.raises(SpaceError, match="Nothing that was saved before is lost"):
                save(run, step, groups(step, size=100_000), STATE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    found = load_newest(run)
    assert found is not None
    assert (found.step, found.damaged) == (2, ())
    assert not list((run / paths.CHECKPOINTS).glob(".*"))


def test_pruning_keeps_the_newest_two_and_the_best(run: Path):
    for step in (3, 4, 5):
        save(run, step, groups(step), STATE)
    (run / paths.CHECKPOINTS / ".6.abc.tmp").mkdir()
    prune(run, best=2)
    assert saved_steps(run) == [2, 4, 5]
    assert len(list((run / paths.CHECKPOINTS).iterdir())) == 3


def test_saving_a_step_again_keeps_a_whole_one_and_replaces_a_damaged_one(run: Path):
    for damage, kept in ((False, 2), (True, 9)):
        if damage:
            (run / paths.CHECKPOINTS / "2" / paths.CHECKPOINT_STATE).write_text("{}")
        save(run, 2, groups(9), STATE)
        found = load(run, 2)
        assert found is not None
        assert np.array_equal(found.groups["network"]["0000"], groups(kept)["network"]["0000"])


def test_a_damaged_checkpoint_is_put_aside(run: Path):
    checkpoints.quarantine(run, 2)
    assert saved_steps(run) == [1]
    assert (run / paths.CHECKPOINTS / "2.damaged").is_dir()


def test_a_state_survives_json_to_the_last_bit():
    state = RunState(
        identity="x",
        step=3,
        nats=0.1 + 0.2,
        best=Best.model_validate({"step": 1, "loss": 1.0, "word_accuracy": 1 / 3, "cer": 0.5}),
    )
    assert RunState.model_validate_json(state.model_dump_json()) == state


@pytest.mark.parametrize("count", [0, 1, 20, 39, 40, 1000])
def test_the_short_curve_ends_where_the_curve_does_and_stays_short(count: int):
    state = RunState(identity="x", curve=[0.001 * number for number in range(count)])
    assert state.short_curve[-1:] == state.curve[-1:]
    assert min(count, 20) <= len(state.short_curve) < 40
    assert set(state.short_curve) <= set(state.curve)
