"""Sections of a model card as lines of Markdown: the data, the scores, what is mixed up, and what nobody tested."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from PIL import Image

from engine.datasets.manifest import read_manifest
from engine.errors import GlyphlabError
from engine.evaluation.errors import confusion_counts
from engine.evaluation.evaluate import load_readings, median_milliseconds
from engine.formatting import count, decimal, duration, percent, points, size
from engine.jobs import Job, State, paths
from engine.jobs.summaries import TestScore, run_summary
from engine.labels import visible
from engine.publishing.training_data import DatasetFacts
from engine.workspace import Workspace
from glyphlab_read.bundles.first_run import MEMORY_LIMIT
from glyphlab_read.reading.bundle import Bundle
from glyphlab_read.reading.reader import Reader

_READ_ONCE = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_LIMIT}, {MEMORY_LIMIT}))
from glyphlab_read import Reader
Reader.open(sys.argv[1]).read(sys.argv[2])
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""
_PATIENCE = 60.0  # seconds
_CONFUSIONS = 10
_FONTS = 40  # named one by one
_MARKS = re.compile(r"[\\`*_\[\]<>#|~&$]|:(?=//)|(?<=www)\.|^[-+=]", re.IGNORECASE)
"""Characters that begin a format, an entity, a formula, a link or a list: Markdown shows them after a backslash."""

_SCRIPTS = {"capital letters": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "digits": "0123456789", "spaces": " "}


def data_lines(run: Job, data: Sequence[DatasetFacts]) -> list[str]:
    """Return what a run learned from: steps, start, and each dataset."""
    step = run_summary(run).bundle_step
    trained = f"{count(step, 'steps')} in {duration(run.seconds)} on {run.device or 'cpu'}."
    start = run.config.get("start_from")
    lines = [f"{trained} It started from {'random weights' if not start else f'run {start}'}.", ""]
    for one in data:
        lines += [*_dataset_lines(one), ""]
    return lines[:-1]


def _dataset_lines(one: DatasetFacts) -> list[str]:
    if one.drawn is None:
        return [f"- **{literal(one.name)}**, deleted since: nothing more is known of it."]
    counts = ", ".join(f"{number:,} {split}" for split, number in one.counts.items() if number)
    kind = "drawn by a recipe" if one.drawn else "imported"
    corrected = ", with labels corrected or images left out" if one.corrected else ""
    lines = [f"- **{literal(one.name)}**, {kind}{corrected}: {counts} images."]
    if one.texts:
        lines.append(f"  - Texts: {'; '.join(map(literal, one.texts))}.")
    if one.fonts:
        named = [f"{literal(font)} ({literal(licence)})" for font, licence, _ in one.fonts[:_FONTS]]
        more = f", and {len(one.fonts) - _FONTS:,} more" if len(one.fonts) > _FONTS else ""
        lines.append(f"  - Fonts, the most drawn first, with the licences that they name: {', '.join(named)}{more}.")
    return lines


def read_table(run: Job) -> list[str]:
    """Return the table of a reader's scores, those by the image alone below each."""
    tests = run_summary(run).tests
    if not tests:
        return [_why_untested(run, "images")]
    head = ["test set", "images", "exact", "95 % interval", "any case", "letters and digits", "CER"]
    rows = [head, ["---", *["---:"] * (len(head) - 1)]]
    for test in tests:
        name = literal(test.dataset_name or test.dataset)
        rows.append(
            [
                name,
                count(test.images),
                percent(test.word_accuracy),
                _bounds(test.interval),
                percent(test.any_case_accuracy),
                percent(test.alphanumeric_accuracy),
                percent(test.cer),
            ]
        )
        if test.word_accuracy_alone is not None:
            rows.append(
                [
                    f"{name}, by the image alone",
                    count(test.images),
                    percent(test.word_accuracy_alone),
                    _bounds(test.interval_alone),
                    percent(test.any_case_accuracy_alone),
                    percent(test.alphanumeric_accuracy_alone),
                    percent(test.cer_alone),
                ]
            )
    return _table(rows)


def _why_untested(run: Job, unit: str) -> str:
    """Return the sentence for a run without scores: tests are the last that a run does."""
    if run.state != State.finished:
        return "It was not tested yet."
    return f"It was never tested: there are no test {unit}."


def located_table(run: Job) -> list[str]:
    """Return the table of a locator's scores, the protocols that they hold under, and where they were measured."""
    tests = run_summary(run).located_tests
    if not tests:
        return [_why_untested(run, "photos")]
    figures = ["H-mean", "95 % interval", "precision", "recall", "false boxes per photo", "ms per photo"]
    head = ["test set", "photos", *figures]
    rows = [head, ["---", *["---:"] * (len(head) - 1)]]
    rows += [
        [
            literal(test.dataset_name or test.dataset),
            count(test.scenes),
            percent(test.h_mean),
            _bounds(test.interval),
            percent(test.precision),
            percent(test.recall),
            decimal(test.false_per_scene, 2),
            decimal(test.milliseconds_per_scene, 1),
        ]
        for test in tests
    ]
    protocols = dict.fromkeys(f"{literal(test.protocol)}." for test in tests)
    measured = run_summary(run).tested_on
    return [*_table(rows), "", *protocols, *(["", f"Measured on {literal(measured)}."] if measured else [])]


