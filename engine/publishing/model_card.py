"""Model cards in Markdown: what a model is, what it learned from, how well it does, and what nobody tested.

The front matter is that of model hubs (Mitchell et al. 2019, "Model Cards for Model Reporting"; the metadata of Hugging
Face's cards). All figures come from the run's own files, but for the readings by the image alone, which are made here.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import yaml

from engine.datasets import open_dataset
from engine.errors import GlyphlabError
from engine.evaluation.errors import confusion_counts
from engine.evaluation.evaluate import evaluate, load_readings, median_milliseconds
from engine.evaluation.metrics import Score, wilson
from engine.evaluation.test_sets import dataset_samples
from engine.formatting import count, decimal, duration, percent, points, size
from engine.jobs import Job, paths
from engine.jobs.summaries import LocationTest, TestScore, run_summary
from engine.labels import visible
from engine.machine import processor
from engine.publishing.training_data import DatasetFacts, training_data
from engine.reading.bundle import open_reader
from engine.workspace import Workspace
from glyphlab_read.location.bundle import LocatorBundle
from glyphlab_read.reading.bundle import Bundle

ALONE = 2000
"""Most images of a test set that are read again by the image alone."""

_CONFUSIONS = 10
_FONTS = 40  # named one by one
_SCRIPTS = {"capital letters": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "digits": "0123456789", "spaces": " "}


def reader_card(workspace: Workspace, run: Job, bundle: Bundle, licence: str = "") -> str:
    """Return the card of a run's reader. Raises BundleError when it cannot be opened."""
    manifest, summary = bundle.manifest, run_summary(run)
    data = training_data(workspace, run)
    weights = sum(graph.bytes for graph in manifest.graphs.values())
    ngram = manifest.language
    alone = {test.dataset: _alone(workspace, bundle, test.dataset) for test in summary.tests} if ngram else {}
    readings = {test.dataset: _readings(run, test.dataset) for test in summary.tests}
    what = [
        f"{manifest.reader.get('encoder')} + {manifest.decoder.kind}, {count(summary.parameters, 'parameters')}, "
        f"{size(weights + (ngram.bytes if ngram else 0))} as a file; images are scaled to a height of "
        f"{manifest.preprocessing.height} px.",
        "",
        f"It knows {count(len(manifest.charset), 'characters')}: {_code(manifest.charset)}",
        "",
        f"Texts like those it learned from count {decimal(ngram.weight)} beside the image (an n-gram model)."
        if ngram
        else "It reads by the image alone: no text is preferred.",
    ]
    return _card(
        _front_matter(run, "image-to-text", "text-recognition", data, licence, _hub_scores(summary.tests)),
        run,
        "Reads one word or one line in an image cropped to it.",
        [
            ("What it is", what),
            ("What it learned from", _data_lines(run, data)),
            ("How well it reads", [*_read_table(summary.tests, alone), "", *_speed(readings.values())]),
            ("What it takes for what", _confusions(summary.tests, readings)),
            ("What nobody tested", _untested_reader(manifest.charset, data, summary.tests, workspace)),
        ],
        licence,
    )


def locator_card(workspace: Workspace, run: Job, bundle: LocatorBundle, licence: str = "") -> str:
    """Return the card of a run's locator."""
    manifest, summary = bundle.manifest, run_summary(run)
    data, tests = training_data(workspace, run), summary.located_tests
    weights = sum(graph.bytes for graph in manifest.graphs.values())
    preprocessing = manifest.preprocessing
    seen = (
        f"photos are seen at {preprocessing.width} × {preprocessing.height} px"
        if preprocessing.mode == "fixed"
        else f"photos are seen at a longer side of {preprocessing.side:,} px"
    )
    what = [
        f"{manifest.locator.get('network')}, {count(summary.parameters, 'parameters')}, {size(weights)} as a file; "
        f"{seen}. It finds {' and '.join(f'{level}s' for level in manifest.levels)}.",
    ]
    scores = [
        {"name": _plain(test.dataset_name or test.dataset), "type": "h_mean", "value": test.h_mean} for test in tests
    ]
    return _card(
        _front_matter(run, "object-detection", "text-detection", data, licence, scores),
        run,
        "Finds where photos hold text, and reads none of it.",
        [
            ("What it is", what),
            ("What it learned from", _data_lines(run, data)),
            ("How well it finds text", _located_table(tests)),
            ("What nobody tested", _untested_locator(data, tests, workspace)),
        ],
        licence,
    )


