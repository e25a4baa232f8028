"""Checkpoints: all that a run needs to go on as if it had never stopped.

    runs/<id>/checkpoints/<step>/
    ├── network.safetensors      weights, running means, random states
    ├── optimiser.safetensors    the optimiser's numbers
    ├── state.json               where the run stands
    └── manifest.json            sizes and SHA-256 of the others; written last

A checkpoint is visible only when complete, and used only when every byte is as written; a damaged one is passed over
for the one before. `RunState` is what state.json holds. This module knows no network and decides no moment to save.
"""

import hashlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError

from engine.errors import CheckpointError
from engine.files import new_folder, read_json, sha256, write_json
from engine.jobs import paths
from glyphlab_read.parsing import parse_json

KEPT = 2
_FORMAT = 1

Groups = dict[str, dict[str, npt.NDArray[Any]]]


@dataclass(frozen=True)
class Checkpoint:
    """One checkpoint, read and checked.

    Attributes:
        step: the run's step.
        groups: the tensors by group ("network", "optimiser") and name.
        state: where the run stands, as JSON types.
        damaged: steps of newer checkpoints that were passed over.
    """

    step: int
    groups: Groups
    state: dict[str, Any]
    damaged: tuple[int, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    bytes: int
    sha256: str


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    format: int
    step: int
    files: dict[Annotated[str, Field(pattern=r"^[a-z]+\.(safetensors|json)$")], _File]


class Best(BaseModel):
    """The best validation so far: its step, its loss, and its metrics by name (`word_accuracy`, `cer`)."""

    model_config = ConfigDict(frozen=True, extra="allow")

    step: int
    loss: float

    @property
    def metrics(self) -> dict[str, Any]:
        """All figures but the step."""
        return self.model_dump(exclude={"step"})


class RunState(BaseModel):
    """The state of a run beside its tensors: all that the loop's later decisions depend on. Changed as the loop goes.

    Attributes:
        identity: hash of config and datasets, which must not change between start and resume.
        step: steps done.
        planned_steps: the run's length, once it is known.
        planned_again: whether that is of the pace after the first epoch.
        nats, characters: sums of loss and of its weight since the curve's last point.
        best: the best validation.
        stale: validations since the best one.
        precision, backend, fresh: number format and Keras backend that it computes with, and whether it draws new
            images in every epoch; None in those of older versions.
        charset: the characters that its reader writes; None for a locator, and in those of older versions.
        batch, steps_per_epoch: images per step, and the steps of an epoch with these; None in those of older versions.
        ahead: steps by which the epochs are further than `step`, since the batch was halved.
        bundle_step: the newest bundle that counts. Not stored, as the clock decides when one is made: two runs that
            learn the same are to have the same checkpoints.
        last: the last figures of the curves, for lists.
        curve: the first metric at each validation, for the small curves of lists.
    """

    model_config = ConfigDict(extra="forbid")

    identity: str
    step: int = 0
    planned_steps: int | None = None
    planned_again: bool = False
    nats: float = 0.0
    characters: float = 0.0
    best: Best | None = None
    stale: int = 0
    precision: str | None = None
    backend: str | None = None
    fresh: bool | None = None
    charset: str | None = None
    batch: int | None = None
    steps_per_epoch: int | None = None
    ahead: int = 0
    bundle_step: int | None = Field(default=None, exclude=True)
    last: dict[str, Any] = Field(default_factory=dict)
    curve: list[float] = Field(default_factory=list)

    @property
    def position(self) -> int:
        """The step of the epochs that is done: the number that it would have with the present batch from the start."""
        return self.step + self.ahead

    def count_epochs_by(self, steps: int) -> None:
        """Go on with a batch of which an epoch takes so many steps: where the epochs stand, and to their end."""
        former = self.steps_per_epoch or steps
        self.steps_per_epoch = steps
        if former == steps:
            return
        self.ahead = self.position * steps // former - self.step
        if self.planned_steps is not None:
            self.planned_steps = self.step - (self.step - self.planned_steps) * steps // former
        self.planned_again = False  # where minutes limit the run, its pace is another now

    @property
    def short_curve(self) -> list[float]:
        """The curve, evenly thinned to fewer than forty points, the newest among them."""
        newest_first = self.curve[::-1][:: max(1, len(self.curve) // 20)]
        return newest_first[::-1]


def save(run: Path, step: int, groups: Groups, state: dict[str, Any]) -> int:
    """Write the checkpoint of a step and return its bytes; a whole one that is there already stays, being the same.

    Raises:
        SpaceError: the disk is full; every earlier checkpoint is untouched.
    """
    final = run / paths.CHECKPOINTS / str(step)
    final.parent.mkdir(exist_ok=True)
    if load(run, step) is not None:
        return sum(path.stat().st_size for path in final.iterdir())
    discard(final)
    with new_folder(final) as folder:
        for name, tensors in groups.items():
            (folder / f"{name}.safetensors").write_bytes(safetensors.numpy.save(tensors))
        write_json(folder / paths.CHECKPOINT_STATE, state, checksum=False)
        files = {path.name: {"bytes": path.stat().st_size, "sha256": sha256(path)} for path in sorted(folder.iterdir())}
        write_json(folder / paths.MANIFEST, {"format": _FORMAT, "step": step, "files": files})
    return sum(path.stat().st_size for path in final.iterdir())


def load_newest(run: Path) -> Checkpoint | None:
    """Return the newest whole checkpoint of a run; None where none was ever written.

    Raises:
        CheckpointError: there are checkpoints, and every one is damaged.
    """
    damaged: list[int] = []
    for step in reversed(saved_steps(run)):
        found = load(run, step)
        if found is not None:
            return replace(found, damaged=tuple(damaged))
        damaged.append(step)
    if damaged:
        raise CheckpointError(
            f"All checkpoints of this run are damaged (steps {', '.join(map(str, damaged))}), so it cannot go on. "
            "Start a new run with the same config; bundles already exported still read."
        )
    return None


def load(run: Path, step: int) -> Checkpoint | None:
    """Return the checkpoint of a step; None where there is none, or a damaged one."""
    try:
        groups, state = _load(run / paths.CHECKPOINTS / str(step), step)
    except (OSError, ValueError, SafetensorError, ValidationError):
        return None
    return Checkpoint(step, groups, state)


def newest_state(run: Path) -> dict[str, Any]:
    """Return where the newest checkpoint with a whole state stands, its tensors unread; empty where there is none."""
    for step in reversed(saved_steps(run)):
        folder = run / paths.CHECKPOINTS / str(step)
        try:
            files = _Manifest.model_validate(read_json(folder / paths.MANIFEST)).files
            return parse_json(_checked(folder / paths.CHECKPOINT_STATE, files[paths.CHECKPOINT_STATE]))
        except (OSError, KeyError, ValueError):
            continue
    return {}


def saved_steps(run: Path) -> list[int]:
    """Return the steps of a run's checkpoints, damaged ones too, rising."""
    return numbered(run / paths.CHECKPOINTS)


def numbered(folder: Path) -> list[int]:
    """Return the names below a folder that are numbers, rising; none where there is no folder."""
    if not folder.is_dir():
        return []
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdecimal() and not path.is_symlink())


def prune(run: Path, best: int | None) -> None:
    """Delete all but the newest checkpoints and the best one, and what a killed run left half written."""
    kept = {*saved_steps(run)[-KEPT:], best}
    for step in saved_steps(run):
        if step not in kept:
            discard(run / paths.CHECKPOINTS / str(step))
    sweep(run / paths.CHECKPOINTS)


def quarantine(run: Path, step: int) -> None:
    """Put a damaged checkpoint aside, for whoever wants to know what became of it."""
    folder = run / paths.CHECKPOINTS / str(step)
    aside = folder.with_name(f"{step}.damaged")
    shutil.rmtree(aside, ignore_errors=True)
    folder.rename(aside)


def keep_newest(folder: Path, count: int) -> None:
    """Delete all numbered folders below `folder` but the `count` highest."""
    for step in numbered(folder)[:-count]:
        discard(folder / str(step))


def discard(folder: Path) -> None:
    """Delete a folder whose name counts, in one move: it is renamed first, so that no reader sees half of it."""
    if folder.is_dir():
        doomed = folder.with_name(f".{folder.name}.doomed.tmp")
        shutil.rmtree(doomed, ignore_errors=True)
        folder.rename(doomed)
        shutil.rmtree(doomed)


def sweep(folder: Path) -> None:
    """Delete what killed writers left below `folder`; to be called by its only writer."""
    for path in folder.glob(".*.tmp"):
        shutil.rmtree(path, ignore_errors=True)


def _load(folder: Path, step: int) -> tuple[Groups, dict[str, Any]]:
    """Read a checkpoint. Raises OSError, ValueError, SafetensorError or ValidationError when it is damaged."""
    manifest = _Manifest.model_validate(read_json(folder / paths.MANIFEST))
    if manifest.format != _FORMAT or manifest.step != step or paths.CHECKPOINT_STATE not in manifest.files:
        raise ValueError("the manifest is of another step or format")
    content = {name: _checked(folder / name, file) for name, file in manifest.files.items()}
    groups = {
        name.removesuffix(".safetensors"): _tensors(safetensors.numpy.load(raw))
        for name, raw in content.items()
        if name.endswith(".safetensors")
    }
    return groups, parse_json(content[paths.CHECKPOINT_STATE])


def _checked(path: Path, file: _File) -> bytes:
    if path.is_symlink() or path.stat().st_size != file.bytes:
        raise ValueError(f"{path.name} is cut, or a link")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise ValueError(f"{path.name} was changed")
    return content


def _tensors(loaded: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    return {name: np.array(tensor) for name, tensor in loaded.items()}
