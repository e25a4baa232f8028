"""Why an image or entry may be odd, in words, and the rule that decides what becomes of it. Counts nothing."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from engine.datasets.importing.validate import Reason

_ONE = {"have": "has", "are": "is", "stand": "stands", "repeat": "repeats", "lie": "lies"}  # first words of titles


class ReasonText(NamedTuple):
    """A reason in words that follow a number of images, its setting in Rules, and that setting's values in words."""

    title: str
    rule: str = ""
    choices: Mapping[str, str] = MappingProxyType({})

    def after(self, count: int) -> str:
        """Return the title as it follows this count: one image has what several have."""
        verb, _, rest = self.title.partition(" ")
        return f"{_ONE.get(verb, verb)} {rest}" if count == 1 else self.title


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
