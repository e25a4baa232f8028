"""Common parts of reports on imports of words and of scenes: counts, examples, and problems with their rules."""

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from engine.config.base import Config
from engine.config.generate import Split
from engine.errors import SourceError

AnyItem = TypeVar("AnyItem")
_T = TypeVar("_T")
_Reason = TypeVar("_Reason", bound=str)

_PROBLEM_EXAMPLES = 6

_SINGULAR = {
    "have": "has",
    "are": "is",
    "stand": "stands",
    "repeat": "repeats",
    "lie": "lies",
    "regions": "region",
    "folders": "folder",
    "photos": "photo",
    "records": "record",
    "lists": "list",
    "files": "file",
    "pictures": "picture",
}  # first words of titles


class ReasonText(NamedTuple):
    """The text of a reason (follows a number of images), its setting in the rules, and the texts of its values."""

    title: str
    rule: str = ""
    choices: Mapping[str, str] = MappingProxyType({})

    def title_for(self, count: int) -> str:
        """Return the title that agrees in number with this count."""
        verb, _, rest = self.title.partition(" ")
        return f"{_SINGULAR.get(verb, verb)} {rest}" if count == 1 else self.title


@dataclass(frozen=True)
class Example(Generic[AnyItem]):
    """One image or entry: its name, its label, details, and the item to open (None: it is no image)."""

    name: str
    label: str
    detail: str = ""
    item: AnyItem | None = None

    def plain(self) -> dict[str, str]:
        """Return the texts as JSON values."""
        return {"name": self.name, "label": self.label, "detail": self.detail}


@dataclass(frozen=True)
class Problem(Generic[AnyItem]):
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

    reason: str
    title: str
    count: int
    dropped: int
    rule: str
    choice: str
    choices: dict[str, str]
    examples: tuple[Example[AnyItem], ...]

    def plain(self) -> dict[str, Any]:
        """Return the problem as JSON values, without the choices that were not taken."""
        names = ("reason", "title", "count", "dropped", "rule", "choice")
        return {name: getattr(self, name) for name in names} | {
            "chosen": self.choices.get(self.choice, ""),
            "examples": [example.plain() for example in self.examples],
        }


@dataclass(frozen=True)
class SourceReport(Generic[AnyItem]):
    """The outcome of an import, expected or done.

    Attributes:
        title: the source's name for people.
        format, format_title, files: the format of its labels, as in configs (None: all is refused) and for
            people, and the files in it.
        listed: number of images in the source.
        scanned: number of those that were opened; the counts below are of these.
        accepted: images that are imported; per split in `counts`.
        problems: the most frequent first.
        examples: some of the accepted images.
        seconds: duration of the scan.
        refused: why nothing can be imported as it is; None where something can.
    """

    title: str
    format: str | None
    format_title: str
    files: tuple[str, ...]
    listed: int
    scanned: int
    accepted: int
    counts: dict[Split, int]
    problems: tuple[Problem[AnyItem], ...]
    examples: tuple[Example[AnyItem], ...]
    seconds: float
    refused: SourceError | None

    @property
    def refusal(self) -> str:
        """The reason why nothing can be imported as it is, for a terminal; empty where something can."""
        return str(self.refused or "")

    def plain(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        values = {name: value for name, value in vars(self).items() if name != "refused"} | {"refusal": self.refusal}
        values["problems"] = [problem.plain() for problem in self.problems]
        values["examples"] = [example.plain() for example in self.examples]
        return values


def problems_of(
    texts: Mapping[_Reason, ReasonText],
    rules: Config,
    examples: Mapping[_Reason, Sequence[Example[AnyItem]]],
    dropped: Mapping[_Reason, int],
) -> tuple[Problem[AnyItem], ...]:
    """Return the problems of a source, the most frequent first.

    Args:
        texts: of all reasons.
        rules: the settings that decide.
        examples: whatever has a problem, by reason.
        dropped: how much of it is left out because of that.
    """
    return tuple(
        Problem(
            reason=reason,
            title=texts[reason].title_for(len(found)),
            count=len(found),
            dropped=dropped[reason],
            rule=(rule := texts[reason].rule),
            choice=operator.attrgetter(rule)(rules) if rule else "",
            choices=dict(texts[reason].choices),
            examples=tuple(evenly_spaced(found, _PROBLEM_EXAMPLES)),
        )
        for reason, found in sorted(examples.items(), key=lambda pair: -len(pair[1]))
    )


def evenly_spaced(entries: Sequence[_T], limit: int) -> list[_T]:
    """Return at most `limit` entries, evenly spaced over all."""
    step = max(1, -(-len(entries) // limit))
    return list(entries[::step])
