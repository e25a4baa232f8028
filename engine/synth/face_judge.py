"""Judging of the faces of font packs; run as a program by `face_check`, with processes of its own.

A face is left out that opens badly, has letters of one case only, or is hardly read: the starter reads a fixed set of
words in it, those that it has the glyphs for. Faces of other scripts are not read. One that lacks a glyph or draws two
letters alike stays, and is left out of the texts that would show it (`fonts.why_left_out`), as any font is.
"""

import functools
import logging
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from engine.formatting import count
from engine.synth import glyphs
from engine.synth.face_verdicts import FaceVerdict, keep_verdicts, verdicts_of
from engine.synth.font_packs import installed_packs
from engine.synth.font_validation import font_facts
from engine.synth.fonts import ONE_CASE, Font
from engine.synth.glyph_size import HIGHEST, WIDEST
from engine.synth.glyphs import only_case
from engine.workspace import Workspace
from glyphlab_read.processes import die_with, helpers_die_with_this
from glyphlab_read.reading.reader import Reader

WORDS = (
    *("Garden", "market", "HOTEL", "quick", "Vision", "bridge", "Juice", "2047", "COFFEE", "yellow", "Fixed"),
    *("paper", "8153", "Window", "zebra", "KNIGHT"),
)
"""The words that the starter reads in each face; case does not count."""

LEAST_READ = 0.3
"""Share of the words under which a face is left out."""

_SIZE, _EDGE = 40, 8  # px
_CHUNK = 6  # faces that a process is given at once
_KEPT_EACH = 1.0  # s, which is what an end before the last costs, and how often who waits sees progress


def main() -> None:
    """Check the packs that the arguments name, after a workspace's root; keep verdicts as they come."""
    root, *names = sys.argv[1:]
    workspace, packs = Workspace(Path(root)), installed_packs()
    faces = [face for name in names if name in packs for face in packs[name].faces]
    known = verdicts_of(workspace, faces)
    unknown = [face for face in faces if face not in known]
    chunks = [unknown[start : start + _CHUNK] for start in range(0, len(unknown), _CHUNK)]
    found: dict[Font, FaceVerdict] = {}
    kept = time.monotonic()
    for chunk, verdicts in _judged(chunks):
        found |= zip(chunk, verdicts, strict=True)
        if time.monotonic() > kept + _KEPT_EACH:
            keep_verdicts(workspace, found)
            kept = time.monotonic()
    keep_verdicts(workspace, found)


def judge(face: Font, reader: Reader) -> FaceVerdict:
    """Return the verdict on one face; a damaged one gets its fault."""
    try:
        font_facts(face.path.read_bytes(), HIGHEST, WIDEST)
        if case := only_case(face.path):
            return FaceVerdict(ONE_CASE[case])
        words = [word for word in WORDS if face.can_draw(word)]
        readings = reader.read_many([_written(face, word) for word in words])
    except (Exception, SystemExit) as why:  # whatever a library makes of a damaged file
        return FaceVerdict(f"cannot be used: {' '.join(str(why).split())[:120] or type(why).__name__}")
    read = sum(reading.text.casefold() == word.casefold() for reading, word in zip(readings, words, strict=True))
    fault = f"the starter reads {read} of {count(len(words), 'words')} in it" if read < LEAST_READ * len(words) else ""
    return FaceVerdict(fault, read, len(words))


def _written(face: Font, word: str) -> Image.Image:
    """Return a word in black on white, cut to its ink but for an edge."""
    opened = ImageFont.truetype(str(face.path), _SIZE)
    left, top, right, bottom = opened.getbbox(word)
    image = Image.new("RGB", (round(right - left) + 2 * _EDGE, round(bottom - top) + 2 * _EDGE), "white")
    ImageDraw.Draw(image).text((_EDGE - left, _EDGE - top), word, fill="black", font=opened)
    return image


def _judged(chunks: Sequence[Sequence[Font]]) -> Iterator[tuple[Sequence[Font], list[FaceVerdict]]]:
    """Yield each chunk of faces with its verdicts, in any order; it is a fault to kill the process that looks."""
    broken: list[Sequence[Font]] = []
    with _pool(min(len(os.sched_getaffinity(0)), len(chunks))) as pool:
        asked = _submitted(pool, chunks)
        try:
            for done in as_completed(asked):
                try:
                    yield asked[done], done.result()
                except BrokenProcessPool:
                    broken.append(asked[done])
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    for face in (face for chunk in broken for face in chunk):
        with _pool(1) as pool:
            try:
                yield [face], next(iter(_submitted(pool, [[face]]))).result()
            except BrokenProcessPool:
                yield [face], [FaceVerdict("cannot be used: opening it ends the program")]


def _pool(processes: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, context, _start_process, (os.getpid(),))


def _submitted(
    pool: ProcessPoolExecutor, chunks: Sequence[Sequence[Font]]
) -> dict[Future[list[FaceVerdict]], Sequence[Font]]:
    with helpers_die_with_this():  # the first tasks start them
        return {pool.submit(_judge_all, chunk): chunk for chunk in chunks}


def _start_process(parent: int) -> None:
    die_with(parent)
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it warns of oddities of files that change no verdict


@functools.cache
def _reader() -> Reader:
    return Reader.open()  # with likely texts: people, too, make out a word as a whole


def _judge_all(faces: Sequence[Font]) -> list[FaceVerdict]:
    try:
        return [judge(face, _reader()) for face in faces]
    finally:
        glyphs.forget()


if __name__ == "__main__":
    main()
