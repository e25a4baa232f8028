"""Problems of a source, as reports on imports of words and of scenes list them: counts, examples, and a rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

AnyItem = TypeVar("AnyItem")
_T = TypeVar("_T")

_SINGULAR = {
    "have": "has",
    "are": "is",
    "stand": "stands",
    "repeat": "repeats",
    "lie": "lies",
    "regions": "region",
    "photos": "photo",
    "records": "record",
}  # first words of titles


class ReasonText(NamedTuple):
    """The text of a reason (follows a number of images), its setting in Rules, and the texts of its values."""

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
            "examples": [example.plain() for example in self.examples]
        }


def evenly_spaced(entries: Sequence[_T], limit: int) -> list[_T]:
    """Return at most `limit` entries, evenly spaced over all."""
    step = max(1, -(-len(entries) // limit))
    return list(entries[::step])
