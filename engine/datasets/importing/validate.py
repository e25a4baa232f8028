"""Judge what was found in a source by the rules: which images come in, under which label, in which split.

Cheap: it opens nothing, so that a rule can be changed and its effect seen at once. The words for people are in
`reports.py`.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Literal

from engine.config.generate import Split
from engine.config.importing import ImportConfig
from engine.datasets.importing.formats.base import IssueReason
from engine.datasets.importing.labels import LabelReason, ruled
from engine.datasets.importing.scan import ScannedItem, ScanResult
from engine.datasets.splits import split_of

Reason = (
    IssueReason | LabelReason | Literal["undecodable", "too_large", "unreadable", "repeated", "contradicting"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What becomes of one image.

    Attributes:
        look: the image.
        label: its label as it is to be stored.
        problems: what is odd about it, whatever the rules say.
        dropped: why it is left out; None when it comes in.
        split: where it comes in.
        twin: the name of the first image with the same pixels, if that is another.
    """

    look: ScannedItem
    label: str
    problems: tuple[Reason, ...]
    dropped: Reason | None
    split: Split
    twin: str = ""


def validate(findings: ScanResult, config: ImportConfig) -> list[ItemResult]:
    """Return what becomes of each image that was looked at, in the order of the list."""
    verdicts = [_judged_alone(look, config) for look in findings.looks]
    groups: defaultdict[bytes, list[int]] = defaultdict(list)
    for place, verdict in enumerate(verdicts):
        if verdict.dropped is None:
            groups[verdict.look.digest].append(place)
    for places in groups.values():
        if len(places) > 1:
            judged = _judged_together([verdicts[place] for place in places], config)
            for place, verdict in zip(places, judged, strict=True):
                verdicts[place] = verdict
    return verdicts


def _judged_alone(look: ScannedItem, config: ImportConfig) -> ItemResult:
    if look.fault:
        return ItemResult(look, look.item.label, (look.fault,), look.fault, "train")
    label, problems, dropped = ruled(look.item.label, config.rules)
    given = look.item.split if config.splits == "source" else None
    return ItemResult(look, label, tuple(problems), dropped, given or split_of(label, config.validation, config.test))


def _judged_together(twins: list[ItemResult], config: ImportConfig) -> list[ItemResult]:
    """Judge images of the same pixels: the first of a label stays, its repetitions and contradictions may not."""
    rules, first = config.rules, twins[0]
    contradicted = any(twin.label != first.label for twin in twins)
    seen: set[str] = set()
    judged = []
    for twin in twins:
        problems: list[Reason] = []
        dropped: Reason | None = None
        if contradicted:
            problems.append("contradicting")
            if rules.contradicting == "skip" or (rules.contradicting == "first" and twin.label != first.label):
                dropped = "contradicting"
        if twin.label in seen:
            problems.append("repeated")
            dropped = dropped or ("repeated" if rules.repeated == "skip" else None)
        seen.add(twin.label)
        name = "" if twin is first else first.look.item.name
        judged.append(replace(twin, problems=(*twin.problems, *problems), dropped=dropped, twin=name))
    return judged