def _card(front: str, run: Job, purpose: str, sections: Sequence[tuple[str, Sequence[str]]], licence: str) -> str:
    parts = [f"---\n{front}---\n\n# {_text(run.name)}\n\n{purpose}\n"]
    parts += [f"## {title}\n" + "\n".join(lines) + "\n" for title, lines in sections]
    if run.notes.text.strip():
        parts.append(f"## Notes of its maker\n{_code_block(run.notes.text)}\n")
    said = _text(licence) if licence else "None was chosen. Without one others may look, and may not use it: ask."
    return "\n".join([*parts, f"## Licence\n{said}\n"])


def _front_matter(
    run: Job, task: str, tag: str, data: Sequence[DatasetFacts], licence: str, scores: Sequence[dict[str, Any]]
) -> str:
    results = [
        {
            "task": {"type": task},
            "dataset": {"name": score["name"], "type": "glyphlab"},
            "metrics": [{"type": score["type"], "value": round(score["value"], 4)}],
        }
        for score in scores
    ]
    values = {
        **({"license": _plain(licence)} if licence else {}),
        "library_name": "onnx",
        "pipeline_tag": task,
        "tags": ["ocr", tag, "onnx", "glyphlab"],
        **({"language": languages} if (languages := sorted({code for one in data for code in one.languages})) else {}),
        **({"model-index": [{"name": _plain(run.name), "results": results}]} if results else {}),
    }
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)


def _hub_scores(tests: Iterable[TestScore]) -> list[dict[str, Any]]:
    found = []
    for test in tests:
        name = _plain(test.dataset_name or test.dataset)
        found.append({"name": name, "type": "accuracy", "value": test.word_accuracy})
        if test.cer is not None:
            found.append({"name": name, "type": "cer", "value": test.cer})
    return found


def _data_lines(run: Job, data: Sequence[DatasetFacts]) -> list[str]:
    step = run_summary(run).bundle_step
    trained = f"{count(step, 'steps')} in {duration(run.seconds)} on {run.device or 'cpu'}."
    start = run.config.get("start_from")
    lines = [f"{trained} It started from {'random weights' if not start else f'run {start}'}.", ""]
    for one in data:
        lines += [*_dataset_lines(one), ""]
    return lines[:-1]


def _dataset_lines(one: DatasetFacts) -> list[str]:
    if one.drawn is None:
        return [f"- **{_text(one.name)}**, deleted since: nothing more is known of it."]
    counts = ", ".join(f"{number:,} {split}" for split, number in one.counts.items() if number)
    kind = "drawn by a recipe" if one.drawn else "imported"
    corrected = ", with labels corrected or images left out" if one.corrected else ""
    lines = [f"- **{_text(one.name)}**, {kind}{corrected}: {counts} images."]
    if one.texts:
        lines.append(f"  - Texts: {'; '.join(map(_text, one.texts))}.")
    if one.fonts:
        named = [f"{_text(font)} ({_text(licence)})" for font, licence, _ in one.fonts[:_FONTS]]
        more = f", and {len(one.fonts) - _FONTS:,} more" if len(one.fonts) > _FONTS else ""
        lines.append(f"  - Fonts, the most drawn first, with the licences that they name: {', '.join(named)}{more}.")
    return lines


def _read_table(tests: Sequence[TestScore], alone: dict[str, Score | None]) -> list[str]:
    if not tests:
        return ["It was never tested: there are no test images."]
    head = ["test set", "images", "exact", "95 % interval", "any case", "letters and digits", "CER"]
    rows = [head, ["---", *["---:"] * (len(head) - 1)]]
    for test in tests:
        name = _text(test.dataset_name or test.dataset)
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
        score = alone.get(test.dataset)
        if score is not None:
            rows.append(
                [
                    f"{name}, by the image alone",
                    count(score.images),
                    percent(score.word_accuracy),
                    _bounds(wilson(score.exact, score.images)),
                    percent(score.any_case_accuracy),
                    percent(score.alphanumeric_accuracy),
                    percent(score.cer),
                ]
            )
    return _table(rows)


