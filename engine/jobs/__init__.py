"""Jobs: long work as a folder and a detached process, and all that pages and commands may ask of one.

Light: no work is done here, and no work module is imported. See control.py for starting and stopping, job.py for
reading, context.py for what the work itself is handed.
"""

from engine.jobs.context import Diverged, JobContext, Stopped
from engine.jobs.control import launch, resume, stop, trash
from engine.jobs.devices import Device, available_devices, default_device
from engine.jobs.events import read_events
from engine.jobs.job import Job, find_live, list_jobs, load_job
from engine.jobs.kinds import KINDS, Kind, kind_of
from engine.jobs.logs import tail_log
from engine.jobs.records import Progress
from engine.jobs.states import State

__all__ = [
    "KINDS", "Device", "Diverged", "Job", "JobContext", "Kind", "Progress", "State", "Stopped", "available_devices",
    "default_device", "find_live", "kind_of", "launch", "list_jobs", "load_job", "read_events", "resume", "stop",
    "tail_log", "trash",
]  # fmt: skip
