"""The transcribe job: every image of a folder or zip file read once, with a row for each in events and tables.

A stopped job keeps the rows of images that are still there byte for byte, reads the others, and says what changed. If
its run has exported a better bundle since, that one reads all images again. An image that cannot be read has a row that
says why. Labels beside the images are ignored; evaluations use them. An uploaded archive stays in the folder of the
transcript, where its images are labelled or read again. Images that have labels in another transcript begin with them.
"""

import contextlib
import csv
import io
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, NamedTuple

from PIL import Image

from engine.config.reading import TranscribeConfig
from engine.errors import ImageError, SourceError, UnsafeSourceError
from engine.files import write_bytes
from engine.formatting import count
from engine.jobs import paths, read_events
from engine.jobs.context import JobContext
from engine.reading.bundle import newest_bundle, open_reader
from engine.sources.encodings import question
from engine.sources.image_index import ImageIndex
from engine.sources.labelling import READING, give_labels, labels_by_content, last_said
from engine.sources.locate import delete_upload, keep_upload, open_source
from engine.sources.spreadsheet import READINGS, escape_formula
from engine.sources.tree import Tree, closed_folders
from glyphlab_read.images.blank import BLANK
from glyphlab_read.images.open import MAX_BYTES, open_image
from glyphlab_read.reading.bundle import Bundle
from glyphlab_read.reading.onnx_network import BATCH
from glyphlab_read.reading.reader import Reader
from glyphlab_read.reading.results import Reading

COLUMNS = READINGS
EVENT = READING
_MOST_PIXELS = 50_000_000  # held in memory at once


class _Opened(NamedTuple):
    """An image by its name, with the SHA-256 of its file; None where a problem kept it from being opened."""

    name: str
    sha256: str
    image: Image.Image | None
    problem: str


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
    with _opened(config, job) as tree:
        names = ImageIndex(member.name for member in tree.members).names
        if not names:
            raise SourceError(f"{tree.title!r} holds no images. Choose one with PNG, JPEG or TIFF images.")
        if undecoded := [tree.undecoded[name] for name in names if name in tree.undecoded]:
            asked = question(undecoded)
            job.event("note", None, text=str(asked))
            job.summary(names=asked.reason)
        done = _resume(job, bundle, tree, names)
        if closed := closed_folders(tree):
            job.event("note", None, text=closed)
        job.summary(run=config.run, step=bundle.manifest.step, source=tree.title, images=len(names))
        job.phase("reading")
        reader = open_reader(bundle.folder, job.workspace, threads=len(os.sched_getaffinity(0)))
        _read(tree, names, done, reader, config.beam, job)
    _carry_labels(job)
    job.phase("writing the tables")
    by_name = {row["image"]: row for row in _rows(job)}
    rows = [by_name[name] for name in names]
    write_bytes(job.folder / paths.READINGS_CSV, _csv(rows))
    write_bytes(job.folder / paths.READINGS_JSON, _json(rows))
    unread = sum(1 for row in rows if row["problem"])
    job.summary(unread=unread, images_per_second=round(len(rows) / max(job.seconds, 1e-3), 1))


@contextlib.contextmanager
def _opened(config: TranscribeConfig, job: JobContext) -> Iterator[Tree]:
    """Open the source, whose archive is kept first; an upload that turns out to be unsafe is deleted everywhere."""
    try:
        with open_source(job.workspace, keep_upload(job.workspace, config, job.folder)) as tree:
            yield tree
    except UnsafeSourceError:
        shutil.rmtree(job.folder / paths.IMAGES, ignore_errors=True)
        if config.upload is not None:
            delete_upload(job.workspace, config.upload)
        raise


def _carry_labels(job: JobContext) -> None:
    """Take over the labels that the same images have in other transcripts, where nobody said anything here."""
    known, own = labels_by_content(job.workspace), last_said(job.folder)
    rows = ((str(row["image"]), known.get(row["sha256"])) for row in _rows(job) if row.get("sha256"))
    found = [replace(label, image=image) for image, label in rows if label is not None and image not in own]
    if found:
        give_labels(job.folder, found)
        job.event("note", None, text=f"{count(len(found), 'images')} had labels already, which hold here, too.")


def _rows(job: JobContext) -> list[dict[str, Any]]:
    return [event for event in read_events(job.folder / paths.EVENTS)[0] if event.get("kind") == EVENT]


def _resume(job: JobContext, bundle: Bundle, tree: Tree, names: Sequence[str]) -> set[str]:
    """Return the images that this very bundle has read already and that did not change since; drop all other rows."""
    before = [row for row in _rows(job) if row.get("by") == bundle.manifest.step and row.get("sha256")]
    there = set(names)
    kept = [row for row in before if row["image"] in there and _file_hash(tree, row["image"]) == row["sha256"]]
    if job.resuming and len(kept) < len(before):
        known = {row["image"] for row in before}
        gone = len(known.difference(names))
        _tell_change(job, gone, len(before) - len(kept) - gone)
    if len(kept) < len(_rows(job)):
        job.truncate_events(-1)
        for done, row in enumerate(kept, 1):
            fields = {name: value for name, value in row.items() if name not in ("kind", "step", "seconds")}
            job.event(EVENT, done, **fields)
    return {row["image"] for row in kept}


def _tell_change(job: JobContext, gone: int, changed: int) -> None:
    parts = [f"{count(number, 'images')} {what}" for number, what in ((gone, "gone"), (changed, "changed")) if number]
    text = f"The source changed since this began: {' and '.join(parts)}. What is there now is what the tables hold."
    job.event("note", None, text=text)
    job.summary(changed=text)


def _read(tree: Tree, names: Sequence[str], done: set[str], reader: Reader, beam: int, job: JobContext) -> None:
    number = len(done)
    for batch in _batches(tree, [name for name in names if name not in done]):
        readings = iter(reader.read_many([one.image for one in batch if one.image is not None], beam))
        for one in batch:
            number += 1
            reading = None if one.image is None else next(readings)
            problem = BLANK if reading is not None and reading.blank else one.problem
            about = {"by": reader.manifest.step, "image": one.name, "sha256": one.sha256}
            job.event(EVENT, number, **about, **_fields(reading), problem=problem)
        job.advance(number, len(names), "images")


def _batches(tree: Tree, names: Sequence[str]) -> Iterator[list[_Opened]]:
    """Yield images in batches small enough to be held in memory."""
    batch: list[_Opened] = []
    pixels = 0
    for name in names:
        batch.append(_open(tree, name))
        image = batch[-1].image
        pixels += image.width * image.height if image is not None else 0
        if len(batch) == BATCH or pixels > _MOST_PIXELS:
            yield batch
            batch, pixels = [], 0
    if batch:
        yield batch


def _open(tree: Tree, name: str) -> _Opened:
    digest = ""
    try:
        content = tree.read(name, MAX_BYTES)
        digest = sha256(content).hexdigest()
        return _Opened(name, digest, open_image(content), "")
    except ImageError as error:
        return _Opened(name, digest, None, str(error))
    except OSError as error:
        return _Opened(name, digest, None, f"It cannot be read ({error.strerror or error}). Check the file.")


def _file_hash(tree: Tree, name: str) -> str:
    try:
        return sha256(tree.read(name, MAX_BYTES)).hexdigest()
    except OSError:
        return ""


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