def _located_table(tests: Sequence[LocationTest]) -> list[str]:
    if not tests:
        return ["It was never tested: there are no test photos."]
    figures = ["H-mean", "95 % interval", "precision", "recall", "false boxes per photo", "ms per photo"]
    head = ["test set", "photos", *figures]
    rows = [head, ["---", *["---:"] * (len(head) - 1)]]
    rows += [
        [
            _text(test.dataset_name or test.dataset),
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
    protocols = dict.fromkeys(f"{_text(test.protocol)}." for test in tests)
    return [*_table(rows), "", *protocols, "", f"Measured on {processor()}."]


def _speed(readings: Iterable[pd.DataFrame | None]) -> list[str]:
    known = [table for table in readings if table is not None and len(table)]
    if not known:
        return []
    milliseconds = decimal(median_milliseconds(pd.concat(known)), 2)
    return [f"An image takes {milliseconds} ms (median of its tests, in batches), on {processor()}."]


def _confusions(tests: Sequence[TestScore], readings: dict[str, pd.DataFrame | None]) -> list[str]:
    for test in tests:
        table = readings[test.dataset]
        if table is None:
            continue
        counted = confusion_counts(table).head(_CONFUSIONS)
        if counted.empty:
            return [f"Every image of {_text(test.dataset_name or test.dataset)} was read right."]
        rows = [["truth", "read as", "images", "of images with it"], ["---", "---", "---:", "---:"]]
        rows += [
            [_shown(truth), _shown(read), f"{images:,}", f"{of:,}"]
            for truth, read, images, of in counted.itertuples(index=False)
        ]
        return [f"The most frequent on {_text(test.dataset_name or test.dataset)}:", "", *_table(rows)]
    return ["Not known: the readings of its tests are missing."]


def _untested_reader(
    charset: str, data: Sequence[DatasetFacts], tests: Sequence[TestScore], workspace: Workspace
) -> list[str]:
    missing = [name for name, characters in _SCRIPTS.items() if not set(characters) <= set(charset)]
    lines = ["- Vertical and strongly curved text, and handwriting, unless its data above says otherwise."]
    if missing:
        lines.append(f"- It never answers with {', '.join(missing)} that are not among its characters.")
    lines.append("- Characters beyond those listed: it answers with others, often surely. Look at the confidence.")
    return [*_untested_photos(data, [test.dataset for test in tests], workspace, "images"), *lines]


def _untested_locator(data: Sequence[DatasetFacts], tests: Sequence[LocationTest], workspace: Workspace) -> list[str]:
    return [
        *_untested_photos(data, [test.dataset for test in tests], workspace, "photos"),
        "- Scripts and looks of text that its data does not hold.",
        "- Text smaller than its data's, at the side at which photos are seen: a larger side finds more of it.",
    ]


def _untested_photos(data: Sequence[DatasetFacts], tested: Sequence[str], workspace: Workspace, unit: str) -> list[str]:
    """Say so where no test set was imported: a score on drawn images says little of real ones."""
    drawn = [_is_drawn(workspace, id) for id in tested]
    if not tested:
        return [f"- Anything: it has no test {unit}."]
    if all(one is True for one in drawn):
        return [
            f"- Real {unit}: all its test {unit} were drawn by a recipe. Expect less, often far less, of real ones."
        ]
    return []


def _is_drawn(workspace: Workspace, id: str) -> bool | None:
    try:
        return open_dataset(workspace.folder("datasets", id)).manifest.kind == "synthetic"
    except GlyphlabError:
        return None


def _alone(workspace: Workspace, bundle: Bundle, dataset: str) -> Score | None:
    """Return the score over a test set by the image alone; None where the dataset is gone."""
    try:
        samples = dataset_samples(open_dataset(workspace.folder("datasets", dataset)))[:ALONE]
    except GlyphlabError:
        return None
    return evaluate(open_reader(bundle.folder, workspace, use_ngram=False), samples).score


def _readings(run: Job, dataset: str) -> pd.DataFrame | None:
    try:
        return load_readings(run.folder / paths.TESTS / f"{dataset}.parquet")
    except GlyphlabError:
        return None


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in rows]


def _bounds(interval: tuple[float, float] | None) -> str:
    return f"{points(interval[0])} to {points(interval[1])}" if interval else "–"


def _shown(character: str) -> str:
    return {"": "nothing", " ": "a space"}.get(character) or _code(character)


def _text(text: str) -> str:
    """Return foreign text that Markdown, its tables and HTML show as it is."""
    shown = visible(text)
    return "".join(f"\\{each}" if each in "\\`*_[]<>#|~" else each for each in shown)


def _plain(text: str) -> str:
    return visible(text)


def _code(text: str) -> str:
    """Return text as code in a line, which shows every character as it is; a bar of a table is escaped."""
    fence = "`" * (1 + max((len(run) for run in _runs(text)), default=0))
    return f"{fence} {visible(text)} {fence}".replace("|", "\\|")


def _runs(text: str) -> list[str]:
    return [run for run in "".join(each if each == "`" else " " for each in text).split() if run]


def _code_block(text: str) -> str:
    return "\n".join(f"    {visible(line)}" for line in text.splitlines())
