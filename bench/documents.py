"""Pages of documents: time, memory, a killed job and the PDF file: `python -m bench.documents [--pages N] [--kills N]`.

Scans of A4 at 200 dpi with 400 words are drawn from fonts. Prints the machine and a Markdown table: the seconds of a
page after the first, the words read right in their order and the memory at its peak; then a PDF file of N such pages as
a job: how much its memory grew over the pages, and whether a job that was killed (SIGKILL) and resumed ended with the
same pages and the same file; then how the words' boxes and texts come back out of the searchable PDF by PDFium and, if
it is installed, by Poppler's pdftotext. The starters read, or --run and --locator.

Seen on two quiet cores (AMD EPYC, AVX-512): 0.70 s a page after the first, 459 MB at its peak; a job of 100 pages of 60
words grew by 16 MB from page 5 on, and ended with the same file when it was killed in between. A word's right edge
gives way where its neighbour stands nearer than a fifth of its height; without that, Poppler joins the two.
"""

import argparse
import html
import multiprocessing
import os
import random
import re
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import psutil
import pypdfium2
from PIL import Image
from rapidfuzz.distance import LCSseq

from bench.command import run, timed
from bench.drawn_pages import DPI, drawn_page, pdf_of
from bench.machine import print_machine
from bench.race import finished
from bench.resume import kill, resumed
from engine.config.documents import ReadPagesConfig
from engine.documents.job import document_of
from engine.files import read_json
from engine.jobs import launch, load_job, paths, read_events
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.reading.bundle import newest_bundle, open_reader
from engine.workspace import STARTER, Workspace
from glyphlab_read.documents.document import Document, Page
from glyphlab_read.documents.page_reader import PageReader

WORDS = 400
_ROUNDS = 5
_WARM = 5  # pages, after which growth is counted
_CLOSE = 2.0  # px at 300 dpi
_FINE, _POINTS = 300.0, 72.0  # per inch
_POLL = 0.1  # s
_POPPLER_WORD = re.compile(r'<word xMin="(\S+)" yMin="(\S+)" xMax="(\S+)" yMax="(\S+)">(.*)</word>')

Sides = npt.NDArray[np.float64]
"""Left, top, right and bottom (4,), px at 300 dpi."""


class PlacedWord(NamedTuple):
    """A word and where it stands."""

    text: str
    sides: Sides


class OnePage(NamedTuple):
    """Seconds of the first reading of a page and of the later ones, memory at its peak in MB, words found and right."""

    first: float
    later: list[float]
    peak: float
    found: int
    right: int


def one_page(workspace: Workspace, reader: str, locator: str, path: Path, words: list[str]) -> OnePage:
    """Read an image of words again and again; to be called in a process of its own, whose memory is measured."""
    threads = os.cpu_count() or 1
    page_reader = PageReader(
        open_locator(newest_locator_bundle(workspace, locator).folder, workspace, threads),
        open_reader(newest_bundle(workspace, reader).folder, workspace, threads),
    )
    image, read = Image.open(path), list[Page]()
    first, *later = (timed(lambda: read.append(page_reader.read(image, dpi=DPI))) for _ in range(1 + _ROUNDS))
    said = [word.text for word in read[-1].words]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return OnePage(first, later, peak, len(said), round(LCSseq.similarity(said, words)))


def watched(workspace: Workspace, id: str, kills: int, stream: random.Random) -> tuple[dict[int, float], list[int]]:
    """Wait for a job, kill and resume it so many times.

    Returns:
        The most memory of its worker by the pages that were read, MB, after the last one while the PDF file is written;
        and the pages that were read before each kill.
    """
    memory, killed = dict[int, float](), list[int]()
    moments = [stream.uniform(number, number + 1) / kills for number in range(kills)]  # as shares of the pages
    pages = seen = 0
    while (job := load_job(workspace, "documents", id)).state.live:
        events, seen = read_events(job.folder / paths.EVENTS, seen)
        pages += sum(event["kind"] == "page" for event in events)
        try:
            worker = psutil.Process(read_json(job.folder / paths.PROCESS)["worker"]["pid"])
            memory[pages] = max(memory.get(pages, 0.0), worker.memory_info().rss / 1e6)
        except (OSError, KeyError, TypeError, psutil.Error):
            pass
        total = job.summary.get("pages", 0)
        if len(killed) < kills and pages > total * moments[len(killed)]:
            kill(job, stream.choice((("worker",), ("worker", "runner"))))
            killed.append(pages)
            while load_job(workspace, "documents", id).state.live:
                time.sleep(_POLL)
            resumed(workspace, "documents", id)
        time.sleep(_POLL)
    finished(workspace, "documents", id)
    return memory, killed


