"""Bounded reading of files and of JSON from elsewhere: within a second, or refused with what is wrong. Canonical JSON.

A file need not be a file (a pipe never ends), and a text of a few hundred bytes can ask for hours of work. Everything
that came from elsewhere is read here; the callers, who know what it should have been, add the remedy. This module
knows no setting and no format of labels.
"""

import json
import os
import stat
from pathlib import Path
from typing import Any

from pydantic_core import from_json

MAX_JSON_BYTES = 128_000_000
_MAX_JSON_PARTS = 10_000_000  # objects and lists, of 60 bytes of memory and more each
BOM = "\ufeff"
"""The mark that some programs begin a text with."""


class ParseFault(ValueError):
    """A text that is not read; says what is wrong, in one line without a full stop."""


class SizeFault(ParseFault):
    """A file with more bytes than it may have."""


def read_regular(path: Path, most: int) -> bytes:
    """Return the bytes of a regular file; links are not followed, and a pipe or a device is not waited for.

    Raises:
        OSError: it is missing, a link or closed to us.
        ParseFault: it is no regular file; SizeFault: it has more than `most` bytes.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb", buffering=0) as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise ParseFault(f"{path.name} is no regular file")
        if about.st_size > most:
            raise SizeFault(f"{path.name} is over {most / 1e6:,.3g} MB")
        return file.read(about.st_size) or b""  # no more than it has: room for the most costs more than all else


def parse_json(content: bytes | str, most: int = MAX_JSON_BYTES) -> Any:
    """Return the values of a JSON text in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Args:
        content: the text.
        most: its largest size in bytes.

    Raises:
        ParseFault: it is no JSON, or over a limit.
    """
    if len(content) > most:
        raise ParseFault(f"it has over {most / 1e6:,.0f} MB, which is more than is read")
    try:
        text = content if isinstance(content, str) else content.decode(json.detect_encoding(content))
        text = text.removeprefix(BOM)
        if text.count("[") + text.count("{") > _MAX_JSON_PARTS:
            raise ParseFault(f"it has over {_MAX_JSON_PARTS:,} lists and objects")
        return from_json(text)  # unlike json.loads it bounds nesting and digits itself
    except ParseFault:
        raise
    except ValueError as error:
        raise ParseFault(str(error)[:200]) from None


def canonical_json(value: Any) -> bytes:
    """Return `value` as UTF-8 JSON with sorted keys and no spaces: equal values give equal bytes. NaN is an error."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