def speed_lines(run: Job, readings: Iterable[pd.DataFrame | None]) -> list[str]:
    """Return the time that an image takes, by the tables of a run's own tests, and where it was measured."""
    known = [table for table in readings if table is not None and len(table)]
    if not known:
        return []
    milliseconds = decimal(median_milliseconds(pd.concat(known)), 2)
    measured = run_summary(run).tested_on
    place = f", on {literal(measured)}" if measured else ""
    return [f"An image takes {milliseconds} ms (median of its tests, in batches){place}."]


def memory_lines(bundle: Bundle) -> list[str]:
    """Return the memory that a process takes which reads an image with a bundle; nothing where that cannot be told.

    Raises:
        BundleError: it does not get through its first run in a child process with limits, which comes before.
    """
    Reader.open(bundle.folder, try_first=True)
    with tempfile.TemporaryDirectory() as temporary:
        image = Path(temporary) / "image.png"
        Image.linear_gradient("L").resize((120, 32)).save(image)
        words = [sys.executable, "-c", _READ_ONCE, str(bundle.folder), str(image)]
        try:
            said = subprocess.run(words, capture_output=True, text=True, check=False, timeout=_PATIENCE)
        except (subprocess.TimeoutExpired, OSError):  # the machine is busy, or starts no more processes
            return []
    if said.returncode or not said.stdout.strip().isdecimal():
        return []
    return [f"A process that reads with it, without the lab, takes {size(1024 * int(said.stdout))} of memory."]


def confusion_lines(tests: Sequence[TestScore], readings: dict[str, pd.DataFrame | None]) -> list[str]:
    """Return the most frequent confusions on the first test set whose readings are there."""
    if not tests:
        return ["Not known: it has no tests."]
    for test in tests:
        table = readings[test.dataset]
        if table is None:
            continue
        counted = confusion_counts(table).head(_CONFUSIONS)
        if counted.empty:
            return [f"Every image of {literal(test.dataset_name or test.dataset)} was read right."]
        rows = [["truth", "read as", "images", "of images with it"], ["---", "---", "---:", "---:"]]
        rows += [
            [_shown(truth), _shown(read), f"{images:,}", f"{of:,}"]
            for truth, read, images, of in counted.itertuples(index=False)
        ]
        return [f"The most frequent on {literal(test.dataset_name or test.dataset)}:", "", *_table(rows)]
    return ["Not known: the readings of its tests are missing."]


def untested_by_reader(charset: str, run: Job, workspace: Workspace) -> list[str]:
    """Return what no test of a reader tells."""
    missing = [name for name, characters in _SCRIPTS.items() if not set(characters) <= set(charset)]
    lines = ["- Vertical and strongly curved text, and handwriting, unless its data above says otherwise."]
    if missing:
        lines.append(f"- It never answers with {', '.join(missing)} that are not among its characters.")
    lines.append("- Characters beyond those listed: it answers with others, often surely. Look at the confidence.")
    tested = [test.dataset for test in run_summary(run).tests]
    return [*_untested_photos(tested, workspace, "images"), *lines]


def untested_by_locator(run: Job, workspace: Workspace) -> list[str]:
    """Return what no test of a locator tells."""
    return [
        *_untested_photos([test.dataset for test in run_summary(run).located_tests], workspace, "photos"),
        "- Scripts and looks of text that its data does not hold.",
        "- Text smaller than its data's, at the side at which photos are seen: a larger side finds more of it.",
    ]


def _untested_photos(tested: Sequence[str], workspace: Workspace, unit: str) -> list[str]:
    """Say so where no test set was imported: a score on drawn images says little of real ones."""
    drawn = [_is_drawn(workspace, id) for id in tested]
    if not tested:
        return ["- Anything: it has no tests."]
    if all(one is True for one in drawn):
        return [
            f"- Real {unit}: all its test {unit} were drawn by a recipe. Expect less, often far less, of real ones."
        ]
    return []


def _is_drawn(workspace: Workspace, id: str) -> bool | None:
    try:
        return read_manifest(workspace.folder("datasets", id)).kind == "synthetic"  # of words or of scenes
    except GlyphlabError:
        return None


def own_readings(run: Job, dataset: str) -> pd.DataFrame | None:
    """Return the readings of a run's own test; None where they are gone."""
    try:
        return load_readings(run.folder / paths.TESTS / f"{dataset}.parquet")
    except GlyphlabError:
        return None


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in rows]


def _bounds(interval: tuple[float, float] | None) -> str:
    return f"{points(interval[0])} to {points(interval[1])}" if interval else "–"


def _shown(character: str) -> str:
    in_a_cell = code(character).replace("|", "\\|")  # a table is cut at its bars before code is looked for
    return {"": "nothing", " ": "a space"}.get(character) or in_a_cell


def literal(text: str) -> str:
    """Return foreign text that Markdown, its tables and HTML show as it is, and that people can still read as it is."""
    return _MARKS.sub(r"\\\g<0>", visible(text))


def code(text: str) -> str:
    """Return text as code in a line, which shows every character as it is; outside tables, whose cells end at a bar."""
    fence = "`" * (1 + max((len(run) for run in _runs(text)), default=0))
    return f"{fence} {visible(text)} {fence}"


def _runs(text: str) -> list[str]:
    return [run for run in "".join(each if each == "`" else " " for each in text).split() if run]
