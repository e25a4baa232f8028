"""The errors of reading that people may see; anything else that is raised is a bug and should look like one.

    GlyphlabError
    ├── ConfigError       a setting is unknown, missing or out of range
    ├── CharsetError      a text holds characters that the charset lacks
    ├── ImageError        bytes that are no image we open
    │   └── LargeImageError   an image over the size limits
    ├── SourceError       something to be read is missing, unsafe or in no known format
    └── BundleError       a bundle is incomplete, damaged or of another format

A message names the value, the rule and the remedy, in that order, in words that fit on a page. This module does not
catch, log or translate anything.
"""

from collections.abc import Sequence


class GlyphlabError(Exception):
    """An error that the user can fix; its text may be shown as it is."""


class ConfigError(GlyphlabError):
    """A setting is unknown, missing or out of range.

    Attributes:
        faults: for each faulty setting its path of names and places (empty for a fault of several together), and what
            is wrong with it; empty where the text alone tells.
    """

    def __init__(self, text: str, faults: Sequence[tuple[tuple[str | int, ...], str]] = ()) -> None:
        super().__init__(text)
        self.faults = tuple(faults)


class CharsetError(GlyphlabError):
    """A text holds characters that the charset lacks."""


class ImageError(GlyphlabError):
    """Bytes that are no image of a kind we open, or one over the size limits."""


class LargeImageError(ImageError):
    """An image over the limits of bytes, pixels or sides."""


class SourceError(GlyphlabError):
    """A source of an import is missing, out of bounds, unsafe, or in no format that is known."""


class BundleError(GlyphlabError):
    """A bundle is incomplete, damaged or of a format this version cannot read."""
