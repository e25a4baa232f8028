"""Jobs: long work as a folder and a detached process, and all that pages and commands may do with one.

Light: no work is done here, and no work module is imported. See control.py for starting and stopping, job.py for
reading, notes.py for names, tags and notes, trash.py for deleting, context.py for the object that the work is handed.
"""

from engine.jobs.context import Diverged, JobContext, Stopped, metered
from engine.jobs.control import check_launch, launch, resume, stop
from engine.jobs.devices import Device, available_devices, default_device, joint_devices, overlap
from engine.jobs.events import read_events
from engine.jobs.job import Job, find_live, list_jobs, load_job
from engine.jobs.kinds import KINDS, Kind, kind_of
from engine.jobs.logs import tail_log
from engine.jobs.notes import annotate, tag
from engine.jobs.queue import move, queued
from engine.jobs.records import Notes, Progress
from engine.jobs.states import State
from engine.jobs.trash import erase, restore, trash, trashed

__all__ = [
    "KINDS",
    "Device",
    "Diverged",
    "Job",
    "JobContext",
    "Kind",
    "Notes",
    "Progress",
    "State",
    "Stopped",
    "annotate",
    "available_devices",
    "check_launch",
    "default_device",
    "erase",
    "find_live",
    "joint_devices",
    "kind_of",
    "launch",
    "list_jobs",
    "load_job",
    "metered",
    "move",
    "overlap",
    "queued",
    "read_events",
    "restore",
    "resume",
    "stop",
    "tag",
    "tail_log",
    "trash",
    "trashed",
]
