"""Faults of outlined photos in words for people, and what can be done about each."""

from engine.datasets.problems import ReasonText
from engine.datasets.scenes.importing.judging import SceneReason
from glyphlab_read.images.open import FORMAT_NAMES

_NOT_COUNT = "keep them, but do not count them"

SCENE_REASONS: dict[SceneReason, ReasonText] = {
    "unlabelled": ReasonText(
        "photos without a list of regions",
        "unlabelled",
        {"skip": "leave them out", "empty": "take them as scenes without text"},
    ),
    "missing": ReasonText("photos listed but not there"),
    "line": ReasonText("lines not understood"),
    "record": ReasonText("records damaged"),
    "shape": ReasonText("regions without an outline that is understood"),
    "texts": ReasonText("lists of texts that do not go with their outlines, so that no text is taken"),
    "unused": ReasonText(
        "files that may hold labels, not used",
        "unused",
        {"ask": "import nothing until this is settled", "leave": "leave them aside"},
    ),
    "aside": ReasonText("files that may hold labels, left aside for the format that was chosen"),
    "undecodable": ReasonText(f"photos that cannot be opened as {FORMAT_NAMES}"),
    "too_large": ReasonText("photos over the size limits"),
    "unreadable": ReasonText("photos that cannot be read from the disk"),
    "link": ReasonText("links, which are never followed"),
    "closed": ReasonText("folders that cannot be read"),
    "encrypted": ReasonText("files encrypted"),
    "nested": ReasonText("archives inside the archive"),
    "packing": ReasonText("files packed in a way that is not read (only stored and deflated are)"),
    "twin": ReasonText("files of the same name as another in the archive"),
    "nul": ReasonText("files with a zero byte in their name, as no file has"),
    "empty": ReasonText(
        "photos with an empty list of regions", "empty", {"keep": "scenes without text", "skip": "leave them out"}
    ),
    "turned": ReasonText(
        "photos turned by their EXIF data",
        "turned",
        {
            "auto": "decide for each what its corners fit",
            "upright": "the corners are those of the upright photo",
            "stored": "the corners are those of the stored pixels, so turn them, too",
        },
    ),
    "shares": ReasonText(
        "photos whose corners all lie between 0 and 1",
        "shares",
        {"scale": "they are shares of the photo", "keep": "they are px"},
    ),
    "percent": ReasonText(
        "photos whose corners all lie between 0 and 100, as per cent would",
        "percent",
        {"ask": "import nothing until it is said", "scale": "they are per cent of the photo", "keep": "they are px"},
    ),
    "swapped": ReasonText(
        "photos whose corners lie outside, but not with x and y exchanged",
        "swapped",
        {"ask": "import nothing until it is said", "swap": "exchange x and y", "keep": "keep the corners"},
    ),
    "resized": ReasonText(
        "photos of another size than their labels say",
        "resized",
        {"scale": "scale the corners", "keep": "keep the corners as they are", "skip": "leave them out"},
    ),
    "joined": ReasonText(
        "records on a line behind another's", "joined", {"read": "read both", "skip": "leave the later one out"}
    ),
    "repeated": ReasonText(
        "photos with the pixels of an earlier one", "repeated", {"skip": "leave them out", "keep": "keep them"}
    ),
    "corners": ReasonText(
        "regions with fewer than three corners or no area",
        "corners",
        {"skip": "leave them out", "box": "take two corners as a rectangle"},
    ),
    "crossing": ReasonText(
        "regions whose outline crosses itself",
        "crossing",
        {"repair": "put their corners in order", "ignore": _NOT_COUNT, "skip": "leave them out"},
    ),
    "outside": ReasonText(
        "regions partly outside their photo",
        "outside",
        {"clip": "cut them at its edges", "ignore": _NOT_COUNT, "skip": "leave them out"},
    ),
    "beyond": ReasonText(
        "regions wholly outside their photo",
        "beyond",
        {"region": "leave the regions out", "photo": "leave their photos out"},
    ),
    "marked": ReasonText(
        "regions marked as illegible, difficult or to be ignored",
        "marked",
        {"ignore": _NOT_COUNT, "count": "count them"},
    ),
    "foreign": ReasonText(
        "regions of characters that are not Chinese, of which this set outlines only some",
        "foreign",
        {"ignore": _NOT_COUNT, "count": "count them", "skip": "leave them out, as background"},
    ),
}
