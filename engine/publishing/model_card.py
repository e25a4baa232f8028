"""Model cards in Markdown: what a model is, what it learned from, how well it does, and what nobody tested.

The front matter is that of model hubs (Mitchell et al. 2019, "Model Cards for Model Reporting"; the metadata of Hugging
Face's cards). All figures come from the run's own files, but for the memory of a process that reads, which is measured
for the card.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from engine.formatting import count, decimal, size
from engine.jobs import Job
from engine.jobs.summaries import TestScore, run_summary
from engine.labels import visible
from engine.publishing.card_sections import (
    code,
    confusion_lines,
    data_lines,
    literal,
    located_table,
    memory_lines,
    own_readings,
    read_table,
    speed_lines,
    untested_by_locator,
    untested_by_reader,
)
from engine.publishing.training_data import DatasetFacts, dataset_facts
from engine.workspace import Workspace
from glyphlab_read.location.bundle import LocatorBundle
from glyphlab_read.reading.bundle import Bundle

STARTER_CARD = "CARD.md"
"""The card that lies beside a starter's files."""

_HUBS = {"reader": ("image-to-text", "text-recognition"), "locator": ("object-detection", "text-detection")}
"""Task and tag of a part, as model hubs have them."""


@dataclass(frozen=True)
class CardPart:
    """The part of a card that tells of one bundle.

    Attributes:
        noun: reader or locator.
        purpose: what it does, in a sentence.
        sections: titles with lines of Markdown.
        languages: codes, as model hubs write them.
        scores: for the front matter: name of the test set, metric and value.
    """

    noun: Literal["reader", "locator"]
    purpose: str
    sections: Sequence[tuple[str, Sequence[str]]]
    languages: Sequence[str] = ()
    scores: Sequence[dict[str, Any]] = ()


def _widened(below: int) -> str:
    return f", and those narrower than {below} px then are widened half-way to it, in proportion" if below else ""


def reader_part(workspace: Workspace, run: Job, bundle: Bundle) -> CardPart:
    """Return what a card tells of a run's reader. Raises BundleError when it cannot be opened."""
    manifest, summary = bundle.manifest, run_summary(run)
    data = dataset_facts(workspace, run)
    weights = sum(graph.bytes for graph in manifest.graphs.values())
    ngram = manifest.language
    readings = {test.dataset: own_readings(run, test.dataset) for test in summary.tests}
    cost = [*speed_lines(run, readings.values()), *memory_lines(bundle)]
    what = [
        f"{manifest.reader.get('encoder')} + {manifest.decoder.kind}, {count(summary.parameters, 'parameters')}, "
        f"{size(weights + (ngram.bytes if ngram else 0))} as a file; images are scaled to a height of "
        f"{manifest.preprocessing.height} px{_widened(manifest.preprocessing.widen_below)}.",
        "",
        f"It knows {count(len(manifest.charset), 'characters')}: {code(manifest.charset)}",
        "",
        f"Texts like those it learned from count {decimal(ngram.weight)} beside the image (an n-gram model)."
        if ngram
        else "It reads by the image alone: no text is preferred.",
    ]
    return CardPart(
        "reader",
        "Reads one word or one line in an image cropped to it.",
        [
            ("What it is", what),
            ("What it learned from", data_lines(run, data)),
            (
                "How well it reads",
                [*read_table(run), "", *cost],
            ),
            ("What it takes for what", confusion_lines(summary.tests, readings)),
            ("What nobody tested", untested_by_reader(manifest.charset, run, workspace)),
            *_notes(run),
        ],
        _languages(data),
        _hub_scores(summary.tests),
    )


def locator_part(workspace: Workspace, run: Job, bundle: LocatorBundle) -> CardPart:
    """Return what a card tells of a run's locator."""
    manifest, summary = bundle.manifest, run_summary(run)
    data = dataset_facts(workspace, run)
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
    return CardPart(
        "locator",
        "Finds where photos hold text, and reads none of it.",
        [
            ("What it is", what),
            ("What it learned from", data_lines(run, data)),
            ("How well it finds text", located_table(run)),
            ("What nobody tested", untested_by_locator(run, workspace)),
            *_notes(run),
        ],
        _languages(data),
        [
            {"name": visible(test.dataset_name or test.dataset), "type": "h_mean", "value": test.h_mean}
            for test in summary.located_tests
        ],
    )


def starter_part(bundle: Bundle | LocatorBundle) -> CardPart:
    """Return what a card tells of a starter: its own card, whose headings become a level lower."""
    noun = "reader" if isinstance(bundle, Bundle) else "locator"
    lines = (bundle.folder / STARTER_CARD).read_text(encoding="utf-8").splitlines()
    told = [f"#{line}" if line.startswith("#") else line for line in lines[1:]]
    purpose = "Reads one word or one line in an image cropped to it." if noun == "reader" else "Finds text in photos."
    return CardPart(noun, purpose, [(f"The starter {noun}", told)])


def model_card(
    name: str, licence: str, parts: Sequence[CardPart], others: Sequence[tuple[str, Sequence[str]]] = ()
) -> str:
    """Return the card of a model of one part or two.

    Args:
        name: of the model, for people.
        licence: terms of use; empty: none was chosen.
        parts: its reader, its locator, or both.
        others: more sections before the licence.
    """
    sections = [
        (title if len(parts) == 1 else f"The {part.noun}: {title[0].lower()}{title[1:]}", lines)
        for part in parts
        for title, lines in part.sections
    ]
    purposes = " ".join(part.purpose for part in parts)
    said = literal(licence) if licence else "None was chosen. Without one others may look, and may not use it: ask."
    written = [f"## {title}\n" + "\n".join(lines) + "\n" for title, lines in [*sections, *others, ("Licence", [said])]]
    return "\n".join([f"---\n{_front_matter(name, licence, parts)}---\n\n# {literal(name)}\n\n{purposes}\n", *written])


def _notes(run: Job) -> list[tuple[str, Sequence[str]]]:
    lines = [f"    {visible(line)}" for line in run.notes.text.splitlines()]  # as code, which shows it as it is
    return [("Notes of its maker", lines)] if run.notes.text.strip() else []


def _languages(data: Sequence[DatasetFacts]) -> list[str]:
    return sorted({code for one in data for code in one.languages})


def _front_matter(name: str, licence: str, parts: Sequence[CardPart]) -> str:
    task, tags = _HUBS[parts[0].noun][0], [_HUBS[part.noun][1] for part in parts]
    results = [
        {
            "task": {"type": _HUBS[part.noun][0]},
            "dataset": {"name": score["name"], "type": "glyphlab"},
            "metrics": [{"type": score["type"], "value": round(score["value"], 4)}],
        }
        for part in parts
        for score in part.scores
    ]
    languages = sorted({code for part in parts for code in part.languages})
    values = {
        **({"license": visible(licence)} if licence else {}),
        "library_name": "onnx",
        "pipeline_tag": task,
        "tags": ["ocr", *tags, "onnx", "glyphlab"],
        **({"language": languages} if languages else {}),
        **({"model-index": [{"name": visible(name), "results": results}]} if results else {}),
    }
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)


def _hub_scores(tests: Iterable[TestScore]) -> list[dict[str, Any]]:
    found = []
    for test in tests:
        name = visible(test.dataset_name or test.dataset)
        found.append({"name": name, "type": "accuracy", "value": test.word_accuracy})
        if test.cer is not None:
            found.append({"name": name, "type": "cer", "value": test.cer})
    return found
