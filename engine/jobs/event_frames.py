"""The events of a run as frames, read on from where the last reading ended, for charts that follow a live run.

One `EventLog` may serve several sessions. It keeps what it read in memory and writes nothing.
"""

import math
import os
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

import pandas as pd

from engine.jobs import read_events


class EventLog:
    """The growing events file of one job."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._reset()

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return a frame for each kind of event, a row a step in order; of a step written twice the later one holds.

        Events that name a dataset have a row a step and dataset. The frames are shared: do not change them.
        """
        with self._lock:
            if self._current_inode() != self._inode:  # a resumed run replaced the file by a shorter one
                self._reset()
            events, offset = read_events(self._path, self._offset)
            if offset < self._offset:
                self._reset()
                events, offset = read_events(self._path)
            self._offset = offset
            self._add(events)
            return dict(self._frames)

    def _add(self, events: list[dict[str, Any]]) -> None:
        by_kind: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for event in events:
            by_kind[str(event.get("kind"))].append(event)
        for kind, new in by_kind.items():
            self._frames[kind] = _extended(self._frames.get(kind), new)

    def _reset(self) -> None:
        self._inode = self._current_inode()
        self._offset = 0
        self._frames: dict[str, pd.DataFrame] = {}

    def _current_inode(self) -> int:
        try:
            return os.stat(self._path, follow_symlinks=False).st_ino
        except OSError:
            return 0


def _extended(frame: pd.DataFrame | None, events: list[dict[str, Any]]) -> pd.DataFrame:
    """Return a new frame with more events; numbers that are missing are NaN."""
    past = 0 if frame is None else len(frame)
    known = [{name: math.nan if value is None else value for name, value in event.items()} for event in events]
    new = pd.DataFrame(known)
    steps = [event.get("step") for event in events]
    new["step"] = [step if isinstance(step, int) else past + place for place, step in enumerate(steps)]
    if "dataset" in new:
        new["dataset"] = new["dataset"].map(str)
    joined = new if frame is None else pd.concat([frame, new], ignore_index=True)
    goes_on = frame is None or new["step"].iloc[0] > frame["step"].iloc[-1]
    if goes_on and new["step"].is_monotonic_increasing and new["step"].is_unique:
        return joined
    same = [name for name in ("step", "dataset") if name in joined]
    return joined.drop_duplicates(same, keep="last").sort_values("step", kind="stable", ignore_index=True)