def words_of(page: Page) -> list[PlacedWord]:
    """Return the words of a page as they were read."""
    scale = _FINE / page.dpi
    return [PlacedWord(word.text, np.array(word.bounds) * scale) for word in page.words]


def words_by_pdfium(page: pypdfium2.PdfPage, texts: Iterable[str]) -> list[PlacedWord]:
    """Return the words of a page of a PDF file, looked for one after the other; what is not found is left out."""
    height, text, begin, found = page.get_height(), page.get_textpage(), 0, []
    said = text.get_text_range()
    for word in texts:
        place = said.find(word, begin)
        if place < 0:
            continue
        begin = place + len(word)
        boxes = np.array([text.get_charbox(index, loose=True) for index in range(place, begin)])
        (left, bottom), (right, top) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        found.append(PlacedWord(word, np.array([left, height - top, right, height - bottom]) * _FINE / _POINTS))
    return found


def words_by_poppler(path: Path, number: int) -> list[PlacedWord]:
    """Return the words of a page of a PDF file as pdftotext lists them, in its order."""
    found = _POPPLER_WORD.findall(_pdftotext(path, number, "-bbox"))
    scale = _FINE / _POINTS
    return [PlacedWord(html.unescape(text), np.array(sides, float) * scale) for *sides, text in found]


def _pdftotext(path: Path, number: int, *options: str) -> str:
    pages = ["-f", str(number + 1), "-l", str(number + 1)]
    return subprocess.check_output(["pdftotext", *pages, *options, path, "-"], text=True)  # noqa: S607  where it is


def offsets(true: Iterable[PlacedWord], seen: Iterable[PlacedWord]) -> list[Sides]:
    """Return for each word how far each side is off the nearest word of the same text; infinitely without one."""
    by_text: dict[str, list[Sides]] = {}
    for text, sides in seen:
        by_text.setdefault(text, []).append(sides)
    return [
        min((np.abs(sides - other) for other in by_text.get(text, ())), key=np.max, default=np.full(4, np.inf))
        for text, sides in true
    ]


def _print_row(what: str, seen: str, asked: str = "") -> None:
    print(f"| {what} | {seen} | {asked} |", flush=True)


def _print_page(page: OnePage) -> None:
    later = f"{np.median(page.later):.2f} s (first {page.first:.2f} s)"
    _print_row(f"A4 scan at {DPI} dpi, {WORDS} words", later, "< 4 s")
    _print_row("memory at its peak", f"{page.peak:,.0f} MB", "< 700 MB")
    _print_row("words found, read right in order", f"{page.found}, {page.right}")


