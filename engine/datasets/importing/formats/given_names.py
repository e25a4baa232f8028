"""File names that say nothing of an image: such as cameras, telephones, messengers, programs and counters give."""

import re
from collections.abc import Sequence

_MOST = 0.9  # share of the names that tells
_SPARSE = 1.5  # numbers that leave out no more than a third of those between them were counted
_FEW = 4  # numbers that may stand beside each other by chance

_FIRST = (
    *("img", "imgp", "image", "imag", "dsc", "dscn", "dscf", "pxl", "mvi", "vid", "cimg", "kimg", "hpim", "sam", "mg"),
    *("pict", "pic", "picture", "photo", "foto", "bild", "fotografie", "gopr", "dji", "whatsapp", "signal", "telegram"),
    *("screenshot", "screen", "bildschirmfoto", "scan", "scanned", "frame", "crop", "page", "file", "doc", "snapchat"),
    *("unnamed", "download", "capture", "snapshot", "clipboard", "received", "fb", "wp"),
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
_UNIX_TIME = re.compile(r"1[4-9]\d{11}")  # in ms
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_HASH = re.compile(r"(?=.*\d)(?=.*[a-f])[0-9a-f]{16,}", re.IGNORECASE)
_SOCIAL = re.compile(r"\d{6,}_\d{8,}_\d{8,}_[a-z]")


def are_given(stems: Sequence[str]) -> bool:
    """Say whether nearly all names, without their endings, are such as nobody gives to say a text."""
    telling = [stem for stem in stems if not _says_nothing(stem)]
    if len(telling) <= (1 - _MOST) * len(stems):
        return bool(stems)
    return _are_counted(stems)


def _says_nothing(stem: str) -> bool:
    return any(known.fullmatch(stem) for known in (_COUNTED, _TIME, _UNIX_TIME, _UUID, _HASH, _SOCIAL))


def _are_counted(stems: Sequence[str]) -> bool:
    """Say whether names are numbers, hardly one of which is left out from the first to the last."""
    numbers = {int(stem) for stem in stems if stem.isdecimal() and len(stem) < 19}
    if len(numbers) < max(_FEW, _MOST * len(stems)):
        return False
    ordered = sorted(numbers)
    return ordered[-1] - ordered[0] + 1 <= _SPARSE * len(ordered)
