"""The transcribe job: every image of a folder or zip file read once, with a row for each in events and tables.

A stopped job goes on where it was, unless its run has exported a better bundle since: then that one reads all images
again. An image that cannot be read has a row that says why. Labels beside the images are ignored; evaluations use them.
"""

import csv
import io
import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

from PIL import Image

from engine.config.reading import TranscribeConfig
from engine.errors import ImageError, SourceError
from engine.files import write_bytes
from engine.images.blank import BLANK
from engine.images.open import MAX_BYTES, open_image
from engine.jobs import paths, read_events
from engine.jobs.context import JobContext
from engine.reading.bundle import Bundle, newest_bundle
from engine.reading.reader import BATCH, Reader
from engine.reading.results import Reading
from engine.sources.image_index import ImageIndex
from engine.sources.locate import delete_upload, open_source
from engine.sources.spreadsheet import escape_formula
from engine.sources.tree import Tree

COLUMNS = ("image", "text", "confidence", "weakest", "problem")
EVENT = "reading"
_MOST_PIXELS = 50_000_000  # held in memory at once

_Opened = tuple[str, Image.Image | None, str]
"""Name, image, problem; the image is None where a problem kept it from being opened."""


def work(config: TranscribeConfig, job: JobContext) -> None:
    """Read the source of a config, and write the tables into the folder of a job.

    Raises:
        BundleError: there is no such reader.
        SourceError: the source is not there, not allowed, not safe, or holds no image.
        SpaceError: the disk is full.
        Stopped: the user asked; the rows so far are kept.
    """
    job.phase("opening")
    bundle = newest_bundle(job.workspace, config.run)
    with open_source(job.workspace, config.source) as tree:
        names = ImageIndex(member.name for member in tree.members).names
        if not names:
            raise SourceError(f"{tree.title!r} holds no images. Choose one with PNG, JPEG or TIFF images.")
        done = _resume(job, bundle)
        job.summary(run=config.run, step=bundle.manifest.step, source=tree.title, images=len(names))
        job.phase("reading")
        reader = Reader.open(bundle.folder, job.workspace, threads=os.cpu_count() or 1)
        _read(tree, names, done, reader, config.beam, job)
    job.phase("writing the tables")
    rows = [row for row in read_events(job.folder / paths.EVENTS)[0] if row.get("kind") == EVENT]
    write_bytes(job.folder / paths.READINGS_CSV, _csv(rows))
    write_bytes(job.folder / paths.READINGS_JSON, _json(rows))
    unread = sum(1 for row in rows if row["problem"])
    job.summary(unread=unread, images_per_second=round(len(rows) / max(job.seconds, 1e-3), 1))
    if config.upload is not None:
        delete_upload(job.workspace, config.upload)


def _resume(job: JobContext, bundle: Bundle) -> int:
    """Return the number of images that this very bundle has read already; rows of another bundle are dropped."""
    before = [event for event in read_events(job.folder / paths.EVENTS)[0] if event.get("kind") == EVENT]
    if before and before[-1].get("by") == bundle.manifest.step:
        return int(before[-1]["step"])
    job.truncate_events(-1)
    return 0


def _read(tree: Tree, names: Sequence[str], done: int, reader: Reader, beam: int, job: JobContext) -> None:
    for batch in _batches(tree, names[done:]):
        readings = iter(reader.read([image for _, image, _ in batch if image is not None], beam))
        for name, image, problem in batch:
            done += 1
            reading = None if image is None else next(readings)
            fields, problem = _fields(reading), BLANK if reading is not None and reading.blank else problem
            job.event(EVENT, done, by=reader.manifest.step, image=name, **fields, problem=problem)
        job.advance(done, len(names), "images")


def _batches(tree: Tree, names: Sequence[str]) -> Iterator[list[_Opened]]:
    """Yield images in batches small enough to be held in memory."""
    batch: list[_Opened] = []
    pixels = 0
    for name in names:
        batch.append(_open(tree, name))
        image = batch[-1][1]
        pixels += image.width * image.height if image is not None else 0
        if len(batch) == BATCH or pixels > _MOST_PIXELS:
            yield batch
            batch, pixels = [], 0
    if batch:
        yield batch


def _open(tree: Tree, name: str) -> _Opened:
    try:
        return name, open_image(tree.read(name, MAX_BYTES)), ""
    except ImageError as error:
        return name, None, str(error)
    except OSError as error:
        return name, None, f"It cannot be read ({error.strerror or error}). Check the file."


def _fields(reading: Reading | None) -> dict[str, Any]:
    """Return a row's values; confidences are 0…1 with four digits."""
    if reading is None:
        return {"text": "", "confidence": None, "weakest": None, "characters": []}
    return {
        "text": reading.text,
        "confidence": round(reading.confidence, 4),
        "weakest": round(reading.weakest, 4),
        "characters": [[one.char, round(one.confidence, 4)] for one in reading.characters],
    }


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (row[column] for column in COLUMNS)
        writer.writerow([escape_formula(cell) if isinstance(cell, str) else cell for cell in cells])
    return buffer.getvalue().encode()


def _json(rows: Sequence[dict[str, Any]]) -> bytes:
    table = [{name: row[name] for name in (*COLUMNS, "characters")} for row in rows]
    return json.dumps(table, ensure_ascii=False, indent=1).encode()
