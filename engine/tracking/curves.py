"""The curves of a run as moments: the figures of a step, and when it was done, in milliseconds since 1970 (UTC).

Events count seconds of work, without pauses and queueing. When a step was really done is in TensorBoard's files beside
them; a moment that is not there is placed by the end of the run, or by its last sign of life. Nothing is thinned out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError

from engine.datasets.tfrecord import records
from engine.jobs import Job, paths, read_events
from engine.jobs.records import Exit, Heartbeat, optional_record
from glyphlab_read.parsing import read_regular

_CURVES = ("train", "validation", "watched", "test")  # kinds of events
_NO_FIGURES = {"kind", "step", "seconds"}
_MOST = 500_000_000  # bytes of one of TensorBoard's files

Times = dict[tuple[str, int], float]


@dataclass(frozen=True)
class Moment:
    """Figures by name that belong to one step of one curve.

    Attributes:
        curve: `train`, `validation`, or `watched` and `test` with the dataset's name and the end of its id.
        milliseconds: when the step was done.
    """

    curve: str
    step: int
    milliseconds: int
    figures: dict[str, float]


def moments(run: Job) -> list[Moment]:
    """Return the moments of a run by step; of one that is told twice, as by a resumed run, the later holds."""
    began, times = _began(run), _wall_times(run)
    found: dict[tuple[str, int], Moment] = {}
    for event in read_events(run.folder / paths.EVENTS)[0]:
        kind, step, seconds = event.get("kind"), event.get("step"), event.get("seconds", 0)
        figures = {name: float(value) for name, value in event.items() if name not in _NO_FIGURES and _counts(value)}
        if kind not in _CURVES or not isinstance(step, int) or not figures:
            continue
        done = times.get((kind, step), began + (float(seconds) if _counts(seconds) else 0))
        curve = _curve(kind, event)
        found[curve, step] = Moment(curve, step, round(1000 * done), figures)
    return sorted(found.values(), key=lambda moment: (moment.step, moment.curve))


def _curve(kind: str, event: dict[str, Any]) -> str:
    dataset = event.get("dataset")
    return kind if dataset is None else f"{kind} {event.get('dataset_name') or ''} {str(dataset)[-6:]}"


def _counts(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _began(run: Job) -> float:
    """Return the time (s since 1970) from which seconds of work are counted, had the run never paused."""
    if end := optional_record(run.folder / paths.EXIT, Exit):
        return end.finished.timestamp() - end.seconds
    path = run.folder / paths.HEARTBEAT
    beat = optional_record(path, Heartbeat)
    try:
        return path.stat().st_mtime - beat.seconds if beat else run.created.timestamp()
    except OSError:
        return run.created.timestamp()


def _wall_times(run: Job) -> Times:
    """Return when steps were done (s since 1970) by kind and step, as TensorBoard's files have it."""
    return {
        (value.tag.partition("/")[0].partition(" ")[0], event.step): event.wall_time
        for event in _board_events(run)
        for value in event.summary.value
    }


def _board_events(run: Job) -> Iterator[Any]:
    from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]

    for path in sorted((run.folder / paths.TENSORBOARD).glob("events.out.tfevents.*")):
        try:
            for _, payload in records(read_regular(path, _MOST)):
                yield Event.FromString(payload)
        except (OSError, ValueError, DecodeError):  # the rest of a file that is cut or damaged
            continue