def _print_memory(memory: dict[int, float], pages: int) -> None:
    """Print how memory grew while pages were read: all in all, and in the second half, where a leak would show."""
    for begin, asked in ((_WARM, "< 50 MB"), (max(pages // 2, _WARM), "")):
        reading = {page: used for page, used in memory.items() if begin <= page < pages}
        if reading:
            first, most = reading[min(reading)], max(reading.values())
            said = f"{most - first:.0f} MB, from {first:,.0f} to {most:,.0f} MB"
            _print_row(f"growth of a job from page {min(reading)} to {max(reading)}", said, asked)
    if pages in memory:
        _print_row("memory while the PDF file is written", f"{memory[pages]:,.0f} MB")


def _print_text(document: Document, path: Path) -> None:
    """Print how the words of a document come back out of its PDF file."""
    file, poppler = pypdfium2.PdfDocument(path), shutil.which("pdftotext") is not None
    read = document.pages[: len(file)]  # a long document goes on in other files
    right_lines = lines = 0
    in_order = {"PDFium": 0, **({"pdftotext -raw": 0, "pdftotext": 0} if poppler else {})}
    off: dict[str, list[Sides]] = {"PDFium": [], **({"pdftotext -bbox": []} if poppler else {})}
    for number, page in enumerate(read):
        true = words_of(page)
        texts = [word.text for word in true]
        said = {"PDFium": file[number].get_textpage().get_text_range()}
        off["PDFium"] += offsets(true, words_by_pdfium(file[number], texts))
        if poppler:
            said |= {"pdftotext -raw": _pdftotext(path, number, "-raw"), "pdftotext": _pdftotext(path, number)}
            off["pdftotext -bbox"] += offsets(true, words_by_poppler(path, number))
        for name, text in said.items():
            in_order[name] += text.split() == texts
        there = {line.strip() for line in said["PDFium"].splitlines()}
        right_lines += sum(line.text in there for line in page.lines)
        lines += sum(1 for _ in page.lines)
    file.close()
    for name, pages in in_order.items():
        _print_row(f"pages whose words come in order by {name}", f"{pages} of {len(read)}", "all")
    _print_row("lines that PDFium gives as lines", f"{right_lines} of {lines}", "all")
    for name, sides in off.items():
        close = np.array(sides) <= _CLOSE
        shares = f"{close.all(axis=1).mean():.1%} (left {close[:, 0].mean():.1%}, top {close[:, 1].mean():.1%}, "
        shares += f"right {close[:, 2].mean():.1%}, bottom {close[:, 3].mean():.1%})"
        _print_row(f"word boxes within {_CLOSE:g} px at {_FINE:g} dpi by {name}", shares, "all")


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.documents", description=__doc__)
    parser.add_argument("--pages", type=int, default=100, help="of the PDF file that is read as a job")
    parser.add_argument("--words", type=int, default=WORDS, help="on each of these pages")
    parser.add_argument("--kills", type=int, default=2, help="of the second job")
    parser.add_argument("--run", default=STARTER, help="whose newest reader reads")
    parser.add_argument("--locator", default=STARTER, help="the run whose newest locator finds the words")
    parser.add_argument("--workspace", type=Path, help="where these are, and where the jobs stay")
    options = parser.parse_args(arguments)
    print_machine()
    print("| what | seen | asked |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory() as temporary:
        workspace = Workspace(options.workspace.resolve() if options.workspace else Path(temporary))
        scan, (image, words) = Path(temporary) / "scan.png", drawn_page(WORDS)
        image.save(scan)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            _print_page(pool.apply(one_page, (workspace, options.run, options.locator, scan, words)))
        folder = workspace.imports / f"{options.pages} drawn pages"
        folder.mkdir(exist_ok=True)
        scans = (drawn_page(options.words, seed).image for seed in range(options.pages))
        (folder / "scan.pdf").write_bytes(pdf_of(scans))
        config = ReadPagesConfig(run=options.run, locator=options.locator, path=str(folder))
        begin = partial(launch, workspace, "read-pages", config)
        straight, stream = begin(), random.Random(0)
        memory, _ = watched(workspace, straight, 0, stream)
        _print_memory(memory, options.pages)
        killed = begin()
        _, kills = watched(workspace, killed, options.kills, stream)
        (one, _), (other, _) = (document_of(workspace.folder("documents", id)) for id in (straight, killed))
        file, again = (workspace.folder("documents", id) / paths.READ_PDF for id in (straight, killed))
        same = f"{'the same' if one == other else 'others'}; file {'the same' if _alike(file, again) else 'another'}"
        _print_row(f"pages of a job killed after {' and '.join(map(str, kills))} pages", same, "the same")
        _print_text(one, file)


def _alike(one: Path, other: Path) -> bool:
    """Say whether two PDF files show and say the same on each page."""
    files = [pypdfium2.PdfDocument(path) for path in (one, other)]
    same = len(files[0]) == len(files[1]) and all(
        page.get_textpage().get_text_range() == again.get_textpage().get_text_range()
        and page.render(scale=1).to_numpy().tobytes() == again.render(scale=1).to_numpy().tobytes()
        for page, again in zip(*files, strict=True)
    )
    for file in files:
        file.close()
    return same


if __name__ == "__main__":
    run(main)
