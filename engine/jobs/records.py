"""Records of a job's small files: their fields, and how to read them without trusting them; `paths` names the files.

Anyone may have put anything into a folder, so links are not followed, only regular files of at most 8 MB are read, and
every field and the checksum are checked. This module draws no conclusion from what it reads (states.py does) and locks
nothing.
"""

import functools
import time
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import psutil
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, ValidationError

from engine.files import check_seal, unsealed
from glyphlab_read.parsing import read_regular

FORMAT = 1
_LARGEST = 8 * 2**20  # bytes; a recipe with hundreds of sources has a few hundred kB

Reason = Literal["finished", "stopped", "failed", "diverged", "no_space", "out_of_memory", "killed"]

_FORMER_KINDS = {"preflight": "trial", "preflight-locator": "trial-locator"}


class Record(BaseModel):
    """Base of the records: frozen, and open to fields that a later version adds."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    def plain(self) -> dict[str, Any]:
        """Return the fields as JSON types."""
        return self.model_dump(mode="json")


class JobRecord(Record):
    """The identity of a job. Written before its folder becomes visible, and never changed.

    `number` counts the jobs of a collection; it is not given again while a later one is there. `group` is the same word
    for jobs that were started together, to be compared. Older versions had neither,
    and other names of some kinds.
    """

    format: Literal[1] = FORMAT
    id: str
    number: int | None = None
    kind: Annotated[str, AfterValidator(lambda kind: _FORMER_KINDS.get(kind, kind))]
    name: str
    created: AwareDatetime
    device: str | None
    group: str | None = None


class Identity(Record):
    """A process id with its start time (s since 1970), which tells it from a later process with the same id."""

    pid: int
    created: float


class ProcessRecord(Record):
    """The processes of a job; for display and diagnosis, never to send signals by.

    `queue` names what the runner waits for: the jobs whose results it needs ("inputs"), its turn on the device
    ("device"), a place on a cluster for the worker that it started ("cluster"), or nothing. `node` is the name of the
    machine on which the worker runs, and `worker_boot_id` that machine's boot; older versions had neither.
    """

    boot_id: str
    runner: Identity
    worker: Identity | None = None
    queue: Literal["inputs", "device", "cluster"] | None = None
    node: str = ""
    worker_boot_id: str | None = None


class Turn(Record):
    """The turn that a user gave a waiting job: it goes before those with a later one, or made later (s since 1970)."""

    turn: float


class Heartbeat(Record):
    """The worker's sign of life: the monotonic clock of its boot, and the seconds worked since the job first began.

    `time` (s since 1970) is for readers on other machines; older versions did not have it.
    """

    boot_id: str
    monotonic: float
    seconds: float
    time: float | None = None


class Progress(Record):
    """The progress of a job: `rate` in units per second, `monotonic` when `done` last grew, in s since boot.

    `time` is when it last grew in s since 1970, for readers on other machines. Where other jobs do the work, both are
    when the job last looked.
    """

    phase: str = ""
    done: int | float | None = None
    total: int | float | None = None
    unit: str = ""
    rate: float | None = None
    eta_seconds: float | None = None
    note: str = ""
    boot_id: str = ""
    monotonic: float = 0.0
    time: float | None = None
    slowest_seconds: float = 0.0


class Exit(Record):
    """The end of a job. `seconds` counts from the job's first start, over all resumes, without the pauses."""

    reason: Reason
    message: str = ""
    exit_code: int | None = None
    signal: int | None = None
    finished: AwareDatetime
    seconds: float = 0.0


class Notes(Record):
    """Name, tags and note that users gave a job. An empty name stands for the one it was launched with."""

    name: str = ""
    tags: tuple[str, ...] = ()
    text: str = ""
    starred: bool = False
    archived: bool = False


AnyRecord = TypeVar("AnyRecord", bound=Record)


def read_plain(path: Path) -> bytes:
    """Return the bytes of a regular file of at most 8 MB. Raises as `read_regular` does."""
    return read_regular(path, _LARGEST)


def read_record(path: Path, cls: type[AnyRecord]) -> AnyRecord:
    """Read one record. Raises OSError when it cannot be read, ValueError with a short reason when it is faulty."""
    content = read_plain(path)
    try:
        check_seal(content)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    try:
        return cls.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise ValueError(f"{path.name}: {place + ': ' if place else ''}{fault['msg'][:120]}") from None


def optional_record(path: Path, cls: type[AnyRecord]) -> AnyRecord | None:
    """Read one record that may be missing or faulty: None then."""
    try:
        return read_record(path, cls)
    except (OSError, ValueError):
        return None


def read_object(path: Path) -> dict[str, Any]:
    """Read a JSON object of any fields. Raises as `read_record` does."""
    content = read_plain(path)
    try:
        value = unsealed(content)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    if not isinstance(value, dict):
        raise ValueError(f"{path.name} is no JSON object")
    return value


def optional_object(path: Path) -> dict[str, Any]:
    """Read a JSON object that may be missing or faulty: empty then."""
    try:
        return read_object(path)
    except (OSError, ValueError):
        return {}


@functools.cache
def boot_id() -> str:
    """Return an id of this boot of the machine; monotonic clocks compare only within one boot."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return str(int(psutil.boot_time()))


def identity() -> Identity:
    """Return this process's identity."""
    process = psutil.Process()
    return Identity(pid=process.pid, created=process.create_time())


def is_alive(process: Identity | None, boot: str) -> bool:
    """Say whether the very process of an identity is there; for display, never to send signals by."""
    if process is None or boot != boot_id():
        return False
    try:
        there = psutil.Process(process.pid)
        return there.create_time() == process.created and there.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError):
        return False


def age(record: Heartbeat | Progress) -> float | None:
    """Return the seconds since the moment that a record tells, never negative; None where it tells none.

    Of one that another machine wrote, or this one before it was started again, by the clocks on the wall.
    """
    if record.boot_id == boot_id():
        return max(0.0, time.monotonic() - record.monotonic)
    return None if record.time is None else max(0.0, time.time() - record.time)
