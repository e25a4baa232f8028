"""Why an image or entry may be odd, in words, and the rule that decides what becomes of it. Counts nothing."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from engine.datasets.importing.validate import Reason

_ONE = {"have": "has", "are": "is", "stand": "stands", "repeat": "repeats", "lie": "lies"}  # first words of titles


class Words(NamedTuple):
    """A reason in words that follow a number of images, its setting in Rules, and that setting's values in words."""

    title: str
    rule: str = ""
    choices: Mapping[str, str] = MappingProxyType({})

    def after(self, count: int) -> str:
        """Return the title as it follows this count: one image has what several have."""
        verb, _, rest = self.title.partition(" ")
        return f"{_ONE.get(verb, verb)} {rest}" if count == 1 else self.title


REASONS: dict[Reason, Words] = {
    "unlabelled": Words("have no label"),
    "missing": Words("are listed but not there"),
    "line": Words("stand on a line that is not understood"),
    "record": Words("stand in a record that is damaged"),
    "undecodable": Words("cannot be opened as PNG, JPEG, WebP or BMP"),
    "too_large": Words("are over the size limits"),
    "unreadable": Words("cannot be read from the disk"),
    "link": Words("lie behind a link, which is never followed"),
    "encrypted": Words("are encrypted"),
    "nested": Words("lie in an archive inside the archive"),
    "packing": Words("are packed in a way that is not read (only stored and deflated are)"),
    "twin": Words("have the same name as another in the archive"),
    "empty": Words("have an empty label"),
    "outside": Words(
        "have characters outside the charset",
        "outside",
        {
            "skip": "leave them out",
            "remove": "remove those characters",
            "replace": "replace those characters",
            "keep": "keep the labels",
        },
    ),
    "too_long": Words(
        "have too long a label",
        "too_long",
        {"skip": "leave them out", "cut": "cut the labels", "keep": "keep the labels"},
    ),
    "repeated": Words(
        "repeat another's pixels and label", "repeated", {"skip": "leave the later ones out", "keep": "keep them"}
    ),
    "contradicting": Words(
        "have the same pixels under different labels",
        "contradicting",
        {"skip": "leave all of them out", "first": "keep the first label's", "keep": "keep them all"},
    ),
}
