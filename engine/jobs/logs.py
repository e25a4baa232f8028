"""The log of a job: the format of its lines, and its last lines as a page may show them.

The log is the standard error of the runner and the worker. Through `logging` they write the phases, notes, checkpoints,
bundles, scores and the end of the job to it, each with its time; libraries write to it as they like. It is untrusted
text: pages show it as text only, and this module interprets nothing in it.
"""

import logging
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.formatting import decimal, percent, percents, size
from engine.jobs import paths
from glyphlab_read.processes import write_to_any_terminal

LARGEST = 20_000_000  # bytes of a log before its older part is dropped
_KEPT = 1_000_000
_DROPPED = "… earlier lines were dropped …\n"
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def start_logging() -> None:
    """Write what the engine logs in this process to standard error: time in UTC, level and message in a line."""
    write_to_any_terminal()
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logger = logging.getLogger("engine")  # not the root: the learning libraries have a logging of their own
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO)


def event_line(event: Mapping[str, Any]) -> str | None:
    """Return the line of the log for an event; None for kinds that come too often to be read."""
    text, seconds = "", decimal(event.get("write_seconds"), 2, "s")
    match event.get("kind"):
        case "note":
            text = str(event.get("text", ""))
        case "checkpoint":
            text = f"Checkpoint written: {size(event.get('bytes'))} in {seconds}"
        case "bundle":
            alike = _alike(event)
            text = f"Bundle exported in {seconds}: {alike}{'' if event.get('counts') else ', too few to be used'}"
        case "validation":
            text = f"Validation: {_score(event)}, loss {decimal(event.get('loss'))}"
        case "watched" | "test" as kind:
            images = "Test images" if kind == "test" else "Images"
            text = f"{images} of {event.get('dataset_name') or event.get('dataset')!r}: {_score(event)}"
    step = event.get("step")
    return f"Step {step:,}: {text}" if text and step else text or None


def _alike(event: Mapping[str, Any]) -> str:
    if "same_boxes" in event:
        return f"finds the same in {event['same_boxes']} of {event.get('images')} photos as the network does"
    return f"reads {event.get('same_strings')} of {event.get('images')} samples as the network does"


def _score(event: Mapping[str, Any]) -> str:
    if "h_mean" in event:
        return (
            f"H-mean {percent(event['h_mean'])}, precision {percent(event.get('precision'))}, "
            f"recall {percent(event.get('recall'))}"
        )
    words = percents(event.get("word_accuracy"), event.get("word_accuracy_alone"))
    return f"word accuracy {words}, CER {percents(event.get('cer'), event.get('cer_alone'))}"


def tail_log(folder: Path, limit: int = 20_000) -> str:
    """Return the last whole lines of a job's log, at most `limit` bytes; a missing log is empty.

    Terminal codes, control and direction characters are taken out, and of a line that was redrawn in place (a
    progress bar) only the last drawing stays.
    """
    try:
        content = _tail(folder / paths.LOG, limit)
    except OSError:
        return ""
    text = _ESCAPES.sub("", content.decode("utf-8", "replace")).replace("\r\n", "\n")
    return "\n".join(_CONTROLS.sub("", line.rstrip("\r").rpartition("\r")[2]) for line in text.split("\n"))


def trim_log(folder: Path) -> None:
    """Drop the older part of a log over 20 MB; its writers append, so they go on undisturbed."""
    path = folder / paths.LOG
    if path.stat().st_size <= LARGEST:
        return
    kept = _tail(path, _KEPT)
    os.truncate(path, 0)
    with open(path, "ab") as file:
        file.write(_DROPPED.encode() + kept)


def _tail(path: Path, limit: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        start = max(0, os.fstat(descriptor).st_size - limit)
        file.seek(start)
        content = file.read(limit)
    return content.partition(b"\n")[2] if start else content
