"""The report on an import: the number of images imported, those left out and why, and the rule that decides.

Each problem has a count, examples, and the choices of its rule. The report is stored beside the imported dataset.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeVar

from engine.charset import RARE_COUNT
from engine.config.generate import Split
from engine.config.importing import ImportConfig
from engine.datasets.importing.formats.base import ImportIssue, Item
from engine.datasets.importing.scan import ScanResult
from engine.datasets.importing.validate import ItemResult, Reason, validate
from engine.datasets.splits import SPLITS

_T = TypeVar("_T")

_PROBLEM_EXAMPLES = 6
_ACCEPTED_EXAMPLES = 12
_SINGULAR = {"have": "has", "are": "is", "stand": "stands", "repeat": "repeats", "lie": "lies"}  # first words of titles


class ReasonText(NamedTuple):
    """The text of a reason (follows a number of images), its setting in Rules, and the texts of its values."""

    title: str
    rule: str = ""
    choices: Mapping[str, str] = MappingProxyType({})

    def title_for(self, count: int) -> str:
        """Return the title that agrees in number with this count."""
        verb, _, rest = self.title.partition(" ")
        return f"{_SINGULAR.get(verb, verb)} {rest}" if count == 1 else self.title


REASONS: dict[Reason, ReasonText] = {
    "unlabelled": ReasonText("have no label"),
    "missing": ReasonText("are listed but not there"),
    "line": ReasonText("stand on a line that is not understood"),
    "record": ReasonText("stand in a record that is damaged"),
    "undecodable": ReasonText("cannot be opened as PNG, JPEG, WebP or BMP"),
    "too_large": ReasonText("are over the size limits"),
    "unreadable": ReasonText("cannot be read from the disk"),
    "link": ReasonText("lie behind a link, which is never followed"),
    "encrypted": ReasonText("are encrypted"),
    "nested": ReasonText("lie in an archive inside the archive"),
    "packing": ReasonText("are packed in a way that is not read (only stored and deflated are)"),
    "twin": ReasonText("have the same name as another in the archive"),
    "empty": ReasonText("have an empty label"),
    "outside": ReasonText(
        "have characters outside the charset",
        "outside",
        {
            "skip": "leave them out",
            "remove": "remove those characters",
            "replace": "replace those characters",
            "keep": "keep the labels",
        },
    ),
    "too_long": ReasonText(
        "have too long a label",
        "too_long",
        {"skip": "leave them out", "cut": "cut the labels", "keep": "keep the labels"},
    ),
    "repeated": ReasonText(
        "repeat another's pixels and label", "repeated", {"skip": "leave the later ones out", "keep": "keep them"}
    ),
    "contradicting": ReasonText(
        "have the same pixels under different labels",
        "contradicting",
        {"skip": "leave all of them out", "first": "keep the first label's", "keep": "keep them all"},
    ),
}


@dataclass(frozen=True)
class Example:
    """One image or entry: its name, its label, details, and the item to open (None: it is no image)."""

    name: str
    label: str
    detail: str = ""
    item: Item | None = None

    def plain(self) -> dict[str, str]:
        """Return the texts as JSON values."""
        return {"name": self.name, "label": self.label, "detail": self.detail}


@dataclass(frozen=True)
class Problem:
    """One kind of problem and the images that have it.

    Attributes:
        reason: its name in counts.
        title: its text, to follow a number of images.
        count: images that have it.
        dropped: images that are left out because of it.
        rule: the setting of Rules that decides; empty when there is no choice and they are left out.
        choice: the rule's current value.
        choices: the rule's values with their texts.
        examples: some of them, evenly spaced over all.
    """

    reason: Reason
    title: str
    count: int
    dropped: int
    rule: str
    choice: str
    choices: dict[str, str]
    examples: tuple[Example, ...]

    def plain(self) -> dict[str, Any]:
        """Return the problem as JSON values, without the choices that were not taken."""
        names = ("reason", "title", "count", "dropped", "rule", "choice")
        return {name: getattr(self, name) for name in names} | {
            "examples": [example.plain() for example in self.examples]
        }


@dataclass(frozen=True)
class ImportReport:
    """The outcome of an import, expected or done.

    Attributes:
        title: the source's name for people.
        format, format_title, files: the format of its labels, as in configs and for people, and the files in it.
        listed: number of images with labels.
        scanned: number of those that were opened; the counts below are of these.
        accepted: images that are imported; per split in `counts`.
        problems: the most frequent first.
        characters: occurrences of each character in accepted labels.
        max_length: of accepted labels, in characters.
        leaks: accepted texts that are in more than one split.
        examples: some of the accepted images.
        seconds: duration of the scan.
    """

    title: str
    format: str
    format_title: str
    files: tuple[str, ...]
    listed: int
    scanned: int
    accepted: int
    counts: dict[Split, int]
    problems: tuple[Problem, ...]
    characters: dict[str, int]
    max_length: int
    leaks: int
    examples: tuple[Example, ...]
    seconds: float

    @property
    def dropped(self) -> dict[str, int]:
        """Numbers of images and entries that are left out, by reason."""
        return {problem.reason: problem.dropped for problem in self.problems if problem.dropped}

    @property
    def charset(self) -> str:
        """The characters of accepted labels, sorted."""
        return "".join(sorted(self.characters))

    @property
    def rare(self) -> str:
        """The characters that occur fewer than RARE_COUNT times, sorted."""
        return "".join(sorted(character for character, count in self.characters.items() if count < RARE_COUNT))

    def plain(self) -> dict[str, Any]:
        """Return the report as JSON values, under the keys of `report.json`."""
        keys = {"format_title": "written", "scanned": "looked"}
        values = {keys.get(name, name): value for name, value in vars(self).items()}
        values["problems"] = [problem.plain() for problem in self.problems]
        values["examples"] = [example.plain() for example in self.examples]
        return values


def make_report(scan: ScanResult, config: ImportConfig, results: list[ItemResult] | None = None) -> ImportReport:
    """Return the report on an import of a scanned source; fast enough for each change of a rule.

    Args:
        scan: the source.
        config: how it would be imported.
        results: `validate(scan, config)`, if the caller has it.
    """
    results = validate(scan, config) if results is None else results
    accepted = [result for result in results if result.dropped is None]
    counts = Counter(result.split for result in accepted)
    return ImportReport(
        title=scan.title,
        format=scan.format,
        format_title=scan.format_title,
        files=tuple(scan.files),
        listed=scan.listed,
        scanned=len(scan.items),
        accepted=len(accepted),
        counts={split: counts[split] for split in SPLITS},
        problems=_problems(scan, results, config),
        characters=dict(Counter(character for result in accepted for character in result.label).most_common()),
        max_length=max((len(result.label) for result in accepted), default=0),
        leaks=_leaks(accepted),
        examples=tuple(_example(result, "") for result in _evenly_spaced(accepted, _ACCEPTED_EXAMPLES)),
        seconds=scan.seconds,
    )


def _problems(scan: ScanResult, results: list[ItemResult], config: ImportConfig) -> tuple[Problem, ...]:
    """Return the problems, the most frequent first."""
    by_reason: defaultdict[Reason, list[ItemResult | ImportIssue]] = defaultdict(list)
    for result in results:
        for reason in result.problems:
            by_reason[reason].append(result)
    for issue in scan.issues:
        by_reason[issue.reason].append(issue)
    problems = []
    for reason, entries in sorted(by_reason.items(), key=lambda pair: -len(pair[1])):
        text = REASONS[reason]
        problems.append(
            Problem(
                reason=reason,
                title=text.title_for(len(entries)),
                count=len(entries),
                dropped=sum(isinstance(entry, ImportIssue) or entry.dropped == reason for entry in entries),
                rule=text.rule,
                choice=getattr(config.rules, text.rule) if text.rule else "",
                choices=dict(text.choices),
                examples=tuple(_example(entry, reason) for entry in _evenly_spaced(entries, _PROBLEM_EXAMPLES)),
            )
        )
    return tuple(problems)


def _example(entry: ItemResult | ImportIssue, reason: Reason | Literal[""]) -> Example:
    if isinstance(entry, ImportIssue):
        return Example(entry.name, "", entry.detail)
    item, detail = entry.scanned.item, entry.scanned.detail
    if reason in ("repeated", "contradicting") and entry.duplicate_of:
        detail = f"same pixels as {entry.duplicate_of}"
    return Example(item.name, item.label, detail, item)


def _leaks(accepted: list[ItemResult]) -> int:
    splits: defaultdict[str, set[Split]] = defaultdict(set)
    for result in accepted:
        splits[result.label.casefold()].add(result.split)
    return sum(len(sides) > 1 for sides in splits.values())


def _evenly_spaced(entries: Sequence[_T], limit: int) -> list[_T]:
    """Return at most `limit` entries, evenly spaced over all."""
    step = max(1, -(-len(entries) // limit))
    return list(entries[::step])
