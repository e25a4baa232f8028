"""Validation of scanned images by the rules: which are imported, under which label, in which split.

It opens nothing, so that the effect of a changed rule is seen at once. The words for people are in `report.py`.
"""

import html
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Literal

from engine.config.generate import Split
from engine.config.importing import ImportConfig, Rules
from engine.datasets.importing.formats.base import IssueReason
from engine.datasets.importing.scan import ScannedItem, ScanResult
from engine.datasets.splits import filled_each, split_for, split_of
from engine.images.look import Look
from engine.labels import clean_label

LabelReason = Literal["empty", "illegible", "entities", "outside", "too_long"]
ImageReason = Literal["undecodable", "too_large", "unreadable", "blank", "repeated", "contradicting"]
SetReason = Literal["alike"]
Reason = IssueReason | LabelReason | ImageReason | SetReason

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_ILLEGIBLE = re.compile(r"#{3,}|\*{3,}|[\[<({](?:illegible|unreadable|unk|unknown)[\]>)}]", re.IGNORECASE)
_CASES = {"listed": str, "lower": str.lower, "upper": str.upper}


@dataclass(frozen=True, slots=True)
class ItemResult:
    """The outcome of validation for one image.

    Attributes:
        scanned: the image.
        label: its label as it is stored.
        problems: all reasons that apply to it, whatever the rules say.
        dropped: the reason why it is left out; None when it is imported.
        split: the split it is imported into.
        duplicate_of: the name of the first image with the same pixels, if that is another.
    """

    scanned: ScannedItem
    label: str
    problems: tuple[Reason, ...]
    dropped: Reason | None
    split: Split
    duplicate_of: str = ""

    @property
    def name(self) -> str:
        """The image's name in its source."""
        return self.scanned.item.name

    @property
    def look(self) -> Look:
        """The part of it that was seen."""
        return self.scanned.look


def validate(scan: ScanResult, config: ImportConfig) -> list[ItemResult]:
    """Return the outcome for each scanned image, in the order of the list."""
    results = [_validate_item(scanned, config) for scanned in scan.items]
    by_pixels: defaultdict[bytes, list[int]] = defaultdict(list)
    for index, result in enumerate(results):
        if result.dropped is None:
            by_pixels[result.look.digest].append(index)
    for indices in by_pixels.values():
        if len(indices) > 1:
            duplicates = _validate_duplicates([results[index] for index in indices], config.rules)
            for index, result in zip(indices, duplicates, strict=True):
                results[index] = result
    return _shared_out(results, config)


def _shared_out(results: list[ItemResult], config: ImportConfig) -> list[ItemResult]:
    """Return the outcomes with no split empty that has a share; where the source names splits, validation alone."""
    if config.use == "testing":
        return results
    named = config.splits == "source" and any(result.scanned.item.split for result in results)
    coming: list[tuple[str, Split]] = [
        (result.label.casefold(), result.split) for result in results if result.dropped is None
    ]
    found = iter(filled_each(coming, config.validation, 0.0 if named or config.use == "learning" else config.test))
    return [replace(result, split=next(found)) if result.dropped is None else result for result in results]


def _validate_item(scanned: ScannedItem, config: ImportConfig) -> ItemResult:
    item = scanned.item
    if fault := scanned.look.fault or ("blank" if scanned.look.blank else ""):
        return ItemResult(scanned, item.label, (fault,), fault, "train")
    dropped: Reason | None
    label, label_problems, dropped = apply_rules(item.label, config.rules, config.longest)
    problems: list[Reason] = [*label_problems]
    given = item.split if config.splits == "source" else None
    split = given or split_of(label, config.validation, config.test)
    return ItemResult(scanned, label, tuple(problems), dropped, split_for(config.use, split))


def _validate_duplicates(results: list[ItemResult], rules: Rules) -> list[ItemResult]:
    """Apply the rules on images of equal pixels: repetitions of a label, and labels that contradict each other."""
    first = results[0]
    contradicting = any(result.label != first.label for result in results)
    labels: set[str] = set()
    validated = []
    for result in results:
        problems: list[Reason] = []
        dropped: Reason | None = None
        if contradicting:
            problems.append("contradicting")
            if rules.contradicting == "skip" or (rules.contradicting == "first" and result.label != first.label):
                dropped = "contradicting"
        if result.label in labels:
            problems.append("repeated")
            dropped = dropped or ("repeated" if rules.repeated == "skip" else None)
        labels.add(result.label)
        original = "" if result is first else first.scanned.item.name
        all_problems = (*result.problems, *problems)
        validated.append(replace(result, problems=all_problems, dropped=dropped, duplicate_of=original))
    return validated


def apply_rules(text: str, rules: Rules, longest: int) -> tuple[str, list[LabelReason], LabelReason | None]:
    """Apply the rules on labels to a listed label.

    Returns:
        The label to store, the problems that it has, and the reason why its image is left out, None if it is not.
    """
    text, problems, dropped = _as_meant(text, rules)
    label = clean_label(_CASES[rules.case](text))
    if dropped or not label:
        return label, [*problems, *(() if label else ("empty",))], dropped or "empty"
    if rules.charset and not set(label) <= set(rules.charset):
        problems.append("outside")
        if rules.outside == "skip":
            return label, problems, "outside"
        label = _replace_outside(label, rules)
        if not label:
            return label, problems, "outside"
    if len(label) > longest:
        problems.append("too_long")
        if rules.too_long == "skip":
            return label, problems, "too_long"
        if rules.too_long == "cut":
            label = label[:longest].strip()
    return label, problems, None


def _as_meant(text: str, rules: Rules) -> tuple[str, list[LabelReason], LabelReason | None]:
    """Apply the rules on labels that say something else than they hold; returns as `apply_rules`."""
    if _ILLEGIBLE.fullmatch(text.strip()):
        return text, ["illegible"], "illegible" if rules.illegible == "skip" else None
    meant = html.unescape(text) if _ENTITY.search(text) else text
    if meant == text:
        return text, [], None
    return meant if rules.entities == "decode" else text, ["entities"], "entities" if rules.entities == "skip" else None


def _replace_outside(label: str, rules: Rules) -> str:
    if rules.outside == "keep":
        return label
    substitute = rules.replacement if rules.outside == "replace" else ""
    return "".join(character if character in rules.charset else substitute for character in label).strip()
