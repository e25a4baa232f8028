"""The events of a run as frames, read on from where the last look ended, for charts that follow a live run.

One `EventLog` may serve several sessions. It keeps what it read in memory and writes nothing.
"""

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
        self._forget()

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return a frame for each kind of event, a row a step in order; of a step written twice the later one holds.

        The frames are shared: do not change them.
        """
        with self._lock:
            if self._file() != self._inode:  # a resumed run replaced the file by a shorter one
                self._forget()
            events, offset = read_events(self._path, self._offset)
            if offset < self._offset:
                self._forget()
                events, offset = read_events(self._path)
            self._offset = offset
            self._add(events)
            return dict(self._frames)

    def _add(self, events: list[dict[str, Any]]) -> None:
        kinds = set()
        for event in events:
            kind, step = str(event.get("kind")), event.get("step")
            self._rows[kind][step if isinstance(step, int) else len(self._rows[kind])] = event
            kinds.add(kind)
        for kind in kinds:
            rows = self._rows[kind]
            self._frames[kind] = pd.DataFrame([rows[step] for step in sorted(rows)])

    def _forget(self) -> None:
        self._inode = self._file()
        self._offset = 0
        self._rows: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
        self._frames: dict[str, pd.DataFrame] = {}

    def _file(self) -> int:
        try:
            return os.stat(self._path, follow_symlinks=False).st_ino
        except OSError:
            return 0
