"""File names that say nothing of an image: such as cameras, telephones, messengers, programs and counters give."""

import re
from collections.abc import Sequence

_MOST = 0.9  # share of the names that tells
_SPARSE = 1.5  # numbers that leave out no more than a third of those between them were counted
_ENOUGH = 12  # characters of hexadecimal names that are no chance
_MIXED = 0.7  # share of names drawn at random in which letters and digits stand
_CHANGES = 0.35  # runs of one kind of character to a character, in names that nobody thought of
_LONG_CHANGES = 0.2  # the same of long names in one case, parts of which may be a time
_FEW = 4  # numbers that may stand beside each other by chance

_FIRST = (
    *(
        "img",
        "imgp",
        "image",
        "imag",
        "dsc",
        "dscn",
        "dscf",
        "pxl",
        "mvi",
        "vid",
        "cimg",
        "kimg",
        "hpim",
        "sam",
        "mg",
        "mvimg",
    ),
    *("pict", "pic", "picture", "photo", "foto", "bild", "fotografie", "gopr", "dji", "whatsapp", "signal", "telegram"),
    *("screenshot", "screen", "bildschirmfoto", "scan", "scanned", "frame", "crop", "page", "file", "doc", "snapchat"),
    *("line", "zeile", "seite", "roi", "region", "cell", "patch", "sample", "still", "cam", "video", "clip"),
    *(
        "unnamed",
        "download",
        "capture",
        "viber",
        "snipaste",
        "mmexport",
        "snapshot",
        "clipboard",
        "received",
        "fb",
        "wp",
    ),
)
_NEXT = (
    *("shot", "wa", "line", "at", "um", "am", "pm", "uhr", "copy", "kopie", "copie", "copia", "edited", "bearbeitet"),
    *("mp", "night", "burst", "cover", "hdr", "portrait", "original", "final", "new", "lr", "o", "n", "e"),
)
_FIRSTS, _ALL = "|".join(_FIRST), "|".join(sorted(_FIRST + _NEXT, key=len, reverse=True))
_COUNTED = re.compile(
    rf"[\s_.-]*(?:{_FIRSTS})(?![a-z])(?=.*\d|$|[\s_.-](?:{_ALL}))(?:{_ALL}|\d+|[\s_.,()~+-])*", re.IGNORECASE
)
_CLOCK = r"(?:[\sT_.-]*\d\d[-_.:h]?\d\d(?:[-_.:m]?\d\d)?\d*)?"
_TIME = re.compile(rf"(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d{_CLOCK}(?:[\s_.-]*\d+)*")
_UNIX_TIME = re.compile(r"1[4-9]\d{8}(?:\d{3})?")  # in s or ms
_UUID = re.compile(r"\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?", re.IGNORECASE)
_HASH = re.compile(r"(?=.*\d)(?=.*[a-f])[0-9a-f]{16,}", re.IGNORECASE)
_SHORT_HASH = re.compile(r"[0-9a-f]{5,}(?:-[0-9a-f]{4,})*|[0-9A-F]{5,}(?:-[0-9A-F]{4,})*")
_ID = re.compile(r"[A-Za-z0-9_-]{10,}")  # as of base64
_LONG_ID = re.compile(r"[a-z0-9]{20,}|[A-Z0-9]{20,}")  # as of base32
_RUN = re.compile(r"[a-z]+|[A-Z]+|\d+|[_-]")
_SOCIAL = re.compile(r"\d{6,}_\d{8,}_\d{8,}_[a-z]")


def are_given(stems: Sequence[str]) -> bool:
    """Say whether nearly all names, without their endings, are such as nobody gives to say a text."""
    telling = [stem for stem in stems if not _says_nothing(stem)]
    if len(telling) <= (1 - _MOST) * len(stems):
        return bool(stems)
    return _are_counted(stems) or _are_hexadecimal(stems) or _are_ids(stems)


def are_counters(numbers: Sequence[int]) -> bool:
    """Say whether each of several numbers, which stand in names, is another one and hardly any is left out."""
    found = set(numbers)
    return len(found) >= max(2, _MOST * len(numbers)) and max(found) - min(found) + 1 <= _SPARSE * len(found)


def _says_nothing(stem: str) -> bool:
    return any(known.fullmatch(stem) for known in (_COUNTED, _TIME, _UNIX_TIME, _UUID, _HASH, _SOCIAL))


def _are_counted(stems: Sequence[str]) -> bool:
    """Say whether names are numbers, hardly one of which is left out from the first to the last."""
    numbers = {int(stem) for stem in stems if stem.isdecimal() and len(stem) < 19}
    if len(numbers) < max(_FEW, _MOST * len(stems)):
        return False
    return are_counters(list(numbers))


def _are_hexadecimal(stems: Sequence[str]) -> bool:
    """Say whether names are short hashes: nearly all hexadecimal, with letters among the digits now here, now there."""
    found = [stem for stem in stems if _SHORT_HASH.fullmatch(stem)]
    places = [tuple(letter.isdecimal() for letter in stem) for stem in found]
    mixed = sum(any(each) and not all(each) for each in places)
    enough = sum(map(len, found)) >= _ENOUGH and len(found) >= _MOST * len(stems)
    return enough and mixed >= _MIXED * len(found) and len(set(places)) > 1


def _are_ids(stems: Sequence[str]) -> bool:
    """Say whether names are drawn at random from letters and digits, as programs do that number nothing."""
    found = [stem for stem in stems if any(letter.isdecimal() for letter in stem) and _is_id(stem)]
    return len(stems) > 1 and len(found) >= _MIXED * len(stems)


def _is_id(stem: str) -> bool:
    runs = len(_RUN.findall(stem))
    if _LONG_ID.fullmatch(stem):
        return runs >= _LONG_CHANGES * len(stem)
    mixed = stem not in (stem.lower(), stem.upper())
    return mixed and _ID.fullmatch(stem) is not None and runs >= _CHANGES * len(stem)
