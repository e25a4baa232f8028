"""Rules for photos and regions that are odd, wherever outlines come in: as scenes, or as words cut out of photos.

Every rule that the report before an import offers is a setting here.
"""

from typing import Any, Literal

from engine.config.base import Config, setting

BoxKind = Literal["corners", "size"]
"""Meaning of the second pair of a rectangle's four numbers: its opposite corner, or its width and height."""

Boxes = Literal["ask", BoxKind]


TextPart = Literal["whole", "after", "before", "quoted", "none"]
"""The part of what stands behind the corners of a region that is its text."""

LineText = Literal["ask", TextPart]


def line_text_setting() -> Any:
    """Declare which part of a line behind the corners is the text."""
    return setting(
        "ask",
        help="What stands behind the corners in a line of a text file: all of it is the text, what is behind the first "
        "comma or tab, before the last one, in the quotes, or none of it. ask: all, unless nearly all lines have a "
        "score, a class, quotes or two numbers there; then import nothing until it is said.",
    )


def text_field_setting() -> Any:
    """Declare which field of a region is its text."""
    return setting(
        "",
        max_length=100,
        help="Field or column of a region that holds its text, where the format leaves it to its users (VIA, CVAT, "
        "Supervisely, tables); category: the name of a region's category; none: no text is known. Empty: the one that "
        "is named as texts are; where several may be meant, the import asks.",
    )


def boxes_setting() -> Any:
    """Declare the meaning of four numbers of a region."""
    return setting(
        "ask",
        help="Four numbers of a region whose format does not say what they are: corners (left, top, right, bottom), or "
        "size (left, top, width, height). ask: import nothing until it is said, unless only one of them fits.",
    )


class SceneRules(Config):
    """Rules for photos and regions that are odd; photos that cannot be opened are always left out."""

    marked: Literal["ignore", "count"] = setting(
        "ignore",
        help="Regions marked as illegible or difficult (###): neither finding nor missing them counts, or they count "
        "as all others do.",
    )
    foreign: Literal["ignore", "count", "skip"] = setting(
        "ignore",
        help="Characters that Chinese Text in the Wild says are not Chinese. It outlines only some of them, so they "
        "should neither count nor be taken for background. skip: leave them out, as background.",
    )
    crossing: Literal["repair", "ignore", "skip"] = setting(
        "repair",
        help="Outlines that cross themselves: put their corners in order, keep them as regions that do not count, or "
        "leave them out.",
    )
    outside: Literal["clip", "ignore", "skip"] = setting(
        "clip", help="Regions partly outside the photo: cut them at its edges, do not count them, or leave them out."
    )
    beyond: Literal["region", "photo"] = setting(
        "region", help="Regions wholly outside the photo: leave the region out, or its photo, whose labels look wrong."
    )
    corners: Literal["skip", "box"] = setting(
        "skip",
        help="Outlines of fewer than three corners, or without an area. box: two corners are opposite ones of a "
        "rectangle. skip: leave them out.",
    )
    empty: Literal["keep", "skip"] = setting(
        "keep", help="Photos whose list of regions is empty: keep them as scenes without text, or leave them out."
    )
    unlabelled: Literal["skip", "empty"] = setting(
        "skip", help="Photos without any list of regions: leave them out, or take them as scenes without text."
    )
    turned: Literal["auto", "upright", "stored"] = setting(
        "auto",
        help="Photos that their EXIF data turn: are their corners those of the upright photo, or of the pixels as they "
        "are stored? auto: decided by the labels' size and by what lies inside.",
    )
    shares: Literal["scale", "keep"] = setting(
        "scale", help="Corners that all lie between 0 and 1: they are shares of the photo, or px."
    )
    percent: Literal["ask", "scale", "keep"] = setting(
        "ask",
        help="Corners that all lie between 0 and 100, in photos that are far larger: import nothing until it is said "
        "what they are, take them as per cent of the photo, or as px.",
    )
    swapped: Literal["ask", "swap", "keep"] = setting(
        "ask",
        help="Corners that lie outside their photos, but inside with x and y exchanged: import nothing until it is "
        "said, exchange them, or keep them.",
    )
    resized: Literal["scale", "keep", "skip"] = setting(
        "scale",
        help="Photos of another size than their labels say: scale the corners, keep them as they are, or leave the "
        "photo out.",
    )
    joined: Literal["read", "skip"] = setting(
        "read", help="Two records on one line: read both, or leave the later one out."
    )
    unused: Literal["ask", "leave"] = setting(
        "ask",
        help="A file beside the photos that may hold labels and is not in the format of the others: import nothing "
        "until this is settled, or leave it aside.",
    )
    repeated: Literal["skip", "keep"] = setting(
        "skip", help="Photos with the pixels of an earlier one: leave them out, or keep them."
    )
