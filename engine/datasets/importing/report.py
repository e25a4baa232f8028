"""The report before an import: how many images come in, which do not and why, and the rule that would change it.

Each reason is told with a count, examples, and the choices there are. It is also kept beside the imported dataset.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from engine.config.generate import Split
from engine.config.importing import ImportConfig
from engine.datasets.importing.formats.base import ImportIssue, Item
from engine.datasets.importing.reasons import REASONS
from engine.datasets.importing.scan import ScanResult
from engine.datasets.importing.validate import ItemResult, Reason
from engine.datasets.splits import SPLITS

_T = TypeVar("_T")

_EXAMPLES = 6
_SHOWN = 12  # examples of what comes in
_RARE = 20  # a character that comes less often is hardly learned


@dataclass(frozen=True)
class Example:
    """One image or entry: its name, its label, what else is to be said, and how to open it (None: it is no image)."""

    name: str
    label: str
    detail: str = ""
    item: Item | None = None

    def plain(self) -> dict[str, str]:
        """Return the words."""
        return {"name": self.name, "label": self.label, "detail": self.detail}


@dataclass(frozen=True)
class Problem:
    """What is odd about some images.

    Attributes:
        reason: the word for it in counts.
        title: it in words that follow a number of images.
        count: how many have it.
        dropped: how many are left out because of it.
        rule: the setting of Rules that decides; empty when there is no choice: they are left out.
        choice: the rule's present value.
        choices: the rule's values, each in words.
        examples: some of them, evenly out of all.
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
        """Return what is worth keeping as JSON values."""
        kept = ("reason", "title", "count", "dropped", "rule", "choice")
        return {key: getattr(self, key) for key in kept} | {"examples": [example.plain() for example in self.examples]}


@dataclass(frozen=True)
class ImportReport:
    """What an import would do, or has done.

    Attributes:
        title: what people call the source.
        format, written, files: the format of its labels in config's word and in people's, and the files they are in.
        listed: images with labels there are.
        looked: how many of them were opened; the counts below are of these.
        accepted: how many come in; per split in `counts`.
        problems: what is odd, the most frequent first.
        characters: how often each character comes in accepted labels.
        max_length: of accepted labels, in characters.
        leaks: accepted texts that are in more than one split.
        examples: some of what comes in.
        seconds: how long the look took.
    """

    title: str
    format: str
    written: str
    files: tuple[str, ...]
    listed: int
    looked: int
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
        """How many images and entries are left out, by reason."""
        return {problem.reason: problem.dropped for problem in self.problems if problem.dropped}

    @property
    def charset(self) -> str:
        """The characters of accepted labels, sorted."""
        return "".join(sorted(self.characters))

    @property
    def rare(self) -> str:
        """The characters that come fewer than 20 times, sorted."""
        return "".join(sorted(character for character, count in self.characters.items() if count < _RARE))

    def plain(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        kept = {key: value for key, value in vars(self).items() if key not in ("problems", "examples")}
        problems = [problem.plain() for problem in self.problems]
        return kept | {"problems": problems, "examples": [example.plain() for example in self.examples]}


def make_report(findings: ScanResult, verdicts: list[ItemResult], config: ImportConfig) -> ImportReport:
    """Return the report over the verdicts that `judge` gave."""
    accepted = [verdict for verdict in verdicts if verdict.dropped is None]
    characters = Counter(character for verdict in accepted for character in verdict.label)
    counts = Counter(verdict.split for verdict in accepted)
    return ImportReport(
        title=findings.title,
        format=findings.format,
        written=findings.written,
        files=tuple(findings.files),
        listed=findings.listed,
        looked=len(findings.looks),
        accepted=len(accepted),
        counts={split: counts[split] for split in SPLITS},
        problems=_problems(findings, verdicts, config),
        characters=dict(characters.most_common()),
        max_length=max((len(verdict.label) for verdict in accepted), default=0),
        leaks=_leaks(accepted),
        examples=tuple(_example(verdict, "") for verdict in _spread(accepted, _SHOWN)),
        seconds=findings.seconds,
    )


def _problems(findings: ScanResult, verdicts: list[ItemResult], config: ImportConfig) -> tuple[Problem, ...]:
    """Return the problems, the most frequent first."""
    found: defaultdict[Reason, list[ItemResult | ImportIssue]] = defaultdict(list)
    for verdict in verdicts:
        for reason in verdict.problems:
            found[reason].append(verdict)
    for flaw in findings.flaws:
        found[flaw.reason].append(flaw)
    problems = []
    for reason, entries in sorted(found.items(), key=lambda pair: -len(pair[1])):
        words = REASONS[reason]
        dropped = sum(isinstance(entry, ImportIssue) or entry.dropped == reason for entry in entries)
        examples = tuple(_example(entry, reason) for entry in _spread(entries, _EXAMPLES))
        choice = getattr(config.rules, words.rule) if words.rule else ""
        problems.append(
            Problem(
                reason,
                words.after(len(entries)),
                len(entries),
                dropped,
                words.rule,
                choice,
                dict(words.choices),
                examples,
            )
        )
    return tuple(problems)


def _example(entry: ItemResult | ImportIssue, reason: Reason | Literal[""]) -> Example:
    if isinstance(entry, ImportIssue):
        return Example(entry.name, "", entry.detail)
    item = entry.look.item
    detail = entry.look.detail
    if reason in ("repeated", "contradicting") and entry.twin:
        detail = f"same pixels as {entry.twin}"
    return Example(item.name, item.label, detail, item)


def _leaks(accepted: list[ItemResult]) -> int:
    splits: defaultdict[str, set[Split]] = defaultdict(set)
    for verdict in accepted:
        splits[verdict.label.casefold()].add(verdict.split)
    return sum(len(sides) > 1 for sides in splits.values())


def _spread(entries: Sequence[_T], most: int) -> list[_T]:
    """Return at most so many entries, evenly out of all."""
    step = max(1, -(-len(entries) // most))
    return list(entries[::step])
