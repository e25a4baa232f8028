"""YOLO's text file beside each photo, with upright or turned boxes in shares of the photo."""

from collections.abc import Callable
from functools import partial

from engine.datasets.scenes.importing.formats.base import (
    FAULTS,
    IGNORE_WORDS,
    Entries,
    ListedRegion,
    SceneFormat,
    box,
    number,
    polygon,
    region,
)
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.text import read_text_files, text_files
from engine.errors import SourceError
from engine.parsing import parse_yaml
from glyphlab_read.regions.quads import Points

_SLACK = 0.25  # of a photo that a box may lie outside it
_CLASS_LISTS = ("data.yaml", "dataset.yaml", "classes.txt", "obj.names")


def _yolo(listing: SceneListing, line: str, names: tuple[str, ...] = ()) -> ListedRegion:
    """Parse a class and centre, width and height of an upright box, in shares of the photo."""
    kind, *values = line.split()
    x, y, width, height = map(_share, values)
    return _of_class(listing, box(x - width / 2, y - height / 2, x + width / 2, y + height / 2), kind, names)


def _yolo_obb(listing: SceneListing, line: str, names: tuple[str, ...] = ()) -> ListedRegion:
    """Parse a class and three corners or more, in shares of the photo."""
    kind, *values = line.split()
    if len(values) < 6:
        raise ValueError("fewer than three corners")
    return _of_class(listing, polygon([_share(value) for value in values]), kind, names)


def _share(value: str) -> float:
    found = number(value)
    if not -_SLACK <= found <= 1 + _SLACK:
        raise ValueError(f"{value} is no share of a photo")
    return found


def _of_class(listing: SceneListing, corners: Points, kind: str, names: tuple[str, ...]) -> ListedRegion:
    number = int(kind)
    name = names[number] if 0 <= number < len(names) else ""
    marked = name.casefold() in IGNORE_WORDS
    return region(corners, None, listing, "word", marked=marked, kind=name)


def _class_names(listing: SceneListing) -> tuple[str, ...]:
    """Return the names of the classes, from YOLO's data.yaml or a list of them; none where there is neither."""
    for name in listing.ending(*_CLASS_LISTS):
        try:
            text = "\n".join(listing.lines(name))
            if not name.casefold().endswith(".yaml"):
                return tuple(line.strip() for line in text.split("\n") if line.strip())
            found = parse_yaml(text)["names"]
            return tuple(str(each) for each in (found.values() if isinstance(found, dict) else found))
        except (SourceError, *FAULTS):
            continue
    return ()


def _read_yolo(parse: Callable[..., ListedRegion], listing: SceneListing, files: list[str]) -> Entries:
    return read_text_files(listing, files, partial(parse, names=_class_names(listing)), (1.0, 1.0))


YOLO = SceneFormat(
    "yolo",
    "a text file beside each photo: class and box in shares of the photo (YOLO)",
    lambda listing: text_files(listing, (".txt",), _yolo),
    partial(_read_yolo, _yolo),
)
YOLO_OBB = SceneFormat(
    "yolo-obb",
    "a text file beside each photo: class and corners in shares of the photo (YOLO-OBB)",
    lambda listing: text_files(listing, (".txt",), _yolo_obb),
    partial(_read_yolo, _yolo_obb),
)
