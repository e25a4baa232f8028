"""TensorBoard's event files beside our own events, for those who like its charts.

They are TFRecords of protobuf messages, so that no TensorFlow is needed to write them. Ours are the truth: a resumed
run begins another file here, and TensorBoard hides the steps done twice by itself.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.compat.proto.summary_pb2 import Summary  # pyright: ignore[reportAttributeAccessIssue]

from engine.datasets.tfrecord import frame
from engine.files import space_errors
from engine.jobs import paths


class TensorBoard:
    """Writes scalars to a new event file of a run."""

    def __init__(self, run: Path) -> None:
        self._folder = run / paths.TENSORBOARD
        self._folder.mkdir(exist_ok=True)
        self._path = self._folder / f"events.out.tfevents.{time.time_ns() // 10**9}.glyphlab.{os.getpid()}"
        self._append(Event(wall_time=time.time(), file_version="brain.Event:2"))

    def scalars(self, step: int, group: str, values: Mapping[str, float]) -> None:
        """Append one point of each curve "group/name". Raises SpaceError."""
        points = [Summary.Value(tag=f"{group}/{name}", simple_value=value) for name, value in values.items()]
        self._append(Event(wall_time=time.time(), step=step, summary=Summary(value=points)))

    def _append(self, event: Event) -> None:
        with space_errors(self._folder), open(self._path, "ab") as file:
            file.write(frame(event.SerializeToString()))
